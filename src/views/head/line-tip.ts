// Says which line is under the pointer, in a tip beside it.

import type { CommonProps, Hover } from "../view.ts";
import type { HeadData } from "./data.ts";
import type { HeadFrame } from "./frame.ts";
import { type Drawn, type FoundLine, findLine } from "./shown-lines.ts";

/** What the lines on the screen are of. */
export interface Lined {
  readonly drawn: Drawn | null;
  readonly data: HeadData;
  readonly props: Pick<CommonProps, "attention" | "selection">;
}

/** Shows the tip of the line under the pointer; `lines` says what is drawn, `report` is told where the pointer is. */
export function showLineTips(
  { scroll, tip }: HeadFrame,
  lines: () => Lined | null,
  report: (hover: Hover | null) => void,
): void {
  let shown = false;
  const leave = (): void => {
    if (!shown) return;
    shown = false;
    tip.hide();
    report(null);
  };
  scroll.addEventListener("pointerleave", leave);
  scroll.addEventListener("pointermove", (event) => {
    const now = lines();
    if (!now || event.pointerType === "touch") return;
    // On a word the word is meant; asking where things are would lay out what pointing at it has just changed.
    if ((event.target as Element).closest(".hs-word")) return leave();
    const box = scroll.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const found = lineUnder(now, x + scroll.scrollLeft, y + scroll.scrollTop);
    if (!found) return leave();
    tip.show(found.tip, x, y + scroll.offsetTop);
    shown = true;
    report(found.place);
  });
}

function lineUnder({ drawn, data, props }: Lined, x: number, y: number): FoundLine | null {
  return drawn && findLine(drawn, data, props, x, y);
}
