// The page in which headscope's views are measured: reads a trace file, opens one view, offers gestures by name.

import { readTrace, type Trace } from "../../src/trace/index.ts";
import { HeadView } from "../../src/views/head-view.ts";
import { type CommonProps, NO_FILTER, type Selection } from "../../src/views/index.ts";
import type { Measured } from "./clock.ts";

const page = window as unknown as Measured;
const target = document.getElementById("view")!;

/** Reading a pixel waits for what was drawn to reach the canvas. */
page.rastered = () => {
  for (const canvas of target.querySelectorAll("canvas")) {
    if (canvas.width && canvas.height) canvas.getContext("2d")?.getImageData(0, 0, 1, 1);
  }
};

const openers: Readonly<Record<string, (trace: Trace) => void>> = {
  head: (trace) => {
    const props = common(trace, allHeads(trace));
    const view = new HeadView(target, props);
    const { selection } = props;
    page.gestures = {
      "switch layer": () => view.update({ selection: { ...selection, layer: 1 } }),
      "toggle head": () =>
        view.update({ selection: { ...selection, layer: 1, heads: selection.heads.slice(1), focus: 1 } }),
      hover: () => hover(".hs-left .hs-word"),
    };
  },
};

page.drawn = (async () => {
  const query = new URLSearchParams(location.search);
  const response = await fetch(query.get("trace")!);
  const trace = readTrace(new Uint8Array(await response.arrayBuffer()));
  openers[query.get("view")!]!(trace);
  return performance.now();
})();

function allHeads(trace: Trace): Selection {
  const heads = Array.from({ length: trace.block("self").heads }, (_, head) => head);
  return { block: "self", layer: 0, heads, focus: 0, pins: [], side: "query" };
}

function common(trace: Trace, selection: Selection): CommonProps {
  return { trace, selection, filter: NO_FILTER, theme: "light" };
}

/** The pointer comes over the middle one of the elements. */
function hover(selector: string): void {
  const elements = [...target.querySelectorAll(selector)];
  const element = elements[elements.length >> 1]!;
  const { left, top, width, height } = element.getBoundingClientRect();
  const place = { clientX: left + width / 2, clientY: top + height / 2, bubbles: true, pointerType: "mouse" };
  for (const type of ["pointerover", "pointerenter", "pointermove"])
    element.dispatchEvent(new PointerEvent(type, place));
  for (const type of ["mouseover", "mousemove"]) element.dispatchEvent(new MouseEvent(type, place));
}
