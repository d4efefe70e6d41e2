// From logits to the next id: greedy, or temperature, top-k and top-p (Holtzman et al. 2020) with a seed.

import type { GenerateOptions } from "../model.ts";

/** Index of the largest value; the first of equals. */
export function argMax(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}

/** Natural logarithm of the probability of `id`. */
export function logProbability(logits: Float32Array, id: number): number {
  const top = logits[argMax(logits)]!;
  let sum = 0;
  for (const value of logits) sum += Math.exp(value - top);
  return logits[id]! - top - Math.log(sum);
}

/** Numbers in [0, 1) from a seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The next id. `seen` are the ids so far, which a repetition penalty (Keskar et al. 2019) makes less likely. */
export function nextId(
  logits: Float32Array,
  seen: Iterable<number>,
  options: GenerateOptions,
  random: () => number,
): number {
  const scores = penalised(logits, seen, options.repetitionPenalty ?? 1);
  const temperature = options.temperature ?? 0;
  if (temperature === 0) return argMax(scores);
  const candidates = ranked(scores, options.topK);
  const weights = candidates.map((id) => Math.exp((scores[id]! - scores[candidates[0]!]!) / temperature));
  return draw(candidates, nucleus(weights, options.topP ?? 1), random());
}

function penalised(logits: Float32Array, seen: Iterable<number>, penalty: number): Float32Array {
  if (penalty === 1) return logits;
  const out = logits.slice();
  for (const id of new Set(seen)) out[id] = out[id]! > 0 ? out[id]! / penalty : out[id]! * penalty;
  return out;
}

/** Ids by falling score, the best `topK` of them. */
function ranked(scores: Float32Array, topK: number | undefined): number[] {
  const order = Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]!);
  return topK ? order.slice(0, topK) : order;
}

/** The leading weights that reach the share `topP` of their sum; at least one. */
function nucleus(weights: readonly number[], topP: number): readonly number[] {
  const total = weights.reduce((sum, w) => sum + w, 0);
  let sum = 0;
  const end = weights.findIndex((w) => {
    sum += w;
    return sum >= topP * total;
  });
  return end < 0 ? weights : weights.slice(0, end + 1);
}

function draw(ids: readonly number[], weights: readonly number[], at: number): number {
  let left = at * weights.reduce((sum, w) => sum + w, 0);
  const chosen = weights.findIndex((w) => {
    left -= w;
    return left < 0;
  });
  return ids[chosen < 0 ? weights.length - 1 : chosen]!;
}
