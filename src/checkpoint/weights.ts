// The tensors of a checkpoint, from one safetensors file or many shards, by name and place.
// Only headers are read here; the index file comes from strangers, so shard names are checked.

import {
  headerLength,
  type OtherEntry,
  parseHeader,
  SafetensorsError,
  type TensorEntry,
} from "../tensor/index.ts";
import { isObject, parseJson, pointerHint, readJson } from "./json.ts";
import { checkPath, some } from "./paths.ts";
import { refuseOtherFormats } from "./refused.ts";
import { CheckpointError, type Source, type SourceFile } from "./source.ts";

/** Where one weight lies: which file, which bytes. Its number format may be one that is not read. */
export type WeightEntry = (TensorEntry | OtherEntry) & { readonly file: string };

/** Every tensor of a checkpoint by its name in the file. */
export type Weights = ReadonlyMap<string, WeightEntry>;

/** config.json as read: unchecked values by key. */
export type Config = Readonly<Record<string, unknown>>;

/** The one weights file of a checkpoint that is not sharded. */
export const WEIGHTS_FILE = "model.safetensors";
/** Names the shard of every tensor where there are several weights files. */
export const INDEX_FILE = "model.safetensors.index.json";

const MAX_INDEX = 64_000_000;
/** Tensors that an index may name; the largest checkpoints have some 100,000. */
const MAX_NAMES = 300_000;
/** Files that it may name, each of which is asked for; the largest checkpoints have some 200. */
const MAX_SHARDS = 2000;

/** Names and places of all tensors: from model.safetensors, or from the shards of model.safetensors.index.json. */
export async function openWeights(source: Source, signal?: AbortSignal): Promise<Weights> {
  const files = await source.list(signal);
  const single = files.find((file) => file.path === WEIGHTS_FILE);
  if (single) return new Map(await readEntries(source, single, signal));
  const index = await readJson(source, INDEX_FILE, MAX_INDEX, signal, MAX_NAMES);
  if (!index) return refuseOtherFormats(source.name, files);
  return openShards(source, files, readWeightMap(index), signal);
}

/** Shard of each tensor name, from the text of an index file. */
export function parseWeightMap(text: string): ReadonlyMap<string, string> {
  return readWeightMap(parseJson(text, INDEX_FILE, MAX_NAMES));
}

/** Shard of each tensor name, from a parsed index file; every shard name is checked to stay in the checkpoint. */
function readWeightMap(index: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> {
  const raw = index.weight_map;
  if (!isObject(raw) || Object.keys(raw).length === 0) {
    throw new CheckpointError(`${INDEX_FILE} has no weight_map from tensor names to files.`);
  }
  const map = new Map<string, string>();
  const checked = new Set<string>();
  for (const name of Object.keys(raw)) {
    const file = raw[name];
    if (typeof file !== "string") {
      throw new CheckpointError(`${INDEX_FILE} names no file for ${name.slice(0, 200)}.`);
    }
    if (!checked.has(file)) checked.add(checkPath(file));
    if (checked.size > MAX_SHARDS)
      throw new CheckpointError(`${INDEX_FILE} names more than ${MAX_SHARDS} files. Is it damaged?`);
    map.set(name, file);
  }
  return map;
}

async function openShards(
  source: Source,
  files: readonly SourceFile[],
  map: ReadonlyMap<string, string>,
  signal?: AbortSignal,
): Promise<Weights> {
  const bySize = new Map(files.map((file) => [file.path, file]));
  const shards = [...new Set(map.values())].sort();
  const missing = shards.filter((path) => !bySize.has(path));
  if (missing.length > 0) throw new CheckpointError(missingShards(source, shards, missing));
  const weights = new Map<string, WeightEntry>();
  for (const path of shards) {
    for (const [name, entry] of await readEntries(source, bySize.get(path)!, signal)) {
      addEntry(weights, map, name, entry);
    }
  }
  checkComplete(weights, map);
  return weights;
}

function missingShards(source: Source, shards: readonly string[], missing: readonly string[]): string {
  return `${source.name} lacks ${missing.length} of ${shards.length} weights files: ${some(missing)}. Download them into the same place.`;
}

/** A name that two shards hold belongs to the shard that the index names. */
function addEntry(
  weights: Map<string, WeightEntry>,
  map: ReadonlyMap<string, string>,
  name: string,
  entry: WeightEntry,
): void {
  const other = weights.get(name);
  const owner = map.get(name);
  if (other && owner === undefined) {
    throw new CheckpointError(
      `${name} is in both ${other.file} and ${entry.file}, and the index has neither.`,
    );
  }
  if (owner === undefined || owner === entry.file) weights.set(name, entry);
}

function checkComplete(weights: Weights, map: ReadonlyMap<string, string>): void {
  for (const [name, file] of map) {
    if (!weights.has(name)) {
      throw new CheckpointError(
        `${INDEX_FILE} places ${name.slice(0, 200)} in ${file}, but that file does not hold it.`,
      );
    }
  }
}

/** Entries of one safetensors file; errors name the file. */
async function readEntries(
  source: Source,
  { path, size }: SourceFile,
  signal?: AbortSignal,
): Promise<[string, WeightEntry][]> {
  const prefix = await source.read(path, 0, Math.min(64, size), signal);
  try {
    const length = headerLength(prefix.subarray(0, 8), size);
    const { tensors, others } = parseHeader(await source.read(path, 8, 8 + length, signal), size);
    return [...tensors, ...others].map(([name, entry]) => [name, { ...entry, file: path }]);
  } catch (error) {
    if (!(error instanceof SafetensorsError)) throw error;
    throw new SafetensorsError(`${path} in ${source.name}: ${error.message}${pointerHint(prefix)}`, {
      code: error.code,
      data: { ...error.data, file: path },
      cause: error,
    });
  }
}
