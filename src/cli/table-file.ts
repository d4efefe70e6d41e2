// Tables as files: comma-separated values or JSON, by the name's ending. And words of the command line as token ids.

import { type Table, tableCsv, tableJson } from "../analysis/index.ts";
import type { Model } from "../engine/index.ts";
import { place, writeWhole } from "./output.ts";
import { UsageError } from "./report.ts";

/** Where a table goes, checked before anything runs. */
export async function tablePlace(output: string | undefined): Promise<string> {
  if (!output) throw new UsageError("Nowhere to write: give a file behind -o.");
  if (!/\.(csv|json)$/.test(output))
    throw new UsageError(`-o is "${output}"; its name must end in .csv or .json.`);
  return (await place(output, 1, false))[0]!;
}

/**
 * Writes one table, or several by name: JSON then holds an object, CSV one behind the other. Resolves as writeWhole does.
 */
export async function writeTables(
  path: string,
  tables: Readonly<Record<string, Table>>,
  signal: AbortSignal,
): Promise<boolean> {
  const named = Object.entries(tables);
  const json = () =>
    named.length === 1
      ? tableJson(named[0]![1])
      : `{${named.map(([name, table]) => `${JSON.stringify(name)}:${tableJson(table)}`).join(",")}}`;
  const csv = () =>
    named.map(([name, table]) => (named.length === 1 ? "" : `${name}\n`) + tableCsv(table)).join("\n");
  return writeWhole(path, new TextEncoder().encode(path.endsWith(".json") ? `${json()}\n` : csv()), signal);
}

/** The id of a word that is one token, as it stands behind other words: mind the blank before it. */
export function wordId(model: Model, option: string, word: string): number {
  const tokens = model.tokenizer?.encode(word, undefined, { addSpecialTokens: false });
  if (!tokens) throw new Error(`This checkpoint has no tokenizer, so ${option} "${word}" has no id.`);
  if (tokens.length === 1) return tokens[0]!.id;
  const parts = tokens.map(({ text }) => `"${text}"`).join(", ");
  throw new Error(
    `${option} "${word}" is ${tokens.length} tokens (${parts}); give a word that is one token.`,
  );
}
