// Reads a file of somebody else's, whatever its kind: JSON, BertViz's HTML, .npy, .npz, safetensors; gzipped or not.

import { gunzipSync } from "fflate";
import { decodeTensor, parseSafetensors, SafetensorsError, toFloat } from "../tensor/index.ts";
import { type Found, type FoundArray, type FoundWords, ImportError } from "./found.ts";
import { readHtml, readJson } from "./json.ts";
import { stitched } from "./nested.ts";
import { type NumpyArray, RATIO, readNpy, readNpz } from "./numpy.ts";

/** Most bytes that a gzipped file may unpack to. */
const MOST_BYTES = 2 ** 31;
/** What the file holds. `name` is only for messages; the contents decide what it is. */
export function readFound(name: string, bytes: Uint8Array): Found {
  if (bytes.length === 0) throw new ImportError(`${name} is empty.`);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b)
    return readFound(name.replace(/\.gz$/, ""), unpacked(name, bytes));
  if (starts(bytes, "\u0093NUMPY")) return numpyFound(new Map([[stem(name), readNpy(bytes, name)]]), ".npy");
  if (starts(bytes, "PK")) return numpyFound(readNpz(bytes), ".npz");
  const text = textOf(bytes);
  if (text !== null && /^\s*[[{]/.test(text)) return readJson(text);
  if (text !== null && /^\s*</.test(text)) return readHtml(text);
  return safetensorsFound(name, bytes);
}

function unpacked(name: string, bytes: Uint8Array): Uint8Array {
  if (bytes.length < 18) throw new ImportError(`${name} is gzipped and cut short.`);
  const stated = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4, 4).getUint32(0, true);
  if (stated > bytes.length * RATIO)
    throw new ImportError(`${name} is gzipped and damaged: ${stated} bytes cannot come of ${bytes.length}.`);
  if (stated > MOST_BYTES)
    throw new ImportError(`${name} unpacks to ${stated} bytes; at most ${MOST_BYTES} are read.`);
  try {
    return gunzipSync(bytes, { out: new Uint8Array(stated) });
  } catch (error) {
    throw new ImportError(`${name} is gzipped and damaged: ${(error as Error).message}.`, { cause: error });
  }
}

function starts(bytes: Uint8Array, text: string): boolean {
  return [...text].every((c, i) => bytes[i] === c.charCodeAt(0));
}

/** The file as text where its beginning is UTF-8 without zero bytes. */
function textOf(bytes: Uint8Array): string | null {
  if (bytes.subarray(0, 64).includes(0)) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes).replace(/^\ufeff/, "");
  } catch {
    return null;
  }
}

function stem(name: string): string {
  return name
    .split("/")
    .at(-1)!
    .replace(/\.\w+$/, "");
}

function safetensorsFound(name: string, bytes: Uint8Array): Found {
  try {
    const { tensors, metadata } = parseSafetensors(bytes);
    const arrays = new Map<string, NumpyArray>();
    for (const [path, entry] of tensors)
      arrays.set(path, toFloat(decodeTensor(entry, bytes.subarray(entry.start, entry.end))));
    const found = numpyFound(arrays, "safetensors");
    const words = Object.entries(metadata).flatMap(([key, value]) => wordList(key, value));
    return { ...found, words: [...found.words, ...words], model: metadata.model ?? "" };
  } catch (error) {
    if (!(error instanceof SafetensorsError)) throw error;
    throw new ImportError(
      `${name} is none of the files that are read here: a trace, JSON, BertViz's HTML, .npy, .npz or safetensors (as which: ${error.message})`,
      { cause: error },
    );
  }
}

/** Words in metadata: a JSON list of strings. */
function wordList(name: string, value: string): FoundWords[] {
  if (!value.startsWith("[")) return [];
  try {
    const words = JSON.parse(value) as unknown;
    return Array.isArray(words) && words.every((word) => typeof word === "string") ? [{ name, words }] : [];
  } catch {
    return [];
  }
}

/** Longest name of an array; what tells layers and steps apart in it would take its square in steps. */
const LONGEST_NAME = 1000;
/** Numbers in names from these on count no layers and no steps. */
const MOST_LAYERS = 1000;
const MOST_STEPS = 100_000;

/** Arrays by name, those of one kind gathered: attention_0, attention.1 ... are layers; step_3_layer_0 ... are steps. */
function numpyFound(all: ReadonlyMap<string, NumpyArray>, maker: string): Found {
  const words: FoundWords[] = [];
  const groups = new Map<string, Map<number, FoundArray["layers"][number]>>();
  const steps = new Map<string, Map<number, Map<number, FoundArray["layers"][number]>>>();
  const arrays: FoundArray[] = [];
  for (const [name, array] of all) {
    if (name.length > LONGEST_NAME)
      throw new ImportError(
        `The name of an array has ${name.length} characters; at most ${LONGEST_NAME} are read: ${name.slice(0, 40)}...`,
      );
    if (Array.isArray(array)) words.push({ name, words: array as readonly string[] });
    else {
      const tensor = array as Exclude<FoundArray["layers"][number], null>;
      const step = /^(.*?)(?:^|[._-])step[._-]?(\d+)[._-](?:layer[._-]?)?(\d+)$/.exec(name);
      const layer =
        /^(.*?)[._-]?(\d+)$/.exec(name) ??
        /^(.*?)[._-](\d+)[._-][a-z_]*(?:attn|attention|pattern)[a-z_]*$/.exec(name);
      if (step && Number(step[2]) < MOST_STEPS && Number(step[3]) < MOST_LAYERS) {
        const own = steps.get(step[1]!) ?? new Map();
        steps.set(step[1]!, own);
        own.set(Number(step[2]), (own.get(Number(step[2])) ?? new Map()).set(Number(step[3]), tensor));
      } else if (layer && Number(layer[2]) < MOST_LAYERS) {
        groups.set(layer[1]!, (groups.get(layer[1]!) ?? new Map()).set(Number(layer[2]), tensor));
      } else arrays.push({ name, layers: [tensor], apart: false });
    }
  }
  for (const [name, layers] of groups)
    arrays.push({ name: name || "attention", layers: inOrder(layers), apart: true });
  for (const [name, own] of steps) {
    const list = [...own].sort(([a], [b]) => a - b).map(([, layers]) => inOrder(layers));
    arrays.push({
      name: name || "attention",
      layers: stitched(list, name || "attention"),
      apart: true,
    });
  }
  return { maker, arrays, words, sentenceBStart: null, model: "", notes: [] };
}

/** Layers by number; missing ones are null. */
function inOrder(layers: ReadonlyMap<number, FoundArray["layers"][number]>): FoundArray["layers"] {
  const last = Math.max(...layers.keys());
  return Array.from({ length: last + 1 }, (_, layer) => layers.get(layer) ?? null);
}
