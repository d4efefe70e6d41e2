// A trace to show: read from a file, or made by running a model.

import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { Model } from "../engine/index.ts";
import { ImportError, ownRun, readFound, traceOf, understand } from "../imports/index.ts";
import type { Trace } from "../trace/index.ts";
import { type InputValues, modelSpec, readInputs } from "./input.ts";
import { inputBytes } from "./input-bytes.ts";
import { type Env, type Progress, UsageError } from "./report.ts";

/**
 * What `use` makes of the trace in the file that is named, or of the model that is named on what the options say; the
 * model is open meanwhile, and null where the trace was read from a file.
 */
export async function withRun<T>(
  positionals: readonly string[],
  values: InputValues,
  env: Env,
  progress: Progress,
  use: (trace: Trace, model: Model | null) => Promise<T>,
): Promise<T> {
  const spec = modelSpec(positionals);
  const found = await stat(spec).catch(() => undefined);
  if (found?.isFile() || found?.isFIFO())
    return use(readAny(spec, new Uint8Array(await inputBytes(spec, env.signal))), null);
  const { inputs, folder } = await readInputs(values, env.signal);
  if (folder || inputs.length !== 1)
    throw new UsageError(`${inputs.length} texts are given; one is shown at a time.`);
  const model = await env.open(spec, progress, env.signal);
  try {
    const onProgress = (done: number, total: number) =>
      progress.show(`running: layer ${done} of ${total}`, done, total);
    const { trace } = await model.run(inputs[0]!, { signal: env.signal, onProgress });
    return await use(trace, model);
  } finally {
    await model.dispose();
  }
}

/** A trace file, a page of headscope, or attention made elsewhere that needs no more to be said. */
function readAny(path: string, bytes: Uint8Array): Trace {
  const name = basename(path);
  const own = ownRun(name, bytes);
  if (own) return own;
  const found = readFound(name, bytes);
  const asked = understand(found).questions.length > 0;
  try {
    return traceOf(found);
  } catch (error) {
    if (!asked || !(error instanceof ImportError)) throw error;
    throw new ImportError(`${error.message} Answer with \`headscope convert\`, which writes a trace.`, {
      cause: error,
    });
  }
}
