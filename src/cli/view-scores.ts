// The score that marks heads of the model map, from options: one that every run has, the weight from pinned words to
// others, or the reader's own pattern.

import { askedPattern, askedWords, type ScoreTable, scoreTables } from "../analysis/index.ts";
import type { FigureRequest } from "../export/figure.ts";
import { type BlockName, mostHeads, type Trace } from "../trace/index.ts";
import { wordOf } from "../views/read/words.ts";
import { UsageError } from "./usage-error.ts";
import { type Choice, placeOf } from "./view-choice.ts";

/** Options that ask for a score. */
interface ScoreValues {
  readonly block?: string | undefined;
  readonly score?: string | undefined;
  readonly sort?: string | undefined;
  readonly to?: string[] | undefined;
  readonly find?: string | undefined;
}

/** The score of every head, or null where none is asked for. */
export function scoresOf(
  trace: Trace,
  choice: Choice,
  values: ScoreValues,
): NonNullable<FigureRequest["scores"]> | null {
  const own = askedOf(trace, choice, values);
  const { score } = values;
  const known = score !== undefined || values.sort === "score" ? knownOf(trace, choice, values) : [];
  const tables = [...own, ...known];
  const named = tables.find(({ id, name }) => id === score || name.toLowerCase() === score?.toLowerCase());
  if (score !== undefined && !named)
    throw new UsageError(`--score is "${score}"; this run has ${tables.map(({ id }) => id).join(", ")}.`);
  const table = named ?? tables[0];
  return table ? { name: table.name, values: table.values } : null;
}

/** Scores of the block; of all attentions in one those of cross attention, where they are of the same heads. */
function knownOf(trace: Trace, { attention }: Choice, { block }: ScoreValues): ScoreTable[] {
  const name: BlockName = block === "all" ? "cross" : attention.block;
  const tables = scoreTables(trace, name);
  return tables.filter((table) => table.layers === attention.layers && table.heads === mostHeads(attention));
}

/** Scores that --to and --find ask for. */
function askedOf(trace: Trace, { attention, selection }: Choice, values: ScoreValues): readonly ScoreTable[] {
  const other = selection.side === "query" ? "key" : "query";
  const to = (values.to ?? []).map((word) => placeOf("--to", attention, other, word));
  if (to.length > 0 && selection.pins.length === 0)
    throw new UsageError("--to ranks heads by the weight from pinned words: give --pin, too.");
  const words = askedWords(attention, { ...selection, to }, wordOf);
  if (values.block === "all") return words;
  const { tables, problem } = askedPattern(trace, attention.block, values.find ?? "", true);
  if (problem !== "") throw new UsageError(`--find: ${problem}`);
  return [...words, ...tables];
}
