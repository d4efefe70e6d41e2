// The state of the page as a command line and as Python: what makes the same picture, or the same numbers, elsewhere.

import type { FigureView } from "../../export/figure.ts";
import { editText } from "../../trace/index.ts";
import { canShow, type ReadingName } from "../../views/read/reading.ts";
import { activeOf, readsOther } from "../state/edits.ts";
import type { Place } from "../state/place.ts";
import type { AppState } from "../state/state.ts";

const READ_OPTIONS: Readonly<Record<ReadingName, readonly string[]>> = {
  plain: [],
  words: ["--merge-words"],
  mean: ["--average"],
  v: ["--weigh", "v"],
  z: ["--weigh", "z"],
};

/** The command that writes what is on screen; a dropped run is named as the Trace button saves it. */
export function commandLine(app: AppState, view: FigureView, output: string, traceFile: string): string {
  const { place, selection: chosen, filter: kept } = app;
  const [selection, filter] = [chosen.value, kept.value];
  if (!selection || !filter) return "";
  const { model, text, pair, target, trace } = place.value;
  const edited = tracing(place.value, traceFile);
  const ran = model !== null && trace === null && text !== "" && edited.length === 0;
  const parts = [
    ...edited,
    "npx headscope view",
    quoted(ran ? nameOf(model) : traceFile),
    ...(ran ? option("text", text) : []),
    ...(ran && pair ? option("pair", pair) : []),
    ...(ran && target ? option("target", target) : []),
    ...option("view", view),
    ...(selection.block === "self" ? [] : option("block", selection.block)),
    ...option("layer", String(selection.layer)),
    ...option("head", [selection.focus, ...selection.heads.filter((h) => h !== selection.focus)].join(",")),
    ...selection.pins.flatMap((pin) => option("pin", String(pin))),
    ...(selection.side === "key" ? option("side", "key") : []),
    ...(filter.segments
      ? option("filter", `${letter(filter.segments.query)}-${letter(filter.segments.key)}`)
      : []),
    ...(filter.hideFirst ? ["--hide-first"] : []),
    ...(filter.hideSpecial ? ["--hide-special"] : []),
    ...(view === "head" && filter.strongest < 1 ? option("strongest", String(filter.strongest)) : []),
    ...(view === "head" && place.value.orientation !== "vertical"
      ? option("orientation", place.value.orientation)
      : []),
    ...(filter.least && view === "head" ? option("least", String(filter.least)) : []),
    ...(view === "matrix" && place.value.colors !== "root" ? option("colors", place.value.colors) : []),
    ...(canShow(view, place.value.read) ? READ_OPTIONS[place.value.read] : []),
    ...(view === "neuron" && place.value.vec === "v" ? option("vectors", "values") : []),
    ...(app.theme.value === "dark" ? option("theme", "dark") : []),
    "-o",
    quoted(output),
  ];
  return parts.join(" ");
}

/** A run with edits is written first, and shown from its file. */
function tracing(place: Place, traceFile: string): string[] {
  const { model, text, pair, target, b } = place;
  const edits = activeOf(place.edits);
  if (model === null || place.trace !== null || text === "" || edits.length === 0) return [];
  return [
    "npx headscope trace",
    quoted(nameOf(model)),
    ...option("text", text),
    ...(pair ? option("pair", pair) : []),
    ...(target ? option("target", target) : []),
    ...edits.flatMap((edit) => option("edit", editText(edit))),
    ...(b && readsOther(edits) ? [...option("other-text", b), ...option("align", "tokens")] : []),
    "-o",
    quoted(traceFile),
    "&&",
  ];
}

/** Python that loads the run and shows the same heads. */
export function pythonLines(app: AppState, view: FigureView, traceFile: string): string {
  const selection = app.selection.value;
  if (!selection) return "";
  const { block, layer, heads, focus } = selection;
  return [
    "import headscope",
    "",
    `trace = headscope.load(${JSON.stringify(traceFile)})  # Share, Trace`,
    `weights = trace.attention(${JSON.stringify(block)}, ${layer}, ${focus})  # [queries, keys]`,
    `trace.html("attention.html", view=${JSON.stringify(view)}, block=${JSON.stringify(block)}, layer=${layer}, heads=[${heads.join(", ")}])`,
    "",
  ].join("\n");
}

function option(name: string, value: string): string[] {
  return [`--${name}`, quoted(value)];
}

/** A value as a shell takes it. */
function quoted(value: string): string {
  return /^[\w./@:,+-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}

/** Models that were opened in the page have names that only the page knows. */
function nameOf(model: string): string {
  return model.replace(/^(opened:|local\/)/, "./");
}

function letter(segment: 0 | 1): string {
  return segment === 0 ? "A" : "B";
}
