// Tables that the page asks for: sweeps of runs, a cell each, and the logit lens. They fill in as they are told.

import {
  alignStreams,
  firstMask,
  LENS_CAPTURES,
  logitLens,
  type Metric,
  metricOf,
  runSweep,
  sweepOf,
  type Table,
  tableJson,
} from "../analysis/index.ts";
import { breath } from "../engine/breath.ts";
import type { Model, RunInput, RunOptions } from "../engine/index.ts";
import { type Capture, type Edit, overriding, shapeOfTrace, type Trace } from "../trace/index.ts";
import type { Say } from "./answering.ts";
import type { Answers, LensRequest, PageInput, SweepRequest } from "./protocol.ts";

/** A model, how it reads the page's inputs, and when to stop. */
export interface Bench {
  readonly model: Model;
  readonly read: (input: PageInput) => RunInput;
  readonly signal: AbortSignal;
}

/** Milliseconds of work after which Stop is heard. */
const BREATH_MS = 30;

/** The texts of ids; a number where there is no tokenizer. */
export function wordsOf({ tokenizer }: Model, ids: readonly number[]): string[] {
  return ids.map((id) => tokenizer?.describe([id])[0]?.text ?? String(id));
}

/** Which tokens of `other` answer to those of `input`, by stream. */
export function matched(model: Model, other: RunInput, input: RunInput): RunOptions["align"] {
  return alignStreams(model.tokens(other), model.tokens(input));
}

/** The table of a sweep as JSON. */
export async function sweepTable(bench: Bench, request: SweepRequest, say: Say): Promise<string> {
  const { model, read, signal } = bench;
  const input = read(request.input);
  const clean = request.other && read(request.other);
  const position = maskPosition(model, input);
  const align = clean && matched(model, clean, input);
  const points = "cells";
  const last = position === undefined && model.captures.includes("last_logits");
  const captures: readonly Capture[] = [last ? "last_logits" : "logits"];
  const run = async (of: RunInput, edits: readonly Edit[]): Promise<Trace> => {
    await breathe();
    return (await model.run(of, { captures, edits, other: clean, align, points, signal })).trace;
  };
  const before = await run(input, request.edits ?? []);
  const shape = shapeOfTrace(before);
  const edited = (edits: readonly Edit[]) => run(input, overriding(request.edits ?? [], edits, shape));
  const metric = metricOf(request, before, position);
  const patches = request.sweep !== "ablate";
  const references = await referencesOf(metric, before, patches && clean ? () => run(clean, []) : undefined);
  const table = await runSweep(sweepOf(request, before, align), edited, metric, {
    signal,
    references,
    known: request.known,
    onProgress: (done, total, now) => say({ what: "cells", done, total, table: tableJson(now) }),
  });
  return tableJson(table);
}

const breathe = pacer();

/** Lets other messages in now and then. */
function pacer(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < BREATH_MS) return;
    await breath();
    last = performance.now();
  };
}

async function referencesOf(
  metric: Metric,
  before: Trace,
  clean: (() => Promise<Trace>) | undefined,
): Promise<Record<string, number>> {
  if (!clean) return { unchanged: metric.of(before) };
  return { clean: metric.of(await clean()), corrupted: metric.of(before) };
}

/** Of a model that fills in masks: where the first one is. */
export function maskPosition(model: Model, input: RunInput): number | undefined {
  return model.kind === "encoder" ? firstMask(model.tokens(input)[0]!.tokens) : undefined;
}

/** The tables of the lens as JSON. */
export async function lensTables(bench: Bench, request: LensRequest, say: Say): Promise<Answers["lens"]> {
  const { model, read, signal } = bench;
  const input = read(request.input);
  const { edits, other, target } = request;
  const from = other && read(other);
  const align = from && matched(model, from, input);
  const options = { captures: LENS_CAPTURES, edits: edits ?? [], other: from, align, signal };
  const { trace } = await model.run(input, options);
  const lens = await logitLens(trace, (stream, stop) => model.unembed(stream, stop), {
    ...(target !== undefined && { target }),
    word: (id) => wordsOf(model, [id])[0]!,
    signal,
    onProgress: (done, total, { probability }) =>
      say({ what: "cells", done, total, table: tableJson(probability) }),
  });
  const json = (table: Table) => tableJson(table);
  return { probability: json(lens.probability), rank: json(lens.rank), logit: json(lens.logit) };
}
