// headscope patch: a table of what each part of a model is worth, by taking it from a clean run into a corrupted one, or
// by silencing it.

import { type AskedSweep, firstMask, metricOf, runSweep, SWEEPS, sweepOf } from "../analysis/index.ts";
import type { Model, RunInput } from "../engine/index.ts";
import type { Edit, Trace } from "../trace/index.ts";
import { type Align, readAlign } from "./editing.ts";
import { processEnv } from "./env.ts";
import { modelSpec, parse, parseHead, parseNumber } from "./input.ts";
import { type Env, type Progress, reporting, UsageError } from "./report.ts";
import { TABLE_OPTIONS, writeTablesOf } from "./table-command.ts";
import { wordId } from "./table-file.ts";

const USAGE = `Usage: headscope patch MODEL --clean T --corrupt T2 --target W [--against W2]
                       [--sweep resid|heads|mlp|edges|ablate] -o FILE.csv|FILE.json

MODEL is a folder in Hugging Face layout, a bundled model's name, an http(s) URL or a hub id.

  --clean T        the text whose parts are taken; with ablate the text whose heads are silenced
  --corrupt T2     the text they are put into, with as many tokens, or with --align
  --align WAY      which tokens of the clean text answer to those of the corrupted one: "tokens" (matched by what
                   they say), or for each token of the corrupted text a number, -1 for none, e.g. 0,1,-1,2
  --target W       the word to measure, one token, with its blank: " doctor"
  --against W2     measure logit(W) - logit(W2) in place of the probability of W
                   without --target: how far the probabilities move from those of the text that is changed
  --position N     where to measure; the last token, or the first mask, if left out
  --sweep S        resid (default): the stream before each layer, at each position; heads: each head's output;
                   mlp: each mlp at each position; edges: each weight of one head; ablate: each head silenced
  --head L.H       the head whose edges are patched
  --by zero|mean   what a silenced head writes (zero)
  -o, --output     the table to write`;

const OPTIONS = {
  clean: { type: "string" },
  corrupt: { type: "string" },
  target: { type: "string" },
  against: { type: "string" },
  position: { type: "string" },
  sweep: { type: "string" },
  head: { type: "string" },
  by: { type: "string" },
  align: { type: "string" },
  ...TABLE_OPTIONS,
} as const;

/** What was asked for, checked as far as it can be without a model. */
interface Asked {
  readonly clean: string;
  readonly corrupt: string | undefined;
  readonly target: string | undefined;
  readonly against: string | undefined;
  readonly position: number | undefined;
  readonly sweep: (typeof SWEEPS)[number];
  readonly head: readonly [layer: number, head: number] | undefined;
  readonly by: "zero" | "mean";
  readonly align: Align | undefined;
}

/** Runs `headscope patch` with the arguments behind the verb; resolves to the exit status. */
export function patchCommand(args: readonly string[], env: Env = processEnv()): Promise<number> {
  return reporting(env, USAGE, async () => {
    const { values, positionals } = parse(args, OPTIONS);
    if (values.help) return void env.stdout.write(`${USAGE}\n`);
    const spec = modelSpec(positionals);
    const asked = readAsked(values);
    await writeTablesOf(spec, values, env, async (model, progress) => {
      const table = await patch(model, asked, env, progress);
      const said = `${table.rows.length} × ${table.columns.length} runs,`;
      return { tables: { [asked.sweep]: table }, said };
    });
  });
}

function readAsked(values: Partial<Record<keyof typeof OPTIONS, unknown>>): Asked {
  const given = (name: keyof typeof OPTIONS) => values[name] as string | undefined;
  const sweep = oneOf("--sweep", given("sweep") ?? "resid", SWEEPS);
  const [clean, corrupt] = [given("clean"), given("corrupt")];
  if (clean === undefined) throw new UsageError("Nothing to run: give --clean T.");
  if (sweep !== "ablate" && corrupt === undefined)
    throw new UsageError(`--sweep ${sweep} needs --corrupt T2.`);
  if (given("against") !== undefined && given("target") === undefined)
    throw new UsageError("--against works only together with --target.");
  const head = parseHead("--head", given("head"));
  if (sweep === "edges" && !head) throw new UsageError("--sweep edges needs one head, e.g. --head 4.11.");
  return {
    ...{ clean, corrupt, sweep, target: given("target"), against: given("against") },
    position: parseNumber("--position", given("position"), { least: 0, whole: true }),
    head,
    by: oneOf("--by", given("by") ?? "zero", ["zero", "mean"] as const),
    align: readAlign(given("align")),
  };
}

function oneOf<T extends string>(option: string, value: string, names: readonly T[]): T {
  if ((names as readonly string[]).includes(value)) return value as T;
  throw new UsageError(`${option} is "${value}"; it may be ${names.join(", ")}.`);
}

async function patch(model: Model, asked: Asked, env: Env, progress: Progress) {
  const clean: RunInput = { text: asked.clean };
  const changed: RunInput = asked.sweep === "ablate" ? clean : { text: asked.corrupt! };
  const position = asked.position ?? maskPosition(model, changed);
  const align = asked.sweep === "ablate" ? undefined : asked.align?.(model, clean, changed);
  const last = position === undefined && model.captures.includes("last_logits");
  const captures = [last ? "last_logits" : "logits"] as const;
  const points = asked.sweep === "edges" ? "cells" : "vectors";
  const options = { captures, other: clean, align, points, signal: env.signal } as const;
  const run = async (input: RunInput, edits: readonly Edit[]): Promise<Trace> =>
    (await model.run(input, { ...options, edits })).trace;
  const runEach = async (lists: readonly (readonly Edit[])[]) =>
    (await model.runEach(changed, lists, options)).map(({ trace }) => trace);
  const [good, bad] = [await run(clean, []), await run(changed, [])];
  const named = askedOf(model, asked, bad);
  const metric = metricOf(named, bad, position);
  return runSweep(sweepOf(named, bad, align), (edits) => run(changed, edits), metric, {
    ...{ runEach, signal: env.signal },
    references:
      asked.sweep === "ablate"
        ? { unchanged: metric.of(bad) }
        : { clean: metric.of(good), corrupted: metric.of(bad) },
    onProgress: (done, total) => progress.show(`patching: run ${done} of ${total}`, done, total),
  });
}

/** Of a model that fills in masks: where the first one is. */
function maskPosition(model: Model, input: RunInput): number | undefined {
  return model.kind === "encoder" ? firstMask(model.tokens(input)[0]!.tokens) : undefined;
}

function askedOf(model: Model, { target, against, sweep, head, by }: Asked, trace: Trace): AskedSweep {
  const id = (option: string, text: string | undefined) =>
    text === undefined ? undefined : wordId(model, option, text);
  const { name: block } = trace.manifest.blocks.findLast(({ queries, keys }) => queries === keys)!;
  return {
    ...{ sweep, by, target: id("--target", target), against: id("--against", against) },
    at: head && { block, layer: head[0], head: head[1] },
  };
}
