// Head scores: one number per head that says how much it does one nameable thing on this text.
// Every definition is a mean over rows; none changes a weight. A score is a description, not a proof.

import type { Token } from "../trace/index.ts";
import { type BlockText, isPunctuation, isWord } from "./block-text.ts";
import { entropiesOf, surprise } from "./entropy.ts";
import type { HeadRows } from "./head-rows.ts";

/** One thing a head can be scored for. */
export interface HeadScore {
  readonly id: string;
  /** On the chip. */
  readonly name: string;
  /** On a head that reaches the threshold. */
  readonly label: string;
  /** From here on a head carries the label. */
  readonly threshold: number;
  /** What the number is, in one sentence. */
  readonly definition: string;
  /** Where the definition comes from. */
  readonly source: string;
  /** Whether the score means anything on this text. */
  applies(text: BlockText): boolean;
  /** 0 to 1 (decay: -1 to 1). */
  of(rows: HeadRows, text: BlockText): number;
}

/** Queries that must have an earlier occurrence before an induction score says something. */
const LEAST_REPEATS = 3;

/** All scores, in the order in which they are offered. */
export const SCORES: readonly HeadScore[] = [
  {
    id: "cross",
    name: "Cross-sentence",
    label: "cross-sentence",
    threshold: 0.5,
    definition:
      "Mean attention of the words of either sentence to the words of the other; special tokens left out.",
    source: "Vig 2019, section 2.2",
    applies: ({ pair, square }) => pair && square,
    of: (rows, text) => acrossOrWithin(rows, text, true),
  },
  {
    id: "previous",
    name: "Previous token",
    label: "previous token",
    threshold: 0.5,
    definition: "Mean attention to the token just before, over all tokens but the first.",
    source: "Clark et al. 2019, section 3.1",
    applies: ({ square, queries }) => square && queries.length > 1,
    of: (rows) => meanOver(rows, (query) => (query > 0 ? [query - 1] : null)),
  },
  {
    id: "next",
    name: "Next token",
    label: "next token",
    threshold: 0.5,
    definition: "Mean attention to the token just after, over all tokens but the last.",
    source: "Clark et al. 2019, section 3.1",
    applies: ({ square, causal, queries }) => square && !causal && queries.length > 1,
    of: (rows) => meanOver(rows, (query) => (query + 1 < rows.keys ? [query + 1] : null)),
  },
  {
    id: "same",
    name: "Same word",
    label: "same word",
    threshold: 0.4,
    definition:
      "Mean attention of a word to other occurrences of it (earlier ones where attention is causal), over the words that have one.",
    source: "duplicate-token heads, Wang et al. 2022",
    applies: ({ twins, square }) => square && twins.some((keys) => keys.length > 0),
    of: (rows, { twins }) => meanOver(rows, (query) => orNull(twins[query])),
  },
  {
    id: "induction",
    name: "Induction",
    label: "induction",
    threshold: 0.4,
    definition:
      "Mean attention to the tokens that followed earlier occurrences of the current token, over the tokens that have one; the token just before is not counted.",
    source: "prefix matching, Olsson et al. 2022",
    applies: ({ followers }) => followers.filter((keys) => keys.length > 0).length >= LEAST_REPEATS,
    of: (rows, { followers }) => meanOver(rows, (query) => orNull(followers[query])),
  },
  {
    id: "first",
    name: "First token",
    label: "first token",
    threshold: 0.5,
    definition:
      "Mean attention to the first token, over all tokens but the first; often attention to nothing.",
    source: "null attention, Vig & Belinkov 2019",
    applies: ({ causal, queries }) => causal && queries.length > 1,
    of: (rows) => meanOver(rows, (query) => (query > 0 ? [0] : null)),
  },
  {
    id: "broad",
    name: "Broad",
    label: "broad",
    threshold: 0.9,
    definition:
      "Normalised entropy of each row over the keys that are not null (first token where causal, else special tokens), times the attention they get; 1 is an even spread.",
    source: "Vig 2019, figure 1 centre; entropy as in Clark et al. 2019",
    applies: ({ square, queries }) => square && queries.length > 2,
    of: broad,
  },
  {
    id: "decay",
    name: "Distance decay",
    label: "distance decay",
    threshold: 0.7,
    definition:
      "Minus the correlation of distance with the mean weight at that distance (relative to an even spread, first token left out), times the attention that is not on the first token.",
    source: "Vig 2019, section 2.3",
    applies: ({ causal, square, queries }) => causal && square && queries.length > 4,
    of: decay,
  },
  {
    id: "within",
    name: "Within sentence",
    label: "within sentence",
    threshold: 0.6,
    definition: "Mean attention of words to the words of their own sentence; special tokens left out.",
    source: "Vig 2019, section 2.1",
    applies: ({ pair, square }) => pair && square,
    of: (rows, text) => acrossOrWithin(rows, text, false),
  },
  {
    id: "delimiter",
    name: "Delimiter",
    label: "delimiter",
    threshold: 0.6,
    definition: "Mean attention to the special tokens after the first token, such as [SEP].",
    source: "Clark et al. 2019, section 3.2",
    applies: ({ keys, causal }) => seenMarks(keys, causal, isDelimiter).length > 0,
    of: (rows, { keys, causal }) => {
      const special = seenMarks(keys, causal, isDelimiter);
      return meanOver(rows, (query) => (causal && query < special[0]! ? null : special));
    },
  },
  {
    id: "punctuation",
    name: "Punctuation",
    label: "punctuation",
    threshold: 0.5,
    definition: "Mean attention of words to punctuation marks.",
    source: "Clark et al. 2019, section 3.2",
    applies: ({ keys, queries, causal }) => {
      const [first] = seenMarks(keys, causal, isPunctuation);
      return (
        first !== undefined && queries.some((token, query) => isWord(token) && !(causal && query < first))
      );
    },
    of: (rows, { keys, queries, causal }) => {
      const marks = seenMarks(keys, causal, isPunctuation);
      return meanOver(rows, (query) =>
        isWord(queries[query]!) && !(causal && query < marks[0]!) ? marks : null,
      );
    },
  },
  {
    id: "entropy",
    name: "Entropy",
    label: "entropy",
    threshold: 0.9,
    definition:
      "Mean entropy of the rows over the logarithm of the number of keys they can see; 1 is an even spread.",
    source: "Clark et al. 2019, section 3.2",
    applies: ({ keys }) => keys.length > 1,
    of: (rows, { causal }) =>
      meanOfRows(rows, (row, query, r) => {
        const seen = causal ? query + 1 : row.length;
        return seen > 1 ? entropiesOf(rows)[r]! / Math.log(seen) : null;
      }),
  },
  {
    id: "alignment",
    name: "Alignment",
    label: "alignment",
    threshold: 0.5,
    definition:
      "Mean of the largest weight that each decoder token gives to an encoder token that is not special.",
    source: "confidence, Voita et al. 2019",
    applies: ({ square }) => !square,
    of: (rows, { nullKey }) => meanOfRows(rows, (row) => largest(row, nullKey)),
  },
];

/** The score of an id, or undefined. */
export function scoreById(id: string): HeadScore | undefined {
  return SCORES.find((score) => score.id === id);
}

/** Mean over rows of the mass on the keys that `keysOf` names for a query; rows for which it gives null are left out. */
export function meanOver(rows: HeadRows, keysOf: (query: number) => readonly number[] | null): number {
  return meanOfRows(rows, (row, query) => {
    const keys = keysOf(query);
    if (!keys) return null;
    let mass = 0;
    for (const key of keys) mass += row[key]!;
    return mass;
  });
}

/** Mean of a number per row; rows with null are left out; NaN if all are. */
function meanOfRows(
  rows: HeadRows,
  of: (row: Float32Array, query: number, r: number) => number | null,
): number {
  let sum = 0;
  let count = 0;
  for (let r = 0; r < rows.queries.length; r++) {
    const value = of(rows.row(r), rows.queries[r]!, r);
    if (value === null) continue;
    sum += value;
    count++;
  }
  return count ? sum / count : Number.NaN;
}

function acrossOrWithin(rows: HeadRows, { queries, keys }: BlockText, across: boolean): number {
  const words = [0, 1].map((segment) => placesWhere(keys, (t) => !t.special && t.segment === segment));
  return meanOver(rows, (query) => {
    const { special, segment } = queries[query]!;
    return special ? null : words[across ? 1 - segment : segment]!;
  });
}

function broad(rows: HeadRows, { nullKey, causal }: BlockText): number {
  const nulls = placesWhere([...nullKey], Boolean);
  const entropies = entropiesOf(rows);
  return meanOfRows(rows, (row, query, r) => {
    const end = causal ? query + 1 : row.length;
    let [keys, mass, sum] = [end, 0, entropies[r]!];
    for (let key = 0; key < end; key++) mass += row[key]!;
    for (const key of nulls) {
      if (key >= end) break;
      keys--;
      mass -= row[key]!;
      sum -= surprise(row[key]!);
    }
    // The entropy of weights w / m, times m, is the sum of -w ln w, plus m ln m.
    if (keys < 2) return null;
    return mass > 0 ? (sum + mass * Math.log(mass)) / Math.log(keys) : 0;
  });
}

function decay(rows: HeadRows): number {
  const sums = new Float64Array(rows.keys);
  const counts = new Float64Array(rows.keys);
  for (let r = 0; r < rows.queries.length; r++) {
    const query = rows.queries[r]!;
    if (query < 2) continue;
    const row = rows.row(r);
    for (let key = 1; key <= query; key++) {
      sums[query - key]! += row[key]! * query;
      counts[query - key]!++;
    }
  }
  const distances = placesWhere([...counts], (count) => count > 0);
  const profile = distances.map((distance) => sums[distance]! / counts[distance]!);
  const first = meanOver(rows, (query) => (query > 0 ? [0] : null));
  return -correlation(distances, profile) * (1 - first);
}

/** Pearson's correlation; 0 where one side does not vary by more than the rounding of float32. */
export function correlation(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const n = x.length;
  let [mx, my] = [0, 0];
  for (let i = 0; i < n; i++) {
    mx += x[i]! / n;
    my += y[i]! / n;
  }
  let [xx, yy, xy] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    xx += (x[i]! - mx) ** 2;
    yy += (y[i]! - my) ** 2;
    xy += (x[i]! - mx) * (y[i]! - my);
  }
  const varies = xx > 1e-12 * n * mx * mx && yy > 1e-12 * n * my * my;
  return varies ? xy / Math.sqrt(xx * yy) : 0;
}

function largest(row: Float32Array, leftOut: Uint8Array): number {
  let top = 0;
  for (let key = 0; key < row.length; key++) if (!leftOut[key] && row[key]! > top) top = row[key]!;
  return top;
}

const isDelimiter = (token: Token, at: number): boolean => at > 0 && token.special;

/** Places of marks; where attention is causal, only of those that a later token can see. */
function seenMarks(
  keys: readonly Token[],
  causal: boolean,
  isMark: (token: Token, at: number) => boolean,
): number[] {
  return placesWhere(keys, (token, at) => isMark(token, at) && !(causal && at === keys.length - 1));
}

function placesWhere<T>(list: readonly T[], holds: (item: T, at: number) => boolean): number[] {
  return list.flatMap((item, at) => (holds(item, at) ? [at] : []));
}

function orNull(keys: readonly number[] | undefined): readonly number[] | null {
  return keys && keys.length > 0 ? keys : null;
}
