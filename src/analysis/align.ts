// Which tokens of two texts answer to each other: the longest common run of tokens in order (Hunt and Szymanski's
// problem, here by plain dynamic programming), with equally long stretches between two matches matched one to one.

import type { StreamName, Token } from "../trace/index.ts";

/** Tokens of an input, stream by stream. */
export type StreamTokens = readonly { readonly stream: StreamName; readonly tokens: readonly Token[] }[];

/** For each token of `after` the matching one of `before`, -1 for none, per stream. */
export type StreamAlignment = Partial<Readonly<Record<StreamName, ArrayLike<number>>>>;

/** alignTokens, stream by stream. */
export function alignStreams(before: StreamTokens, after: StreamTokens): StreamAlignment {
  const from = new Map(before.map(({ stream, tokens }) => [stream, tokens]));
  const pairs = after.map(
    ({ stream, tokens }) => [stream, alignTokens(from.get(stream) ?? [], tokens)] as const,
  );
  return Object.fromEntries(pairs);
}

/** For each token of `after` the matching one of `before`, -1 for none, [tokens of after]. */
export function alignTokens(before: readonly Token[], after: readonly Token[]): Int32Array {
  const same = (i: number, j: number) => before[i]!.raw === after[j]!.raw;
  const lengths = commonLengths(before.length, after.length, same);
  const matched = new Int32Array(after.length).fill(-1);
  const width = after.length + 1;
  let [i, j] = [0, 0];
  let [lastI, lastJ] = [0, 0];
  while (i < before.length && j < after.length) {
    if (same(i, j)) {
      between(matched, lastI, i, lastJ, j);
      matched[j] = i;
      [lastI, lastJ] = [++i, ++j];
    } else if (lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!) i++;
    else j++;
  }
  between(matched, lastI, before.length, lastJ, after.length);
  return matched;
}

/** Stretches of equal length between two matches answer to each other token by token: "doctor" to "nurse". */
function between(matched: Int32Array, i: number, endI: number, j: number, endJ: number): void {
  if (endI - i !== endJ - j) return;
  for (let at = 0; j + at < endJ; at++) matched[j + at] = i + at;
}

/** Length of the longest common run of the tokens from i and j on, [before + 1, after + 1]. */
function commonLengths(rows: number, columns: number, same: (i: number, j: number) => boolean): Int32Array {
  const width = columns + 1;
  const lengths = new Int32Array((rows + 1) * width);
  for (let i = rows - 1; i >= 0; i--) {
    for (let j = columns - 1; j >= 0; j--) {
      lengths[i * width + j] = same(i, j)
        ? lengths[(i + 1) * width + j + 1]! + 1
        : Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!);
    }
  }
  return lengths;
}
