// How wide the map's column and how tall the dock were made, remembered by this browser: they fit the reader's screen and
// are no part of what a link shows.

import { type Span, widthOf } from "./layout.ts";

/** In px; null where a panel has the size of its layout. */
export interface PanelSizes {
  readonly left: number | null;
  readonly dock: number | null;
}

/** Sizes that nobody has changed. */
export const OWN_SIZES: PanelSizes = { left: null, dock: null };

/** Narrower, the rows of Find heads have no room for their label. */
const LEAST_LEFT = 280;
const OWN_LEFT = { phone: 0, tablet: 344, desk: 400, wide: 464 } as const;
/** What is left for the head view, which shows lines and matrix side by side where the window is not a tablet's. */
const LEAST_HEAD = { phone: 0, tablet: 420, desk: 780, wide: 780 } as const;

/** Width of the map's column in a window of `width` px. */
export function leftSpan(asked: number | null, width: number): Span {
  const layout = widthOf(width);
  const own = OWN_LEFT[layout];
  const [least, most] = [Math.min(own, LEAST_LEFT), Math.max(own, width - LEAST_HEAD[layout])];
  return { least, most, size: asked === null ? own : Math.max(least, Math.min(most, asked)) };
}

const KEY = "headscope.panels";

/** What was chosen before; `storage` may refuse, as browsers let their users forbid it. */
export function keptSizes(storage: () => Pick<Storage, "getItem">): PanelSizes {
  try {
    const found = JSON.parse(storage().getItem(KEY) ?? "{}") as Record<string, unknown> | null;
    return { left: sizeOf(found?.left), dock: sizeOf(found?.dock) };
  } catch {
    return OWN_SIZES;
  }
}

function sizeOf(value: unknown): number | null {
  return typeof value === "number" && value >= 0 && value <= 100_000 ? Math.round(value) : null;
}

/** Remember sizes. */
export function keepSizes(storage: () => Pick<Storage, "setItem">, sizes: PanelSizes): void {
  try {
    storage().setItem(KEY, JSON.stringify(sizes));
  } catch {
    // They hold for this tab.
  }
}
