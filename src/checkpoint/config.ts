// config.json of a checkpoint. What its keys mean is the business of engine/architectures.

import { readJson } from "./json.ts";
import { some } from "./paths.ts";
import { CheckpointError, type Source } from "./source.ts";
import type { Config } from "./weights.ts";

const MAX_CONFIG = 16_000_000;

/** config.json as read; a CheckpointError names what was found where there is none. */
export async function readConfig(source: Source, signal?: AbortSignal): Promise<Config> {
  const config = await readJson(source, "config.json", MAX_CONFIG, signal);
  if (config) return config;
  const found = (await source.list(signal)).map((file) => file.path);
  throw new CheckpointError(`${source.name} has no config.json. Found: ${some(found)}.${hint(found)}`);
}

function hint(found: readonly string[]): string {
  const below = found.find((path) => path.endsWith("/config.json"));
  if (below) return ` The checkpoint may be in ${below.slice(0, -"/config.json".length)}.`;
  if (found.includes("adapter_config.json")) {
    return " This is an adapter (LoRA): merge it into its base model with merge_and_unload() of peft, and save that.";
  }
  return " A checkpoint in Hugging Face layout holds config.json and model.safetensors.";
}
