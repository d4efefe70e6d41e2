// What a model says at one place: the next token, a masked word, or classes; and how two runs differ in it.

import { type Changed, compareLogits, firstMask, logitsAt } from "../../analysis/index.ts";
import type { Trace } from "../../trace/index.ts";

/** Most rows of a table. */
const ROWS = 8;

/** Where a model says something, and what kind of thing. */
export interface Saying {
  readonly kind: "next" | "mask" | "class";
  /** Position that is filled in; null for the last, or for the whole text. */
  readonly position: number | null;
}

/** What a run says: null where it recorded no logits, or fills in words and none is masked or pinned. */
export function sayingOf(trace: Trace, pinned: number | null): Saying | null {
  const all = trace.tensor("logits");
  if (!all) return trace.tensor("last_logits") ? { kind: "next", position: null } : null;
  if (all.shape.length < 2) return { kind: "class", position: null };
  const causal = trace.manifest.blocks.some(({ name }) => trace.recipe(name, 0).causal);
  if (causal) return { kind: "next", position: null };
  const { tokens } = trace.manifest.streams[0]!;
  const position = firstMask(tokens) ?? pinned;
  return position === null ? null : { kind: "mask", position };
}

/** Words or classes that are likely in either run, the likeliest of either first. */
export function changesOf(before: Trace, after: Trace, { position }: Saying): Changed[] {
  const at = position ?? undefined;
  const rows = compareLogits(logitsAt(before, at), logitsAt(after, at), { top: ROWS });
  const larger = ({ before, after }: Changed) => Math.max(before.probability, after.probability);
  return rows.sort((a, b) => larger(b) - larger(a)).slice(0, ROWS);
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
