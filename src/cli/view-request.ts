// A figure from options: what is drawn, on which paper. The command line and Python's `trace.svg` share it.

import { FIGURE_VIEWS, type FigureRequest, type FigureView } from "../export/figure.ts";
import type { Paper } from "../export/files.ts";
import type { Trace } from "../trace/index.ts";
import { ORIENTATIONS, type Orientation } from "../views/head/layout.ts";
import { INK_SCALES } from "../views/look/ink.ts";
import { editedOf } from "../views/read/edited.ts";
import { UsageError } from "./usage-error.ts";
import { CHOICE_OPTIONS, type Choice, type ChoiceValues, choose, cutOf } from "./view-choice.ts";
import { scoresOf } from "./view-scores.ts";

/** Options of a figure, for parseArgs. */
export const FIGURE_OPTIONS = {
  ...CHOICE_OPTIONS,
  view: { type: "string" },
  orientation: { type: "string" },
  colors: { type: "string" },
  width: { type: "string" },
  "font-size": { type: "string" },
  theme: { type: "string" },
  transparent: { type: "boolean" },
  dpi: { type: "string" },
  paths: { type: "boolean" },
  "no-caption": { type: "boolean" },
  "with-bar": { type: "boolean" },
} as const;

/** The values of FIGURE_OPTIONS as parseArgs returns them. */
export interface FigureValues extends ChoiceValues {
  readonly score?: string | undefined;
  readonly to?: string[] | undefined;
  readonly find?: string | undefined;
  readonly sort?: string | undefined;
  readonly vectors?: string | undefined;
  readonly rows?: string | undefined;
  readonly view?: string | undefined;
  readonly orientation?: string | undefined;
  readonly colors?: string | undefined;
  readonly width?: string | undefined;
  readonly "font-size"?: string | undefined;
  readonly theme?: string | undefined;
  readonly transparent?: boolean | undefined;
  readonly dpi?: string | undefined;
  readonly paths?: boolean | undefined;
  readonly "no-caption"?: boolean | undefined;
  readonly "with-bar"?: boolean | undefined;
}

/** The view that is asked for. */
export function viewOf(values: FigureValues): FigureView {
  return oneOf("--view", values.view ?? "matrix", FIGURE_VIEWS);
}

/** What is drawn of a trace. */
export function requestOf(trace: Trace, view: FigureView, values: FigureValues): FigureRequest {
  const choice = choose(trace, values);
  const { selection, filter, attention } = choice;
  const joined = values.block === "all";
  if (joined && view === "neuron")
    throw new UsageError("--block all is for the views head, model and matrix: neurons belong to one block.");
  return {
    view,
    trace,
    selection,
    filter,
    ...(joined ? { attention } : { edited: editedOf(trace, selection.block) }),
    ...besideOf(view, choice, values),
    ...hoverOf(view, choice),
    ...shownOf(view, choice, values),
    scores: scoresOf(trace, choice, values),
    sort: oneOf("--sort", values.sort ?? "layers", ["layers", "score"] as const),
    orientation: orientationOf(view, values),
    colors: oneOf("--colors", values.colors ?? "root", INK_SCALES),
    vectors: oneOf("--vectors", values.vectors ?? "keys", ["keys", "values"] as const),
    ...(values.rows !== undefined && { rows: numberOf("--rows", values.rows, 3, 10_000) }),
    caption: !values["no-caption"],
    bar: values["with-bar"] ?? false,
    chosen: values.layer !== undefined || values.head !== undefined,
  };
}

/** Layers beside each other. */
function besideOf(
  view: FigureView,
  { layers }: Choice,
  { beside }: FigureValues,
): Pick<FigureRequest, "layers"> {
  if (beside === undefined) return {};
  if (view === "head") return { layers };
  throw new UsageError(`--beside is of the head view: give --view head, or leave it out (it is ${view}).`);
}

/** Layers and heads of the map. */
function shownOf(view: FigureView, { attention }: Choice, values: FigureValues): Pick<FigureRequest, "cut"> {
  const cut = cutOf(attention, values);
  if (cut === null) return {};
  if (view === "model") return { cut };
  throw new UsageError(
    `--include-layers and --include-heads are of the model map: give --view model, or leave them out (it is ${view}).`,
  );
}

/** What would be under a pointer. */
function hoverOf(view: FigureView, { hover }: Choice): Pick<FigureRequest, "hover"> {
  if (!hover) return {};
  if (view === "head" || view === "matrix") return { hover };
  throw new UsageError(`--hover and --hover-key are of the views head and matrix; this is ${view}.`);
}

function orientationOf(view: FigureView, { orientation }: FigureValues): Orientation {
  if (orientation !== undefined && view !== "head")
    throw new UsageError(
      `--orientation is of the head view: give --view head, or leave it out (it is ${view}).`,
    );
  return oneOf("--orientation", orientation ?? "vertical", ORIENTATIONS);
}

/** The title that a figure's file carries. */
export function titleOf({ trace, view, selection }: FigureRequest): string {
  const name = trace.manifest.model.name || "attention";
  return view === "model"
    ? `${name}: attention of all heads`
    : `${name}: head ${selection.layer}.${selection.focus}`;
}

/** How a figure is put on paper. */
export function paperOf(values: FigureValues): Omit<Paper, "title"> {
  const { points, onScreen } = widthOf(values.width ?? "170mm");
  return {
    width: points,
    fontSize: numberOf("--font-size", values["font-size"] ?? (onScreen ? "9" : "8"), 2, 72),
    theme: oneOf("--theme", values.theme ?? "light", ["light", "dark"] as const),
    transparent: values.transparent ?? false,
    dpi: numberOf("--dpi", values.dpi ?? (onScreen ? "192" : "300"), 36, 2400),
    paths: values.paths ?? false,
  };
}

const UNITS: Readonly<Record<string, number>> = { mm: 72 / 25.4, in: 72, px: 0.75, pt: 1 };

function widthOf(text: string): { readonly points: number; readonly onScreen: boolean } {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)(mm|in|px|pt)$/.exec(text) ?? [];
  const points = Number(number) * (UNITS[unit] ?? Number.NaN);
  if (points >= 50 && points <= 5000) return { points, onScreen: unit === "px" };
  throw new UsageError(`--width is "${text}"; expected for example 85mm, 6in or 600px, 18 to 1760 mm.`);
}

/** A number between bounds. */
export function numberOf(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= least && value <= most) return value;
  throw new UsageError(`${name} is "${text}"; expected a number from ${least} to ${most}.`);
}

/** One of the allowed words. */
export function oneOf<const T extends string>(name: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((value) => value === text);
  if (found !== undefined) return found;
  throw new UsageError(`${name} is "${text}"; expected ${allowed.join(", ")}.`);
}
