// From a model's key, as a page has it, to a checkpoint of this computer: a bundled model, the folder that was opened, or
// a model of the hub in the standard cache. A key can name no other folder, whatever it says.

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { CheckpointError, type Config, parseHubId, readFile, type Source } from "../../checkpoint/index.ts";
import { folderSource, openHub } from "../../checkpoint/node.ts";
import { familyOf } from "../../engine/index.ts";
import type { SourceOptions } from "../../wire/host.ts";
import type { SourceSpec } from "../../wire/protocol.ts";
import type { Places } from "./engine-messages.ts";

/** The checkpoint that a page named. */
export async function sourceOf(spec: SourceSpec, places: Places, options: SourceOptions): Promise<Source> {
  if (spec.kind !== "served") throw new CheckpointError("This checkpoint is read by the browser.");
  const { key, token } = spec;
  const { models, opened } = places;
  if (opened && key === opened.path) return folderSource(opened.folder, titleOf(key));
  if (await isBundled(models, key)) return folderSource(join(models, key));
  const id = parseHubId(key);
  if (!id) throw new CheckpointError(`${key.slice(0, 200)} is no model of this page and no id of the hub.`);
  const { signal, onBytes } = options;
  const accept = (config: Config) => void familyOf(config);
  return openHub(`${id.id}@${id.revision}`, {
    accept,
    signal,
    onProgress: onBytes,
    ...(token && { token }),
  });
}

/** "local/<key>/<title>/" */
function titleOf(path: string): string {
  return decodeURIComponent(path.split("/").filter(Boolean).at(-1) ?? "model");
}

async function isBundled(models: string, key: string): Promise<boolean> {
  if (!/^[\w-][\w.-]*$/.test(key)) return false;
  return (await stat(join(models, key, "config.json")).catch(() => undefined)) !== undefined;
}

/**
 * Bytes of memory that a checkpoint takes, at most: float32 weights are mapped from their file, half-precision ones are
 * mapped and widened.
 */
export async function memoryOf(source: Source): Promise<number> {
  const weights = (await source.list()).filter(({ path }) => path.endsWith(".safetensors"));
  const bytes = weights.reduce((sum, { size }) => sum + size, 0);
  const config = new TextDecoder().decode(await readFile(source, "config.json"));
  return /"(torch_)?dtype"\s*:\s*"(b?float16)"/.test(config) ? 3 * bytes : bytes;
}
