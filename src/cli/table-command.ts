// What the commands that answer with tables share: options of one text with edits, and a model that is open for as long as
// a table is made of it.

import type { Table } from "../analysis/index.ts";
import type { Model } from "../engine/index.ts";
import { EDIT_OPTIONS, readEditing } from "./editing.ts";
import { INPUT_OPTIONS, readInputs } from "./input.ts";
import { besides, type Env, Progress, sayNotes, UsageError } from "./report.ts";
import { tablePlace, writeTables } from "./table-file.ts";

/** Options of every command that writes tables. */
export const TABLE_OPTIONS = {
  output: { type: "string", short: "o" },
  verbose: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

const { text, pair, ids, "type-ids": typeIds, "target-ids": targetIds, audio, features, cut } = INPUT_OPTIONS;

/** Options of one text, and of edits in its run. */
export const TEXT_OPTIONS = {
  ...{ text, pair, ids, "type-ids": typeIds, "target-ids": targetIds, audio, features, cut },
  ...EDIT_OPTIONS,
} as const;

/** The one input and the edits that the options name; a UsageError where several texts are given. */
export async function readOneText(
  values: Parameters<typeof readInputs>[0] & Parameters<typeof readEditing>[0],
  signal: AbortSignal,
) {
  const { inputs } = await readInputs(values, signal);
  if (inputs.length > 1) throw new UsageError(`--text is given ${inputs.length} times; give one text.`);
  return { input: inputs[0]!, editing: await readEditing(values, signal) };
}

/** Tables by name, and what is said once they are written, without the path. */
export interface Found {
  readonly tables: Readonly<Record<string, Table>>;
  readonly said: string;
}

/** Opens a model, writes the tables that `work` makes of it, and closes it whatever happens. */
export async function writeTablesOf(
  spec: string,
  { output, verbose }: { readonly output?: string | undefined; readonly verbose?: boolean | undefined },
  env: Env,
  work: (model: Model, progress: Progress) => Promise<Found>,
): Promise<void> {
  const path = await tablePlace(output);
  const progress = new Progress(env.stderr);
  const model = await env.open(spec, progress, env.signal);
  try {
    sayNotes(model, verbose === true, progress);
    const { tables, said } = await work(model, progress);
    const out = besides(env, await writeTables(path, tables, env.signal));
    out.write(`${said} ${path}\n`);
  } finally {
    progress.clear();
    await model.dispose();
  }
}
