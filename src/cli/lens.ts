// headscope lens: what the model would say after each layer, at each position (the logit lens).

import { LENS_CAPTURES, logitLens } from "../analysis/index.ts";
import type { Model } from "../engine/index.ts";
import { EDIT_USAGE } from "./editing.ts";
import { processEnv } from "./env.ts";
import { modelSpec, parse } from "./input.ts";
import { type Env, reporting } from "./report.ts";
import { readOneText, TABLE_OPTIONS, TEXT_OPTIONS, writeTablesOf } from "./table-command.ts";
import { wordId } from "./table-file.ts";

const USAGE = `Usage: headscope lens MODEL --text T [--target W] -o FILE.csv|FILE.json

MODEL is a folder in Hugging Face layout, a bundled model's name, an http(s) URL or a hub id.

  --text T, --ids I  what to run; --pair, --type-ids, --target-ids, --audio, --features, --cut as in headscope trace
  --target W         a word, one token with its blank: its probability, rank and logit in each cell;
                     without it each cell shows its likeliest word
${EDIT_USAGE}
  -o, --output       probability, rank and logit: one table behind the other, or one JSON object`;

const OPTIONS = { ...TEXT_OPTIONS, ...TABLE_OPTIONS, target: { type: "string" } } as const;

/** Runs `headscope lens` with the arguments behind the verb; resolves to the exit status. */
export function lensCommand(args: readonly string[], env: Env = processEnv()): Promise<number> {
  return reporting(env, USAGE, async () => {
    const { values, positionals } = parse(args, OPTIONS);
    if (values.help) return void env.stdout.write(`${USAGE}\n`);
    const spec = modelSpec(positionals);
    const { target, ...given } = values;
    const { input, editing } = await readOneText(given, env.signal);
    await writeTablesOf(spec, values, env, async (model, progress) => {
      const options = { captures: LENS_CAPTURES, ...editing(model, input), signal: env.signal };
      const { trace } = await model.run(input, options);
      const id = target === undefined ? undefined : wordId(model, "--target", target);
      const lens = await logitLens(trace, (stream, signal) => model.unembed(stream, signal), {
        ...(id !== undefined && { target: id }),
        word: (word) => wordText(model, word),
        signal: env.signal,
        onProgress: (done, total) => progress.show(`lens: layer ${done} of ${total}`, done, total),
      });
      const { rows, columns } = lens.rank;
      return { tables: { ...lens }, said: `${rows.length} layers × ${columns.length} positions,` };
    });
  });
}

function wordText(model: Model, id: number): string {
  return model.tokenizer?.describe([id])[0]?.text ?? String(id);
}
