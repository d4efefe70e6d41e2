// headscope lens: what the model would say after each layer, at each position (the logit lens).

import { LENS_CAPTURES, logitLens } from "../analysis/index.ts";
import type { Model } from "../engine/index.ts";
import { EDIT_OPTIONS, EDIT_USAGE, readEditing } from "./editing.ts";
import { processEnv } from "./env.ts";
import { INPUT_OPTIONS, modelSpec, parse, readInputs } from "./input.ts";
import { type Env, Progress, reporting, sayNotes, UsageError } from "./report.ts";
import { tablePlace, wordId, writeTables } from "./table-file.ts";

const USAGE = `Usage: headscope lens MODEL --text T [--target W] -o FILE.csv|FILE.json

MODEL is a folder in Hugging Face layout, a bundled model's name, an http(s) URL or a hub id.

  --text T, --ids I  what to run; --pair, --type-ids, --target-ids, --audio, --features, --cut as in headscope trace
  --target W         a word, one token with its blank: its probability, rank and logit in each cell;
                     without it each cell shows its likeliest word
${EDIT_USAGE}
  -o, --output       probability, rank and logit: one table behind the other, or one JSON object`;

const { text, pair, ids, "type-ids": typeIds, "target-ids": targetIds, audio, features, cut } = INPUT_OPTIONS;
const OPTIONS = {
  ...{ text, pair, ids, "type-ids": typeIds, "target-ids": targetIds, audio, features, cut },
  ...EDIT_OPTIONS,
  target: { type: "string" },
  output: { type: "string", short: "o" },
  verbose: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/** Runs `headscope lens` with the arguments behind the verb; resolves to the exit status. */
export function lensCommand(args: readonly string[], env: Env = processEnv()): Promise<number> {
  return reporting(env, USAGE, async () => {
    const { values, positionals } = parse(args, OPTIONS);
    if (values.help) return void env.stdout.write(`${USAGE}\n`);
    const spec = modelSpec(positionals);
    const { target, ...input } = values;
    const { inputs } = await readInputs(input);
    if (inputs.length > 1) throw new UsageError(`--text is given ${inputs.length} times; give one text.`);
    const editing = await readEditing(values);
    const path = await tablePlace(values.output);
    const progress = new Progress(env.stderr);
    const model = await env.open(spec, progress, env.signal);
    try {
      sayNotes(model, values.verbose === true, progress);
      const options = { captures: LENS_CAPTURES, ...editing(model, inputs[0]!), signal: env.signal };
      const { trace } = await model.run(inputs[0]!, options);
      const id = target === undefined ? undefined : wordId(model, "--target", target);
      const lens = await logitLens(trace, (stream, signal) => model.unembed(stream, signal), {
        ...(id !== undefined && { target: id }),
        word: (word) => wordText(model, word),
        signal: env.signal,
        onProgress: (done, total) => progress.show(`lens: layer ${done} of ${total}`, done, total),
      });
      await writeTables(path, { ...lens });
      env.stdout.write(`${lens.rank.rows.length} layers × ${lens.rank.columns.length} positions, ${path}\n`);
    } finally {
      progress.clear();
      await model.dispose();
    }
  });
}

function wordText(model: Model, id: number): string {
  return model.tokenizer?.describe([id])[0]?.text ?? String(id);
}
