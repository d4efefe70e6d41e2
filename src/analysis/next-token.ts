// What the logits say, before and after: probabilities and ranks of words or classes, and how far two of them are apart.

/** One word or class. */
export interface Candidate {
  readonly id: number;
  readonly logit: number;
  /** 0 to 1: softmax over all. */
  readonly probability: number;
  /** 1 for the likeliest. */
  readonly rank: number;
}

/** A candidate in two runs. */
export interface Changed {
  readonly id: number;
  readonly before: Candidate;
  readonly after: Candidate;
  /** Probability after minus before. */
  readonly change: number;
}

/** Logarithm of the sum of exponentials. */
function logSum(logits: Float32Array): number {
  let top = Number.NEGATIVE_INFINITY;
  for (const logit of logits) top = Math.max(top, logit);
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - top);
  return top + Math.log(sum);
}

/** Natural logarithms of the probabilities, [words]. */
export function logProbabilities(logits: Float32Array): Float64Array {
  const total = logSum(logits);
  return Float64Array.from(logits, (logit) => logit - total);
}

/** Words by id, in the order given. */
export function candidates(logits: Float32Array, ids: readonly number[]): Candidate[] {
  const total = logSum(logits);
  return ids.map((id) => {
    const logit = logits[id]!;
    let rank = 1;
    for (const other of logits) if (other > logit) rank++;
    return { id, logit, probability: Math.exp(logit - total), rank };
  });
}

/** Ids of the `count` largest logits, largest first. */
export function likeliest(logits: Float32Array, count: number): number[] {
  const best: number[] = [];
  for (let id = 0; id < logits.length; id++) {
    if (best.length === count && logits[id]! <= logits[best.at(-1)!]!) continue;
    const at = best.findIndex((other) => logits[id]! > logits[other]!);
    best.splice(at < 0 ? best.length : at, 0, id);
    if (best.length > count) best.pop();
  }
  return best;
}

/**
 * Next-token (masked-word, class) table of two runs: chosen ids first, then the likeliest of either run, each once.
 * @param before @param after logits of one position, [words]
 */
export function compareLogits(
  before: Float32Array,
  after: Float32Array,
  { chosen = [], top = 10 }: { readonly chosen?: readonly number[]; readonly top?: number } = {},
): Changed[] {
  const ids = [...new Set([...chosen, ...likeliest(before, top), ...likeliest(after, top)])];
  const [first, second] = [candidates(before, ids), candidates(after, ids)];
  return ids.map((id, i) => {
    const [b, a] = [first[i]!, second[i]!];
    return { id, before: b, after: a, change: a.probability - b.probability };
  });
}

/** logit(target) - logit(against): how much rather the one than the other, in nats. */
export function logitDifference(logits: Float32Array, target: number, against: number): number {
  return logits[target]! - logits[against]!;
}

/** Kullback-Leibler divergence of `after` from `before`, in nats: 0 where they say the same. */
export function divergence(before: Float32Array, after: Float32Array): number {
  const [p, q] = [logProbabilities(before), logProbabilities(after)];
  let sum = 0;
  for (let id = 0; id < p.length; id++) sum += Math.exp(p[id]!) * (p[id]! - q[id]!);
  return Math.max(0, sum);
}

/**
 * Mean loss over `positions`, in nats: -log p(next token), each position saying the token after it.
 * @param logits [tokens, words] @param ids ids of the tokens
 */
export function meanLoss(logits: Float32Array, ids: readonly number[], positions: readonly number[]): number {
  const words = logits.length / ids.length;
  const losses = positions.map((position) => {
    const row = logits.subarray(position * words, (position + 1) * words);
    return logSum(row) - row[ids[position + 1]!]!;
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}
