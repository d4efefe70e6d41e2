// What a model says at one place: the next token, a masked word, or classes; and how two runs differ in it.

import { type Changed, compareLogits, firstMask, logitsAt } from "../../analysis/index.ts";
import type { Says } from "../../engine/index.ts";
import type { Trace } from "../../trace/index.ts";

/** Most rows of a table. */
const ROWS = 8;

/** Where a model says something, and what kind of thing. */
export interface Saying {
  readonly kind: "next" | "mask" | "class";
  /** Position that is filled in or told the class of; null for the last, or for the whole text. */
  readonly position: number | null;
  /** Names of classes by id, where they have some. */
  readonly labels: readonly string[] | null;
}

/**
 * What a run says: null where it recorded no logits, or says something of each word and none is masked or pinned.
 * `says` is what its model says, null where that is not known.
 */
export function sayingOf(trace: Trace, pinned: number | null, says: Says | null): Saying | null {
  const all = trace.tensor("logits");
  const labels = says?.labels ?? null;
  const next = { kind: "next", position: null, labels } as const;
  if (!all) return trace.tensor("last_logits") ? next : null;
  if (says?.what === "answer") return null;
  if (isClass(trace, says)) return { kind: "class", position: null, labels };
  const causal = trace.manifest.blocks.some(({ name }) => trace.recipe(name, 0).causal);
  const classes = says ? says.what !== "words" : all.shape[1] !== trace.manifest.model.vocab;
  if (causal && !classes) return next;
  const { tokens } = trace.manifest.streams[0]!;
  const position = (classes ? undefined : firstMask(tokens)) ?? pinned;
  return position === null ? null : { kind: classes ? "class" : "mask", position, labels };
}

/** One row of classes for the whole input. */
function isClass(trace: Trace, says: Says | null): boolean {
  return says ? says.what === "classes" && !says.each : trace.tensor("logits")!.shape.length < 2;
}

/** Words or classes that are likely in either run, the likeliest of either first. */
export function changesOf(before: Trace, after: Trace, saying: Saying): Changed[] {
  const rows = compareLogits(saidBy(before, saying), saidBy(after, saying), { top: ROWS });
  const larger = ({ before, after }: Changed) => Math.max(before.probability, after.probability);
  return rows.sort((a, b) => larger(b) - larger(a)).slice(0, ROWS);
}

/** The logits; of a discriminator, which has one number a token, against 0: their softmax is its sigmoid. */
function saidBy(trace: Trace, { position }: Saying): Float32Array {
  const all = trace.tensor("logits");
  if (all?.shape.length === 1 && position !== null) return Float32Array.of(0, all.data[position]!);
  return logitsAt(trace, position ?? undefined);
}

/** True if two runs hold the same numbers, bit for bit. */
export function sameNumbers(a: Trace, b: Trace): boolean {
  return a.names.every((name) => {
    const [first, second] = [a.raw(name), b.raw(name)];
    if (!first || !second || first.data.byteLength !== second.data.byteLength) return false;
    const bytes = ({ data }: typeof first) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const other = bytes(second);
    return bytes(first).every((byte, i) => byte === other[i]);
  });
}
