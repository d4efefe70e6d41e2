// The page in which headscope's views are measured: reads a trace file, opens one view, offers gestures by name.

import { attentionOf, readTrace, type Trace, useSimd } from "../../src/trace/index.ts";
import { HeadView } from "../../src/views/head/view.ts";
import { type CommonProps, NO_FILTER, type Selection } from "../../src/views/index.ts";
import { ModelMap } from "../../src/views/map/view.ts";
import { NeuronView } from "../../src/views/neuron/view.ts";
import type { Measured } from "./clock.ts";

useSimd(); // as headscope's own page does
const page = window as unknown as Measured;
const target = document.getElementById("view")!;
const beside = document.getElementById("beside")!;

/** Reading a pixel waits for what was drawn to reach the canvas. */
page.rastered = () => {
  for (const canvas of target.querySelectorAll("canvas")) {
    if (canvas.width && canvas.height) canvas.getContext("2d")?.getImageData(0, 0, 1, 1);
  }
};

/** By name of the view: opens it in `target` and says what its gestures are. */
const openers: Readonly<Record<string, (trace: Trace) => void>> = {
  model: (trace) => {
    const props = common(trace, allHeads(trace));
    const view = new ModelMap(target, props);
    const { layers, heads } = trace.block("self");
    const head = heads >> 1;
    page.gestures = {
      // BertViz opens the head's lines beside the map; so does this.
      "open head": () => {
        const selection = { ...props.selection, layer: layers >> 1, heads: [head], focus: head };
        view.update({ selection });
        new HeadView(beside, { ...props, selection });
      },
    };
  },
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
  neuron: (trace) => {
    const last = trace.sides("self").queries - 1;
    const selection = { ...allHeads(trace), heads: [0], pins: [last] };
    const view = new NeuronView(target, { trace, selection, theme: "light" });
    page.gestures = {
      "show neurons": () => view.update({ selection: { ...selection, pins: [last >> 1] } }),
      "switch head": () =>
        view.update({ selection: { ...selection, pins: [last >> 1], heads: [1], focus: 1 } }),
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
  return { attention: attentionOf(trace, "self"), selection, filter: NO_FILTER, theme: "light" };
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
