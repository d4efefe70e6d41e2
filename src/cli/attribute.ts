// headscope attribute: what each head, each mlp and the embedding add to the logit of a word, or to the difference of two
// (direct logit attribution), and one head by source word.

import type { Model } from "../engine/index.ts";
import type { BlockName } from "../trace/index.ts";
import { partsOf } from "../wire/attribution.ts";
import { EDIT_USAGE } from "./editing.ts";
import { processEnv } from "./env.ts";
import { modelSpec, parse, parseHead, parseNumber } from "./input.ts";
import { type Env, reporting, UsageError } from "./report.ts";
import { readOneText, TABLE_OPTIONS, TEXT_OPTIONS, writeTablesOf } from "./table-command.ts";
import { wordId } from "./table-file.ts";

const USAGE = `Usage: headscope attribute MODEL --text T [--target W [--against W2]] [--head L.H] -o FILE.csv|FILE.json

MODEL is a folder in Hugging Face layout, a bundled model's name, an http(s) URL or a hub id.

  --text T, --ids I  what to run; --pair, --type-ids, --target-ids, --audio, --features, --cut as in headscope trace
  --target W         the word whose logit is told apart, one token, with its blank: " doctor"; the likeliest if left out
  --against W2       tell logit(W) - logit(W2) apart in place of the logit of W
  --position N       where; the last token, or the first mask, if left out
  --head L.H         also what this head adds by reading each word
  --block NAME       the attention that the head is of: self, decoder or cross
${EDIT_USAGE}
  -o, --output       embedding, heads, mlps, biases and residue: they add up to the logit in the last row`;

const OPTIONS = {
  ...TEXT_OPTIONS,
  ...TABLE_OPTIONS,
  target: { type: "string" },
  against: { type: "string" },
  position: { type: "string" },
  head: { type: "string" },
  block: { type: "string" },
} as const;

/** Runs `headscope attribute` with the arguments behind the verb; resolves to the exit status. */
export function attributeCommand(args: readonly string[], env: Env = processEnv()): Promise<number> {
  return reporting(env, USAGE, async () => {
    const { values, positionals } = parse(args, OPTIONS);
    if (values.help) return void env.stdout.write(`${USAGE}\n`);
    const spec = modelSpec(positionals);
    const { target, against, position: place, head: named, block, ...given } = values;
    if (against !== undefined && target === undefined)
      throw new UsageError("--against works only together with --target.");
    const position = parseNumber("--position", place, { least: 0, whole: true });
    const head = parseHead("--head", named);
    if (block !== undefined && !head) throw new UsageError("--block works only together with --head.");
    const { input, editing } = await readOneText(given, env.signal);
    await writeTablesOf(spec, values, env, async (model) => {
      const word = (option: string, text: string | undefined) =>
        text === undefined ? undefined : wordId(model, option, text);
      const asked = {
        ...{ target: word("--target", target), against: word("--against", against), position },
        head: head && { block: blockOf(model, block), layer: head[0], head: head[1] },
      };
      const options = { ...editing(model, input), signal: env.signal };
      const { parts, sources } = await partsOf(model, input, asked, options);
      return { tables: { parts, ...(sources && { sources }) }, said: parts.meaning };
    });
  });
}

/** The attention that is meant: the one of the stack that ends in the logits, if none is named. */
function blockOf({ kind }: Model, named: string | undefined): BlockName {
  const known: readonly BlockName[] = kind === "encoder-decoder" ? ["decoder", "cross"] : ["self"];
  const found = named === undefined ? known[0] : known.find((block) => block === named);
  if (found) return found;
  throw new UsageError(`--block is "${named}"; of this model it may be ${known.join(" or ")}.`);
}
