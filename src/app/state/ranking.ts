// Heads in the order of a score: what "Find heads" lists. Plain arrays in, plain arrays out.

import type { ScoreTable } from "../../analysis/index.ts";

/** A head with its value. */
export interface RankedHead {
  readonly layer: number;
  readonly head: number;
  readonly value: number;
}

/** Heads in order, and how many reach the threshold. */
export interface Ranking {
  /** By size, largest first; heads without a value are left out. */
  readonly rows: readonly RankedHead[];
  readonly above: number;
}

type Scored = Pick<ScoreTable, "values" | "heads" | "threshold" | "label">;

/** Heads by the size of a score; equal ones in the order of the model. */
export function rank({ values, heads, threshold }: Scored): Ranking {
  const rows: RankedHead[] = [];
  values.forEach((value, i) => {
    if (!Number.isNaN(value)) rows.push({ layer: Math.floor(i / heads), head: i % heads, value });
  });
  rows.sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  return { rows, above: rows.filter((row) => Math.abs(row.value) >= threshold).length };
}

/** The head that a score ranks first; 0.0 without one. */
export function bestHead(score: Scored | undefined): { layer: number; head: number } {
  return (score && rank(score).rows[0]) ?? { layer: 0, head: 0 };
}

/** Heads that a search finds: by the beginning of their number, or by a part of one of their labels. */
export function searched(
  rows: readonly RankedHead[],
  query: string,
  labels: (row: RankedHead) => readonly string[],
): readonly RankedHead[] {
  const wanted = query.trim().toLowerCase();
  if (wanted === "") return rows;
  const found = (row: RankedHead) =>
    `${row.layer}.${row.head}`.startsWith(wanted) || labels(row).some((label) => label.includes(wanted));
  return rows.filter(found);
}

/** Labels of the scores whose threshold a head reaches. */
export function labelsOf(scores: readonly Scored[], layer: number, head: number): string[] {
  const reached = scores.filter((s) => Math.abs(s.values[layer * s.heads + head] ?? 0) >= s.threshold);
  return reached.map((score) => score.label);
}
