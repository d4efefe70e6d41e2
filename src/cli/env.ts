// The real outside of a command: the process's streams and interrupt, and models from this machine or the network.
// Engine and sources are imported when first needed, so that help and usage errors answer at once.

import { stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Config } from "../checkpoint/index.ts";
import type { Model } from "../engine/index.ts";
import { useSimd } from "../trace/dots/simd.ts";
import { OutputError, reasonOf } from "./output.ts";
import { bytes, type Env, type Progress } from "./report.ts";

/** The environment of a command that runs in a terminal or a script. */
export function processEnv(): Env {
  useSimd();
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  process.stdout.on("error", (error) => {
    stop.abort(new OutputError(`The output cannot be written: ${reasonOf(error)}.`, { cause: error }));
  });
  process.stderr.on("error", () => {});
  const flush = () => new Promise<void>((sent) => process.stdout.write("", () => sent()));
  return { stdout: process.stdout, stderr: process.stderr, open: openSpec, signal: stop.signal, flush };
}

/** Opens a model by folder, bundled name, http(s) URL or hub id. */
export async function openSpec(spec: string, progress: Progress, signal: AbortSignal): Promise<Model> {
  const [{ familyOf, openModel }, { nodeRuntime }, { openSource }] = await Promise.all([
    import("../engine/index.ts"),
    import("../engine/runtime/node.ts"),
    import("../checkpoint/node.ts"),
  ]);
  const onProgress = (done: number, total: number, what: string) =>
    progress.show(`${what}: ${bytes(done)} of ${bytes(total)}`, done, total);
  const accept = (config: Config) => void familyOf(config);
  const source = await openSource(await locate(spec), { signal, onProgress, accept });
  const runtime = await nodeRuntime({ onFallback: (reason) => progress.note(reason) });
  const model = await openModel(source, { runtime, signal, onProgress });
  progress.clear();
  return model;
}

/** A folder as it stands; a bare name means a bundled model where there is one; anything else stays as it is. */
async function locate(spec: string): Promise<string> {
  if (!/^[\w.-]+$/.test(spec) || (await isFolder(spec))) return spec;
  const bundled = fileURLToPath(new URL(`../../models/${spec}`, import.meta.url));
  return (await isFolder(bundled)) ? bundled : spec;
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}
