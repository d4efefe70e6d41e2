// The state of the page as a command line and as Python: what makes the same figure elsewhere. Both are printed from
// one list of options, so that neither can forget what the other carries.

import type { FigureView } from "../../export/figure.ts";
import { editText } from "../../trace/index.ts";
import { canShow } from "../../views/read/reading.ts";
import type { PageInput } from "../../wire/protocol.ts";
import { draftOf } from "../state/draft.ts";
import { activeOf, readsOther } from "../state/edits/edits.ts";
import type { Place } from "../state/place.ts";
import type { AppState } from "../state/state.ts";
import { inputOf } from "../state/texts.ts";

/** A figure as the reader chose it. */
export interface Drawn {
  readonly view: FigureView;
  /** With its unit, e.g. "85mm". */
  readonly width: string;
  readonly theme: "light" | "dark";
  readonly transparent: boolean;
  readonly caption: boolean;
  /** The head bar above it. */
  readonly bar: boolean;
}

/** Files that recipes name: what is written, the run as the Trace button saves it, the run that it is compared with. */
export interface RecipeFiles {
  readonly output: string;
  readonly trace: string;
  readonly other: string;
}

/** A recipe, and what it needs or does not carry, as sentences. */
export interface Recipe {
  readonly text: string;
  readonly notes: readonly string[];
}

/** An option of `headscope view`; lists are of numbers. */
type Option = readonly [name: string, value: string | number | true | readonly number[]];

/** The command that writes what is on screen. */
export function commandLine(app: AppState, drawn: Drawn, files: RecipeFiles): Recipe {
  const options = optionsOf(app, drawn);
  if (!options) return { text: "", notes: [] };
  const place = app.place.value;
  const other = otherRun(app, drawn.view);
  const before = tracing(app, drawn.view, files);
  const direct = isRunnable(place) && activeOf(place.edits).length === 0;
  const carried = direct ? options : withoutModel(options);
  const parts = [
    "npx headscope view",
    ...(direct ? running(app, place.text) : [quoted(files.trace)]),
    ...carried.flatMap(asOption),
    ...(other ? asOption([other, files.other]) : []),
    "-o",
    quoted(files.output),
  ];
  const notes = [
    ...(isRunnable(place) ? [] : [`${files.trace} is what Trace saves.`]),
    ...(other && !isRunnable(place) ? [`${files.other} is the other run: save its trace.`] : []),
    ...(carried.length < options.length ? [NEEDS_MODEL] : []),
    ...left(app, drawn),
  ];
  return { text: [...before, parts.join(" ")].join(" && "), notes };
}

/** Python that loads the run, draws the same figure and reads the focused head. */
export function pythonLines(app: AppState, drawn: Drawn, files: RecipeFiles): Recipe {
  const [options, selection] = [optionsOf(app, drawn), app.selection.value];
  if (!options || !selection) return { text: "", notes: [] };
  const { layer, focus } = selection;
  const other = otherRun(app, drawn.view);
  const carried = withoutModel(options);
  const given = [...carried.map(asArgument), ...(other ? [`${other}=other`] : [])].join(", ");
  const lines = [
    "import headscope",
    "",
    `trace = headscope.load(${JSON.stringify(files.trace)})  # Share, Trace`,
    ...(other ? [`other = headscope.load(${JSON.stringify(files.other)})  # the other run`] : []),
    ...(app.joined.value
      ? []
      : [`weights = trace.attention("${selection.block}", ${layer}, ${focus})  # [queries, keys]`]),
    `trace.svg(${JSON.stringify(files.output)}, ${given})`,
    "",
  ];
  const notes = [...(carried.length < options.length ? [NEEDS_MODEL] : []), ...left(app, drawn)];
  return { text: lines.join("\n"), notes };
}

const NEEDS_MODEL = "Attention × |v W_O| is left out: it needs the model beside the run.";

/** Options that a recorded run has all for. */
function withoutModel(options: readonly Option[]): readonly Option[] {
  return options.filter(([name, value]) => !(name === "weigh" && value === "z"));
}

/** What is chosen, as `headscope view` and Python's `trace.svg` take it; null without a run. */
function optionsOf(app: AppState, drawn: Drawn): Option[] | null {
  const [selection, filter] = [app.selection.value, app.filter.value];
  if (!selection || !filter) return null;
  const { view } = drawn;
  const { orientation, colors, vec } = app.place.value;
  const others = app.layers.value.filter((layer) => layer !== selection.layer);
  const block = app.joined.value ? "all" : selection.block;
  const options: (Option | false)[] = [
    ["view", view],
    block !== "self" && ["block", block],
    ["layer", selection.layer],
    ["head", [selection.focus, ...selection.heads.filter((head) => head !== selection.focus)]],
    view === "head" && others.length > 0 && ["beside", others],
    selection.pins.length > 0 && ["pin", selection.pins],
    selection.side === "key" && ["side", "key"],
    filter.segments !== null && ["filter", `${letter(filter.segments.query)}-${letter(filter.segments.key)}`],
    filter.hideFirst && ["hide-first", true],
    filter.hideSpecial && ["hide-special", true],
    view === "head" && filter.strongest < 1 && ["strongest", filter.strongest],
    view === "head" && (filter.least ?? 0) > 0 && ["least", filter.least!],
    view === "head" && orientation !== "vertical" && ["orientation", orientation],
    view === "matrix" && colors !== "root" && ["colors", colors],
    view === "neuron" && vec === "v" && ["vectors", "values"],
  ];
  return [
    ...options.filter((option) => option !== false),
    ...readOptions(app, view),
    ...(view === "model" ? scoreOptions(app) : []),
    ["width", drawn.width],
    ...(drawn.theme === "dark" ? ([["theme", "dark"]] as const) : []),
    ...(drawn.transparent ? ([["transparent", true]] as const) : []),
    ...(drawn.bar ? ([["with-bar", true]] as const) : []),
    ...(drawn.caption ? [] : ([["no-caption", true]] as const)),
  ];
}

function readOptions({ place }: AppState, view: FigureView): Option[] {
  const { read } = place.value;
  if (!canShow(view, read)) return [];
  if (read === "raw") return [["raw-tokens", true]];
  if (read === "words") return [["merge-words", true]];
  if (read === "mean") return [["average", true]];
  return read === "plain" ? [] : [["weigh", read]];
}

/** The score that marks heads, with what it asks for. */
function scoreOptions(app: AppState): Option[] {
  const [score, place] = [app.scores.chosen.value, app.place.value];
  if (!score || isOnlyHere(app)) return [];
  return [
    ["score", score.id],
    ...(score.id === "words" ? ([["to", place.to]] as const) : []),
    ...(score.id === "pattern" ? ([["find", place.pattern]] as const) : []),
    ...(place.sort === "score" ? ([["sort", "score"]] as const) : []),
  ];
}

/** True if heads are ranked by what only the page works out: probes, effects, two runs held against each other. */
function isOnlyHere({ scores }: AppState): boolean {
  const id = scores.chosen.value?.id ?? "";
  const known = scores.known.value.some((table) => table.id === id);
  return !known && id !== "words" && id !== "pattern";
}

function left(app: AppState, { view }: Drawn): string[] {
  const score = app.scores.chosen.value;
  if (view !== "model" || !score || !isOnlyHere(app)) return [];
  return [`The score "${score.name}" is worked out in the page alone and is left out.`];
}

/** How the figure shows another run: as a difference to it, or by hatching words that it lacks; null where it does not. */
function otherRun(app: AppState, view: FigureView): "compare" | "hatch" | null {
  const { attention, joined, comparison } = app;
  if (joined.value) return null;
  if (attention.value?.scale === "difference") return "compare";
  const unmatched = comparison.unmatched.value;
  const hatches = unmatched && unmatched.query.size + unmatched.key.size > 0;
  return hatches && view !== "neuron" && readOptions(app, view).length === 0 ? "hatch" : null;
}

/** True if a command can run the text again. */
function isRunnable({ model, text, trace, image, chat, more }: Place): boolean {
  return model !== null && trace === null && text !== "" && image === "" && !chat && more === null;
}

/** Commands that write the runs which the figure is made of: with edits, and the one that it is compared with. */
function tracing(app: AppState, view: FigureView, files: RecipeFiles): string[] {
  const place = app.place.value;
  if (!isRunnable(place)) return [];
  const edits = activeOf(place.edits);
  const run = (text: string, more: readonly string[], file: string): string =>
    ["npx headscope trace", ...running(app, text), ...more, "-o", quoted(file)].join(" ");
  const more = edits.flatMap((edit) => asOption(["edit", editText(edit)]));
  if (place.b && readsOther(edits))
    more.push(...asOption(["other-text", place.b]), ...asOption(["align", "tokens"]));
  return [
    ...(otherRun(app, view) ? [run(edits.length > 0 ? place.text : place.b, [], files.other)] : []),
    ...(edits.length > 0 ? [run(place.text, more, files.trace)] : []),
  ];
}

/** The model and what it runs: ids where it has no tokenizer, and only the fields that it reads. */
function running(app: AppState, text: string): string[] {
  const { model, pair, target } = app.place.value;
  const own = app.own.value;
  const input: PageInput = own ? inputOf({ ...draftOf(app.place.value), text }, own) : { text, pair, target };
  return [quoted(nameOf(model!)), ...fields(input).flatMap(asOption)];
}

function fields({ text, pair, target, ids, targetIds }: PageInput): Option[] {
  return [
    ...(text ? ([["text", text]] as const) : []),
    ...(pair ? ([["pair", pair]] as const) : []),
    ...(target ? ([["target", target]] as const) : []),
    ...(ids ? ([["ids", ids.join(",")]] as const) : []),
    ...(targetIds ? ([["target-ids", targetIds.join(",")]] as const) : []),
  ];
}

/** Options that are given once for each of their values. */
const REPEATED = ["pin", "to"];

function asOption([name, value]: Option): string[] {
  if (value === true) return [`--${name}`];
  if (Array.isArray(value) && REPEATED.includes(name))
    return value.flatMap((one) => [`--${name}`, String(one)]);
  return [`--${name}`, quoted(Array.isArray(value) ? value.join(",") : String(value))];
}

function asArgument([name, value]: Option): string {
  if (name === "head") return `heads=[${value}]`;
  if (name === "no-caption") return "caption=False";
  const argument = name.replaceAll("-", "_");
  if (value === true) return `${argument}=True`;
  return `${argument}=${Array.isArray(value) ? `[${value.join(", ")}]` : JSON.stringify(value)}`;
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
