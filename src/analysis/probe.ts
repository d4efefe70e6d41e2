// Probes for induction and duplicate-token heads: random tokens, repeated, so that nothing but the repetition can be
// attended to (Olsson et al. 2022; duplicate-token heads: Wang et al. 2022). Seeded, for any causal model.

import { type BlockName, type Trace, TraceError } from "../trace/index.ts";
import type { ScoreTable } from "./score-tables.ts";

/** How a probe is drawn. */
export interface ProbeOptions {
  readonly vocab: number;
  /** Random tokens; each comes twice. */
  readonly length?: number;
  readonly seed?: number;
  /** What the model begins every text with; left out for none. */
  readonly first?: number;
}

const LENGTH = 32;
/** Ids near the ends of a vocabulary are often special or never used. */
const EDGE = 0.05;

/** The ids of a probe: the first token, random ones, and the same ones again. */
export function probeIds({ vocab, length = LENGTH, seed = 0, first }: ProbeOptions): number[] {
  const random = randomFrom(seed);
  const low = Math.floor(vocab * EDGE);
  const span = Math.max(1, Math.floor(vocab * (1 - EDGE)) - low);
  const ids = Array.from({ length }, () => low + Math.floor(random() * span));
  return [...(first === undefined ? [] : [first]), ...ids, ...ids];
}

/** Mulberry32: the same numbers for a seed everywhere. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * Scores of a probe's run, [layers, heads] each: from a token's second occurrence to the token after its first one
 * (induction), and to its first one (duplicate token), averaged over the second half.
 */
export function probeScores(trace: Trace, block: BlockName = "self"): ScoreTable[] {
  const { queries } = trace.sides(block);
  const tokens = trace.stream(trace.block(block).queries).tokens;
  const length = Math.floor(queries / 2);
  const start = queries - 2 * length;
  if (
    length < 2 ||
    !isRepeated(
      tokens.map(({ id }) => id),
      start,
      length,
    )
  )
    throw new TraceError("This run is no probe: its second half does not repeat the first.");
  const { layers, heads } = trace.block(block);
  const table = (
    id: string,
    name: string,
    offset: number,
    source: string,
    definition: string,
  ): ScoreTable => ({
    id,
    name,
    label: name.toLowerCase(),
    threshold: 0.4,
    definition: `${definition} on ${length} random tokens repeated once.`,
    source,
    values: valuesOf(trace, block, { start, length, offset }),
    layers,
    heads,
    rows: length,
    of: length,
  });
  return [
    table(
      "probe-induction",
      "Induction, probed",
      1,
      "Olsson et al. 2022",
      "Mean attention to the token after the first occurrence,",
    ),
    table(
      "probe-duplicate",
      "Duplicate token, probed",
      0,
      "Wang et al. 2022",
      "Mean attention to the first occurrence,",
    ),
  ];
}

function isRepeated(ids: readonly (number | null)[], start: number, length: number): boolean {
  for (let i = start; i < start + length; i++) if (ids[i] !== ids[i + length]) return false;
  return true;
}

function valuesOf(
  trace: Trace,
  block: BlockName,
  { start, length, offset }: { readonly start: number; readonly length: number; readonly offset: number },
): Float32Array {
  const { layers, heads } = trace.block(block);
  const values = new Float32Array(layers * heads).fill(Number.NaN);
  for (let layer = 0; layer < layers; layer++) {
    for (let head = 0; head < trace.heads(block, layer); head++) {
      if (!trace.hasAttention(block, layer, head)) continue;
      let sum = 0;
      for (let i = 0; i < length; i++) {
        const query = start + length + i;
        sum += trace.attention(block, layer, head, query, query + 1)[start + i + offset]!;
      }
      values[layer * heads + head] = sum / length;
    }
  }
  return values;
}
