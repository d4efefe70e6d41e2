// Runs of one text that differ by their edits alone, as a sweep makes them: several at once, side by side in one pass, so
// that the weights are read once for all of them. A pass begins at the part of the first edit.

import { type FloatTensor, floatTensor } from "../../tensor/index.ts";
import { breath } from "../breath.ts";
import type { ModelDescription } from "../description.ts";
import { canFuse } from "../graph/fused.ts";
import { STREAM } from "../graph/stack.ts";
import type { EditValues } from "./edit-values.ts";
import { keptParts, type Runnable, runGraph, stateOf } from "./execute.ts";
import type { RunPlan } from "./plan.ts";
import { type PointFeed, type PointFeeds, pointFeeds } from "./points.ts";
import type { KeptPart, Recorded } from "./prefixes.ts";

/** Tokens of one pass: rows of 32 tokens take 1.6 ms each in GPT-2 small's shape, 128 or more 1.0 ms. */
const TOKENS = 256;
const MOST = 8;

/** One of the runs, planned, with what its patches and means take from another. */
export interface Member {
  readonly plan: RunPlan;
  readonly values: EditValues;
}

/** How many runs with this plan go side by side; 1 where its graphs run one text only. */
export function mostTogether({ description, sessions }: Runnable, plan: RunPlan): number {
  const { stacks, captures, points } = plan;
  const logitsOnly = [...captures].every((capture) => capture === "last_logits" || capture === "logits");
  if (stacks.length !== 1 || points !== "vectors" || !logitsOnly || !byToken(description)) return 1;
  const { input, stack, parts } = stacks[0]!;
  const spec = { captures, points, cache: false, fused: sessions.room.fused };
  const fused = stack.layers.every(({ attention }) => canFuse(spec, attention.body, stack.block));
  const ownMeans = parts.some(({ sites }) =>
    sites.some(({ edit }) => "from" in edit && edit.from === "self"),
  );
  return fused && !ownMeans ? Math.max(1, Math.min(MOST, Math.floor(TOKENS / input.tokens.length))) : 1;
}

/** Whether logits are rows of single tokens. */
function byToken({ head }: ModelDescription): boolean {
  return head?.from === "tokens" && head.width > 1;
}

/** The part of the first edit; undefined where nothing is edited. */
export function beginningOf({ stacks }: RunPlan): number | undefined {
  const at = stacks[0]!.parts.findIndex(({ sites }) => sites.length > 0);
  return at < 0 ? undefined : at;
}

/**
 * Carry out plans that begin at one part and may go side by side. Null where what precedes that part is not kept of an
 * earlier run.
 */
export async function executeTogether(
  model: Runnable,
  members: readonly Member[],
  signal?: AbortSignal,
): Promise<Recorded[] | null> {
  const { plan } = members[0]!;
  const planned = plan.stacks[0]!;
  const from = beginningOf(plan)!;
  const before = keptBefore(keptParts(model, plan, planned), from);
  if (!before) return null;
  const one = stateOf(model.description, plan.captures, planned.input, undefined);
  const texts = members.length;
  const length = planned.input.tokens.length;
  const rows = members.flatMap((_, text) => one.rows.map((row) => text * length + row));
  const given = before.at(-1)?.stream;
  let stream = given && repeated(given, texts);
  let logits: FloatTensor | undefined;
  for (const [i, part] of planned.parts.entries()) {
    if (i < from) continue;
    await breath();
    signal?.throwIfAborted();
    const points = sideBySide(members, i);
    const state = { ...one, texts, rows, stream, points };
    const recorded = await runGraph(model.sessions, part.spec, state, signal, part.keeps);
    stream = recorded.get(STREAM);
    logits = recorded.get("logits") ?? logits;
  }
  return members.map((_, text) => new Map(logits ? [["logits", rowsOf(logits, text, one.rows.length)]] : []));
}

/** What is kept of the parts before one; null where one of them is not. */
function keptBefore(kept: ReadonlyMap<number, KeptPart> | undefined, end: number): KeptPart[] | null {
  const parts = Array.from({ length: end }, (_, i) => kept?.get(i) ?? []).flat();
  return parts.length === end ? parts : null;
}

function repeated({ shape: [rows = 0, width = 0], data }: FloatTensor, texts: number): FloatTensor {
  const all = new Float32Array(texts * data.length);
  for (let text = 0; text < texts; text++) all.set(data, text * data.length);
  return floatTensor([texts * rows, width], all);
}

function rowsOf({ shape: [, width = 0], data }: FloatTensor, text: number, rows: number): FloatTensor {
  return floatTensor([rows, width], data.slice(text * rows * width, (text + 1) * rows * width));
}

/** Feeds of one part for all texts: tensors are token-major, so that those of the next text lie behind. */
function sideBySide(members: readonly Member[], part: number): PointFeeds {
  const all = new Map<string, PointFeed>();
  for (const [text, { plan, values }] of members.entries()) {
    const { parts, input } = plan.stacks[0]!;
    const { sites } = parts[part]!;
    for (const [name, feed] of pointFeeds(sites, values, plan.shape, 0)) {
      const { heads, columns } = sites.find(({ tensor }) => tensor === name)!.of;
      const moved = feed.places.map((place) => place + text * input.tokens.length * heads * columns);
      all.set(name, behind(all.get(name), { ...feed, places: moved }));
    }
  }
  return all;
}

function behind(a: PointFeed | undefined, b: PointFeed): PointFeed {
  if (!a) return b;
  const joined = <T extends Int32Array | Float32Array>(x: T, y: T, out: T): T => {
    out.set(x);
    out.set(y, x.length);
    return out;
  };
  const length = a.places.length + b.places.length;
  return {
    places: joined(a.places, b.places, new Int32Array(length)),
    factor: joined(a.factor, b.factor, new Float32Array(length)),
    summand: joined(a.summand, b.summand, new Float32Array(length)),
  };
}
