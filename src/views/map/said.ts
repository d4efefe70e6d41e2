// What the model map says in words: the sentence for a head, and its table of scores.

import type { TableSource } from "../look/paged-table.ts";
import { formatNumber } from "../look/palette.ts";
import type { MapGrid } from "./grid.ts";
import type { HeadScore } from "./magnifier.ts";

/** What is known about a head besides its picture. */
export interface HeadFacts {
  /** What the head does, e.g. "previous token", or "". */
  readonly label: string;
  readonly scores: readonly HeadScore[];
}

/** The name of a score within a sentence; words of the text in it stay as they are: "She → doctor". */
export function nameWithin(score: string): string {
  return score.includes("→") ? score : score.toLowerCase();
}

/** "Head 4.11, previous token 1.00, first token 0"; `absent`: why it has no picture, or null. */
export function headSentence(name: string, { scores }: HeadFacts, absent: string | null): string {
  const said = scores.slice(0, 2).map((score) => `${nameWithin(score.name)} ${formatNumber(score.value)}`);
  return [`Head ${name}`, ...said, ...(absent === null ? [] : [absent])].join(", ");
}

/** Heads by layer with their scores; a press opens a head. */
export function mapTable(
  { heads, cut }: Pick<MapGrid, "heads" | "cut">,
  scores: ArrayLike<number> | null,
  scoreName: string,
  open: (index: number) => void,
): TableSource {
  return {
    caption: scores ? `Heads by layer: ${scoreName}` : "Heads by layer",
    rows: cut.layers.length,
    columns: cut.heads.length,
    rowHeader: (row) => `Layer ${cut.layers[row]}`,
    columnHeader: (column) => `Head ${cut.heads[column]}`,
    cell: (row, column) => {
      const [layer, head] = [cut.layers[row]!, cut.heads[column]!];
      const score = scores?.[layer * heads + head] ?? Number.NaN;
      return Number.isNaN(score) ? `${layer}.${head}` : formatNumber(score, 3);
    },
    onPress: (row, column) => open(cut.layers[row]! * heads + cut.heads[column]!),
  };
}
