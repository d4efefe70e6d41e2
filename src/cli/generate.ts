// headscope generate: continues a text (or translates it, in an encoder-decoder), token by token.
// Plain text streams as it comes; --json prints one object with ids and log probabilities, and nothing else.

import { TextStream } from "../checkpoint/index.ts";
import type { GeneratedToken, GenerateOptions, Model, RunInput } from "../engine/index.ts";
import type { Token } from "../trace/index.ts";
import { EDIT_OPTIONS, EDIT_USAGE, readEditing } from "./editing.ts";
import { processEnv } from "./env.ts";
import { INPUT_OPTIONS, modelSpec, parse, parseNumber, readInputs } from "./input.ts";
import { type Env, Progress, reporting, sayNotes, UsageError } from "./report.ts";
import { harmless, shortened } from "./terminal.ts";

const USAGE = `Usage: headscope generate MODEL --text T|--ids I [--target T|--target-ids I] --tokens N
                          [--temperature X --top-k K --top-p P --seed S] [--json]

MODEL is a folder in Hugging Face layout, a bundled model's name, an http(s) URL or a hub id.

  --text T, --ids I       what to continue, or what to translate in an encoder-decoder
  --audio FILE, --features FILE   what to write down, in a speech model (see trace)
  --target T, --target-ids I   the beginning of the decoder's text (encoder-decoders)
  --tokens N              at most N new tokens
  --temperature X         draw at random; 0 (default) always takes the likeliest token
  --top-k K, --top-p P    draw among the K likeliest, or the likeliest that together reach P
  --repetition-penalty R  above 1: less of what was there before
  --seed S                the same seed draws the same tokens
  --model-settings        what the checkpoint's generation_config.json asks for, where no option says otherwise
  --ignore-eos            go on after the end token
  --cut first|last        keep the first or the last tokens of a text that is longer than the model takes
${EDIT_USAGE}
  --json                  print {"text","ids","new_ids","logprobs","seconds"} alone
  --verbose               also name settings of the checkpoint that change nothing`;

const { text, ids, audio, features, target, "target-ids": targetIds, cut } = INPUT_OPTIONS;
const OPTIONS = {
  text,
  ids,
  audio,
  features,
  target,
  "target-ids": targetIds,
  cut,
  ...EDIT_OPTIONS,
  tokens: { type: "string" },
  temperature: { type: "string" },
  "top-k": { type: "string" },
  "top-p": { type: "string" },
  "repetition-penalty": { type: "string" },
  seed: { type: "string" },
  "ignore-eos": { type: "boolean" },
  "model-settings": { type: "boolean" },
  json: { type: "boolean" },
  verbose: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/** Runs `headscope generate` with the arguments behind the verb; resolves to the exit status. */
export function generateCommand(args: readonly string[], env: Env = processEnv()): Promise<number> {
  return reporting(env, USAGE, async () => {
    const { values, positionals } = parse(args, OPTIONS);
    if (values.help) return void env.stdout.write(`${USAGE}\n`);
    const spec = modelSpec(positionals);
    const options = { ...sampling(values), signal: env.signal };
    const { inputs } = await readInputs(values, env.signal);
    if (inputs.length > 1)
      throw new UsageError(`--text is given ${inputs.length} times; give one text to continue.`);
    const edits = await readEditing(values, env.signal);
    const progress = new Progress(env.stderr);
    const model = await env.open(spec, progress, env.signal);
    sayNotes(model, values.verbose === true, progress);
    const named = values["model-settings"] ? withSettings(model, options, env) : options;
    try {
      const asked = { ...named, ...edits(model, inputs[0]!), signal: env.signal };
      if (values.json) env.stdout.write(`${JSON.stringify(await asJson(model, inputs[0]!, asked))}\n`);
      else await asText(model, inputs[0]!, asked, env);
    } finally {
      await model.dispose();
    }
  });
}

/** The options of generation from what was typed, each within its bounds. */
export function sampling(values: Partial<Record<keyof typeof OPTIONS, unknown>>): GenerateOptions {
  const given = (name: keyof typeof OPTIONS) => values[name] as string | undefined;
  const tokens = parseNumber("--tokens", given("tokens"), { least: 1, whole: true });
  if (tokens === undefined) throw new UsageError("How many tokens? Give --tokens N.");
  const options = {
    temperature: parseNumber("--temperature", given("temperature"), { least: 0 }),
    topK: parseNumber("--top-k", given("top-k"), { least: 1, whole: true }),
    topP: parseNumber("--top-p", given("top-p"), { least: 0, most: 1 }),
    repetitionPenalty: parseNumber("--repetition-penalty", given("repetition-penalty"), { least: 0.01 }),
    seed: parseNumber("--seed", given("seed"), { least: 0, whole: true }),
    ignoreEos: values["ignore-eos"] === true,
  };
  const known = Object.entries(options).filter(([, value]) => value !== undefined);
  return { tokens, ...Object.fromEntries(known) };
}

/** The checkpoint's own settings under the typed ones; says which of them headscope does not follow. */
function withSettings(model: Model, typed: GenerateOptions, env: Env): GenerateOptions {
  const { options, ignored } = model.settings;
  if (ignored.length > 0)
    env.stderr.write(
      `headscope: ${shortened(`the model's settings also ask for ${ignored.join(", ")}, which headscope does not follow.`)}\n`,
    );
  return { ...options, ...typed };
}

/** What --json prints; `ids` and `text` hold the prompt (or the decoder's beginning) and what was added. */
interface Generated {
  readonly text: string | null;
  readonly ids: readonly number[];
  readonly new_ids: readonly number[];
  readonly logprobs: readonly number[];
  readonly seconds: number;
}

async function asJson(model: Model, input: RunInput, options: GenerateOptions): Promise<Generated> {
  const started = performance.now();
  const made: GeneratedToken[] = [];
  for await (const token of model.generate(input, options)) made.push(token);
  const seconds = (performance.now() - started) / 1000;
  const newIds = made.map(({ token }) => token.id!);
  const ids = [...promptIds(model, input), ...newIds];
  const text = model.tokenizer?.decode(ids) ?? null;
  return { text, ids, new_ids: newIds, logprobs: made.map(({ logprob }) => logprob), seconds };
}

/** Streams the text from the prompt on, so that it reads as one; ids where there is no tokenizer. */
async function asText(model: Model, input: RunInput, options: GenerateOptions, env: Env): Promise<void> {
  const stream = new TextStream(model.tokenizer, promptIds(model, input));
  const say = (text: string) => env.stdout.write(harmless(text));
  say(stream.begin());
  try {
    for await (const { token } of model.generate(input, options)) say(stream.add(token.id!));
  } finally {
    say(`${stream.end()}\n`);
  }
}

/** Ids that the new ones follow: the text's, or the decoder's. */
function promptIds(model: Model, input: RunInput): number[] {
  const streams = model.tokens(input);
  const name = model.kind === "encoder-decoder" ? "decoder" : "text";
  const tokens: readonly Token[] = streams.find(({ stream }) => stream === name)?.tokens ?? [];
  return tokens.map(({ id }) => id!);
}
