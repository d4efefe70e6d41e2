// Causal tables: what one number becomes when a part of the model is taken from another run (activation patching, Vig et
// al. 2020; Meng et al. 2022; Heimersheim and Nanda 2024) or silenced (ablation). One run per cell; nothing here knows how
// a run is made.

import type { BlockName, Edit, StreamName, Trace } from "../trace/index.ts";
import type { StreamAlignment } from "./align.ts";
import { divergence, logitDifference, logProbabilities } from "./next-token.ts";
import { emptyTable, type Table } from "./table.ts";

/** Runs the input that is changed, with these edits. */
export type RunEdited = (edits: readonly Edit[], signal?: AbortSignal) => Promise<Trace>;

/** Runs it once for each list of edits, in their order. */
export type RunEach = (
  lists: readonly (readonly Edit[])[],
  signal?: AbortSignal,
) => Promise<readonly Trace[]>;

/** One number of a run. */
export interface Metric {
  /** What it is, for the table. */
  readonly name: string;
  of(trace: Trace): number;
}

/** Logits of one position, or of the last where none is named (of a classifier of whole texts: all there are). */
export function logitsAt(trace: Trace, position?: number): Float32Array {
  const last = position === undefined ? trace.tensor("last_logits") : undefined;
  if (last) return last.data;
  const all = trace.tensor("logits");
  if (!all)
    throw new RangeError("The runs of a sweep must record last_logits, or logits where a position is named.");
  const [rows = 1, words] = all.shape;
  if (words === undefined) return all.data;
  const at = position ?? rows - 1;
  return all.data.subarray(at * words, (at + 1) * words);
}

/** logit(target) - logit(against) */
export function differenceMetric(target: number, against: number, position?: number): Metric {
  const of = (trace: Trace) => logitDifference(logitsAt(trace, position), target, against);
  return { name: "logit difference", of };
}

/** Probability of the target. */
export function probabilityMetric(target: number, position?: number): Metric {
  const of = (trace: Trace) => Math.exp(logProbabilities(logitsAt(trace, position))[target]!);
  return { name: "probability", of };
}

/** How far the probabilities are from those of a reference run, in nats. */
export function divergenceMetric(reference: Trace, position?: number): Metric {
  const before = logitsAt(reference, position).slice();
  return { name: "divergence (KL)", of: (trace) => divergence(before, logitsAt(trace, position)) };
}

/** A sweep: a table whose every cell is one run. Null where there is nothing to edit. */
export interface Sweep {
  readonly rowsAre: string;
  readonly columnsAre: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** What is done in a cell, in a sentence. */
  readonly what: string;
  edits(row: number, column: number): readonly Edit[] | null;
}

export interface SweepOptions {
  readonly signal?: AbortSignal | undefined;
  /** Runs done and runs in all, and the table as far as it is filled. */
  readonly onProgress?: ((done: number, total: number, table: Table) => void) | undefined;
  /** Values of a table that was stopped, [rows, columns]: what is there is not run again. */
  readonly known?: ArrayLike<number> | undefined;
  /** Takes the place of `run` where several runs are made at once for less than one by one. */
  readonly runEach?: RunEach | undefined;
  /** Metric of other runs to read the values against. */
  readonly references?: Readonly<Record<string, number>>;
}

/** Every cell's metric. Cells come from the last row to the first: later layers reuse most of what is recorded. */
export async function runSweep(
  sweep: Sweep,
  run: RunEdited,
  metric: Metric,
  options: SweepOptions = {},
): Promise<Table> {
  const { rows, columns, rowsAre, columnsAre, what } = sweep;
  const { references } = options;
  const meaning = `${metric.name[0]!.toUpperCase()}${metric.name.slice(1)} with ${what}.`;
  const table = emptyTable({
    meaning,
    rowsAre,
    columnsAre,
    rows,
    columns,
    ...(references && { references }),
  });
  const total = rows.length * columns.length;
  const runEach = options.runEach ?? oneByOne(run);
  const most = options.runEach ? AT_ONCE : 1;
  for (let end = total; end > 0; end -= most) {
    options.signal?.throwIfAborted();
    const cells = cellsOf(sweep, Math.max(0, end - most), end, options.known);
    const traces = await runEach(
      cells.flatMap(({ edits }) => (edits ? [edits] : [])),
      options.signal,
    );
    let next = 0;
    for (const { at, edits, known } of cells) table.values[at] = edits ? metric.of(traces[next++]!) : known;
    const done = total - Math.max(0, end - most);
    options.onProgress?.(done, total, table);
  }
  return table;
}

/** Cells that are asked for together. */
const AT_ONCE = 8;

function oneByOne(run: RunEdited): RunEach {
  return async (lists, signal) => {
    const traces: Trace[] = [];
    for (const edits of lists) traces.push(await run(edits, signal));
    return traces;
  };
}

/** Cells from the one before `end` down to `from`: what is known of each, and else its edits; NaN where there are none. */
function cellsOf(sweep: Sweep, from: number, end: number, given: ArrayLike<number> | undefined) {
  const { columns } = sweep;
  return Array.from({ length: end - from }, (_, i) => {
    const at = end - 1 - i;
    const known = given?.[at] ?? Number.NaN;
    const edits = Number.isNaN(known)
      ? sweep.edits(Math.floor(at / columns.length), at % columns.length)
      : null;
    return { at, known, edits };
  });
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => String(i));

/** The stack whose layers a sweep goes through. */
function stackOf(trace: Trace, name?: BlockName) {
  const blocks = trace.manifest.blocks;
  const block = name ? trace.block(name) : blocks.findLast(({ queries, keys }) => queries === keys)!;
  const several = blocks.length > 1;
  return { block, several, tokens: trace.stream(block.queries).tokens };
}

/** Whether a token has a counterpart in the other run; all have where nothing says how they align. */
function isMatched(align: StreamAlignment | undefined, stream: StreamName, at: number): boolean {
  const given = align?.[stream];
  return given === undefined || (given[at] ?? -1) >= 0;
}

/** The residual stream before each layer, position by position, from the other run. */
export function residSweep(trace: Trace, stream?: StreamName, align?: StreamAlignment): Sweep {
  const { block, several, tokens } = stackOf(trace, stream && blockOfStream(trace, stream));
  const named = several ? { stream: block.queries } : {};
  return {
    ...{ rowsAre: "layer", columnsAre: "position", rows: numbers(block.layers) },
    columns: tokens.map(({ text }) => text),
    what: "the residual stream before the layer taken from the other run at one position",
    edits: (layer, position) =>
      isMatched(align, block.queries, position)
        ? [{ op: "patch", at: "resid_pre", ...named, layer, position, from: "other" }]
        : null,
  };
}

function blockOfStream(trace: Trace, stream: StreamName): BlockName {
  return trace.manifest.blocks.find(({ queries, keys }) => queries === stream && keys === stream)!.name;
}

/** The mlp's units, position by position, from the other run. */
export function mlpSweep(trace: Trace, stream?: StreamName, align?: StreamAlignment): Sweep {
  const sweep = residSweep(trace, stream, align);
  return {
    ...sweep,
    what: "the mlp's activations taken from the other run at one position",
    edits: (layer, position) =>
      sweep.edits(layer, position)?.map((edit) => ({ ...edit, at: "mlp_post" }) as Edit) ?? null,
  };
}

/** Every head's output from the other run, at all positions. */
export function headSweep(trace: Trace, block?: BlockName): Sweep {
  return headCells(trace, block, "one head's output taken from the other run", {
    op: "patch",
    from: "other",
  });
}

/** Every head silenced: its output zero, or its mean over the run's positions. */
export function ablationSweep(trace: Trace, by: "zero" | "mean", block?: BlockName): Sweep {
  const change =
    by === "zero" ? ({ op: "scale", value: 0 } as const) : ({ op: "mean", from: "self" } as const);
  const what =
    by === "zero" ? "one head's output set to zero" : "one head's output set to its mean over the positions";
  return headCells(trace, block, what, change);
}

function headCells(trace: Trace, name: BlockName | undefined, what: string, change: object): Sweep {
  const { block, several } = stackOf(trace, name);
  const named = several ? { block: block.name } : {};
  return {
    ...{
      rowsAre: "layer",
      columnsAre: "head",
      what,
      rows: numbers(block.layers),
      columns: numbers(block.heads),
    },
    edits: (layer, head) => {
      if (head >= trace.heads(block.name, layer)) return null;
      return [{ ...change, at: "z", ...named, layer, head } as Edit];
    },
  };
}

/** Every edge of one head from the other run: rows are queries, columns keys. */
export function edgeSweep(
  trace: Trace,
  at: { readonly block: BlockName; readonly layer: number; readonly head: number },
  align?: StreamAlignment,
): Sweep {
  const { block, several } = stackOf(trace, at.block);
  const texts = (stream: StreamName) => trace.stream(stream).tokens.map(({ text }) => text);
  const named = several ? { block: block.name } : {};
  const { layer, head } = at;
  return {
    ...{ rowsAre: "query", columnsAre: "key", rows: texts(block.queries), columns: texts(block.keys) },
    what: `one weight of head ${layer}.${head} taken from the other run`,
    edits: (query, key) => {
      const matched = isMatched(align, block.queries, query) && isMatched(align, block.keys, key);
      if (!matched || !trace.visible(block.name, layer, query, key)) return null;
      return [{ op: "patch", at: "pattern", ...named, layer, head, query, key, from: "other" }];
    },
  };
}

/**
 * "Effect on next token" of every head, [layers, heads]: how far silencing it moves the next-token probabilities of the
 * last position, in nats (Kullback-Leibler divergence from the run as it is). A cause, not a pattern: a head can have one
 * without the other.
 */
export async function headEffects(
  trace: Trace,
  run: RunEdited,
  options: SweepOptions & { readonly by?: "zero" | "mean"; readonly block?: BlockName } = {},
): Promise<Table> {
  const sweep = ablationSweep(trace, options.by ?? "zero", options.block);
  const before = await run([], options.signal);
  return runSweep(sweep, run, divergenceMetric(before), options);
}
