// headscope trace: runs texts through a model and writes what was recorded, one trace file per text.
// Other tools rely on its options and on the files; see docs/cli.md.

import { InputError, type Model, type RunInput, type RunOptions, type RunResult } from "../engine/index.ts";
import { CAPTURES, type Capture, editText, reachText, type Trace, writeTrace } from "../trace/index.ts";
import { EDIT_OPTIONS, EDIT_USAGE, readEditing } from "./editing.ts";
import { processEnv } from "./env.ts";
import { INPUT_OPTIONS, modelSpec, parse, readInputs } from "./input.ts";
import { place, writeWhole } from "./output.ts";
import { besides, type Env, Progress, reporting, sayNotes, UsageError } from "./report.ts";

const USAGE = `Usage: headscope trace MODEL --text T [--pair T2] [--capture LIST|all] [--precision f32|f16] -o FILE

MODEL is a folder in Hugging Face layout, a bundled model's name, an http(s) URL or a hub id.

  --text T           what to run; several make FILE a folder with 000.trace.safetensors, 001...
  --pair T2          the second sentence, for models that know pairs
  --texts FILE       one text a line; makes the output a folder
  --ids 1,2,3        token ids in place of a text, used as they are
  --type-ids 0,0,1   the segment of each id
  --target T         the decoder's text (encoder-decoders; generated greedily when left out)
  --target-ids LIST  the decoder's ids, beginning with its start token
  --image FILE       a PNG or JPEG picture, for image models
  --pixels FILE      a safetensors file that holds pixel_values, for image models
  --audio FILE       a WAV file, for speech models
  --features FILE    a safetensors file that holds input_features, for speech models
  --cut first|last   keep the first or the last tokens of a text that is longer than the model takes
  --capture LIST     comma separated, or all; default q,k,v,last_logits
                     ${CAPTURES.join(",")}
${EDIT_USAGE}
  --precision P      f32 (default) or f16
  -o, --output FILE  the trace file to write
  --verbose          also name settings of the checkpoint that change nothing`;

const OPTIONS = {
  ...INPUT_OPTIONS,
  ...EDIT_OPTIONS,
  capture: { type: "string" },
  precision: { type: "string" },
  output: { type: "string", short: "o" },
  verbose: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

const DEFAULT_CAPTURES: readonly Capture[] = ["q", "k", "v", "last_logits"];

/** Runs `headscope trace` with the arguments behind the verb; resolves to the exit status. */
export function traceCommand(args: readonly string[], env: Env = processEnv()): Promise<number> {
  return reporting(env, USAGE, async () => {
    const { values, positionals } = parse(args, OPTIONS);
    if (values.help) return void env.stdout.write(`${USAGE}\n`);
    const spec = modelSpec(positionals);
    const captures = parseCaptures(values.capture);
    const precision = parsePrecision(values.precision);
    if (!values.output) throw new UsageError("Nowhere to write: give a file behind -o.");
    const { inputs, folder } = await readInputs(values, env.signal);
    const edits = await readEditing(values, env.signal);
    const files = await place(values.output, inputs.length, folder);
    const progress = new Progress(env.stderr);
    const model = await env.open(spec, progress, env.signal);
    try {
      sayNotes(model, values.verbose === true, progress);
      checkAll(model, inputs);
      for (const [i, input] of inputs.entries()) {
        const result = await runOne(model, input, { captures, ...edits(model, input) }, env, progress);
        if (i === 0) sayLeftOut(result, captures, model, progress);
        env.signal.throwIfAborted();
        const bytes = writeTrace(result.trace, { precision });
        const to = besides(env, await writeWhole(files[i]!, bytes, env.signal));
        for (const said of [line(result, files[i]!), ...receipts(result.trace)]) to.write(`${said}\n`);
      }
    } finally {
      progress.clear();
      await model.dispose();
    }
  });
}

/** Capture names of a list with commas, in the model's own order. */
export function parseCaptures(list: string | undefined): readonly Capture[] {
  if (list === undefined) return DEFAULT_CAPTURES;
  if (list.trim() === "all") return CAPTURES;
  const names = list.split(",").map((name) => name.trim());
  const unknown = names.filter((name) => !(CAPTURES as readonly string[]).includes(name));
  if (unknown.length === 0) return CAPTURES.filter((name) => names.includes(name));
  throw new UsageError(
    `--capture does not know ${unknown.map((name) => `"${name}"`).join(", ")}; it takes all, or any of ${CAPTURES.join(", ")}.`,
  );
}

function parsePrecision(given = "f32"): "f32" | "f16" {
  if (given === "f32" || given === "f16") return given;
  throw new UsageError(`--precision is "${given}"; it may be f32 or f16.`);
}

/** Every input is tokenized and checked before the first runs, so that a bad one costs nothing. */
function checkAll(model: Model, inputs: readonly RunInput[]): void {
  for (const [i, input] of inputs.entries()) {
    try {
      model.tokens(input);
    } catch (error) {
      const where = inputs.length > 1 ? `Text ${i}: ` : "";
      throw new Error(`${where}${(error as Error).message}${cutHint(error)}`, { cause: error });
    }
  }
}

function cutHint(error: unknown): string {
  const tooLong = error instanceof InputError && error.code === "too-long";
  return tooLong ? " Here that is --cut first or --cut last." : "";
}

async function runOne(
  model: Model,
  input: RunInput,
  options: RunOptions,
  env: Env,
  progress: Progress,
): Promise<RunResult> {
  const onProgress = (done: number, total: number) =>
    progress.show(`running: layer ${done} of ${total}`, done, total);
  const result = await model.run(input, { ...options, signal: env.signal, onProgress });
  progress.clear();
  return result;
}

function sayLeftOut(result: RunResult, asked: readonly Capture[], model: Model, progress: Progress): void {
  const { leftOut } = result;
  if (leftOut.length === 0) return;
  if (leftOut.length === asked.length) {
    throw new Error(
      `${model.info.family} models have no ${leftOut.join(", ")}, so there is nothing to write; this one has ${model.captures.join(", ")}.`,
    );
  }
  progress.note(`left out, because this model does not have it: ${leftOut.join(", ")}`);
}

function line({ trace, seconds }: RunResult, file: string): string {
  const { streams, blocks } = trace.manifest;
  const stacks = blocks.filter((block) => block.queries === block.keys);
  const tokens = streams.map((stream) => stream.tokens.length).join(" + ");
  const layers = stacks.map((block) => block.layers).join(" + ");
  return `${tokens} ${tokens === "1" ? "token" : "tokens"}, ${layers} layers, ${heads(trace)} heads, ${file}, ${seconds.toFixed(3)} s`;
}

/** How far each edit reached. */
function receipts({ manifest: { edits, receipts } }: Trace): string[] {
  return receipts.map(({ edit, touched }) => {
    return `  ${editText(edits[edit]!)}: reached ${reachText(edits[edit]!, touched)}`;
  });
}

/** One number where all blocks agree, as they do in nearly every model. */
function heads(trace: Trace): string {
  return [...new Set(trace.manifest.blocks.map((block) => block.heads))].join(" + ");
}
