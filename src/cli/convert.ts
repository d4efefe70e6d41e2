// headscope convert: attention made elsewhere (JSON, HTML, notebooks, .npy, .npz, safetensors) as a trace file.

import { basename } from "node:path";
import { ownRun, type Reading, type Role, readFound, traceOf, understand } from "../imports/index.ts";
import { type Trace, writeTrace } from "../trace/index.ts";
import { processEnv } from "./env.ts";
import { parse } from "./input.ts";
import { inputBytes, inputText } from "./input-bytes.ts";
import { place, writeWhole } from "./output.ts";
import { besides, type Env, reporting, UsageError } from "./report.ts";

const USAGE = `Usage: headscope convert FILE [options] -o FILE.safetensors

Reads attention that was made elsewhere and writes a trace file: JSON, HTML and notebooks (BertViz's and CircuitsVis's, and
headscope's own pages), .npy, .npz, safetensors; gzipped or not. Without -o it says what it understood.

  --tokens FILE      the words, one a line; also --encoder-tokens and --decoder-tokens
  --array NAME=ROLE  which array is what: self, encoder, decoder, cross, or self.q, self.k, self.v; none leaves it out
  --item N           which text of a batch, or which picture or run of a file with several, counted from 0
  --transposed       the columns of the file are queries
  --sentence-b N     where the second sentence begins
  --name NAME        the model's name
  --precision P      f32 (default) or f16
  -o, --output FILE  the trace file to write`;

/** Options that say how a file of somebody else's is to be read. */
export const READING_OPTIONS = {
  tokens: { type: "string" },
  "encoder-tokens": { type: "string" },
  "decoder-tokens": { type: "string" },
  array: { type: "string", multiple: true },
  item: { type: "string" },
  transposed: { type: "boolean" },
  "sentence-b": { type: "string" },
  name: { type: "string" },
} as const;

const OPTIONS = {
  ...READING_OPTIONS,
  precision: { type: "string" },
  output: { type: "string", short: "o" },
  help: { type: "boolean", short: "h" },
} as const;

/** Runs `headscope convert` with the arguments behind the verb; resolves to the exit status. */
export function convertCommand(args: readonly string[], env: Env = processEnv()): Promise<number> {
  return reporting(env, USAGE, async () => {
    const { values, positionals } = parse(args, OPTIONS);
    if (values.help) return void env.stdout.write(`${USAGE}\n`);
    const [path, extra] = positionals;
    if (path === undefined || extra !== undefined)
      throw new UsageError(`${positionals.length} files are named; one is expected.`);
    const { precision = "f32" } = values;
    if (precision !== "f32" && precision !== "f16")
      throw new UsageError(`--precision is "${precision}"; expected f32 or f16.`);
    if (values.output) await place(values.output, 1, false);
    const bytes = new Uint8Array(await inputBytes(path, env.signal));
    const own = ownRun(basename(path), bytes);
    if (own) {
      env.stderr.write(`${basename(path)}: a run of headscope\n`);
      if (values.output) await write(own, values.output, precision, env);
      return;
    }
    const found = readFound(basename(path), bytes);
    const reading = await readingOf(values, env.signal);
    const understood = understand(found, reading);
    for (const { name, shape, role } of understood.arrays)
      env.stderr.write(`${name}: ${shape}, ${role ?? "not used"}\n`);
    for (const note of understood.notes) env.stderr.write(`${note}\n`);
    if (!values.output) {
      for (const [i, choice] of understood.choices.entries())
        if (choice !== "") env.stderr.write(`${i}: ${choice}\n`);
      for (const { text } of understood.questions) env.stderr.write(`${text}\n`);
      return;
    }
    const trace = traceOf(found, reading);
    if (trace.manifest.note) env.stderr.write(`${trace.manifest.note}\n`);
    await write(trace, values.output, precision, env);
  });
}

async function write(trace: Trace, path: string, precision: "f32" | "f16", env: Env): Promise<void> {
  besides(env, await writeWhole(path, writeTrace(trace, { precision }), env.signal)).write(`${path}\n`);
}

type Values = ReturnType<typeof parse<typeof READING_OPTIONS>>["values"];

/** How a file is to be read, from options. */
export async function readingOf(values: Values, signal: AbortSignal): Promise<Reading> {
  const words: Record<string, readonly string[]> = {};
  for (const [stream, option] of [
    ["text", "tokens"],
    ["encoder", "encoder-tokens"],
    ["decoder", "decoder-tokens"],
  ] as const) {
    const path = values[option];
    if (path !== undefined)
      words[stream] = (await inputText(path, signal)).replace(/\r?\n$/, "").split(/\r?\n/);
  }
  return {
    words,
    arrays: Object.fromEntries((values.array ?? []).map(roleOf)),
    transposed: values.transposed ?? false,
    ...(values.item === undefined ? {} : { item: wholeOf("--item", values.item) }),
    ...(values["sentence-b"] === undefined
      ? {}
      : { sentenceBStart: wholeOf("--sentence-b", values["sentence-b"]) }),
    ...(values.name === undefined ? {} : { model: values.name }),
  };
}

const ROLE = /^(self|encoder|decoder|cross)(\.[qkv])?$/;

function roleOf(text: string): readonly [string, Role] {
  const at = text.lastIndexOf("=");
  const [name, role] = [text.slice(0, at), text.slice(at + 1)];
  if (at > 0 && role === "none") return [name, null];
  if (at > 0 && ROLE.test(role)) return [name, role as Role];
  throw new UsageError(
    `--array is "${text}"; expected NAME=self, encoder, decoder, cross, self.q ... or none.`,
  );
}

function wholeOf(name: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError(`${name} is "${text}"; expected a whole number from 0.`);
}
