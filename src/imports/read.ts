// Reads a file of somebody else's, whatever its kind: JSON, BertViz's HTML, .npy, .npz, safetensors; gzipped or not.

import { gunzipSync } from "fflate";
import {
  decodeTensor,
  type FloatTensor,
  parseSafetensors,
  SafetensorsError,
  toFloat,
} from "../tensor/index.ts";
import { type Found, type FoundWords, ImportError } from "./found.ts";
import { grouped } from "./grouping.ts";
import { readJson, readPictures } from "./json.ts";
import { type NumpyArray, RATIO, readNpy, readNpz } from "./numpy.ts";
import { picturesOf } from "./pages.ts";
import { refuseStrangers } from "./strangers.ts";

/** Most bytes that a gzipped file may unpack to. */
const MOST_BYTES = 2 ** 31;
/** What the file holds. `name` is only for messages; the contents decide what it is. */
export function readFound(name: string, bytes: Uint8Array): Found {
  if (bytes.length === 0) throw new ImportError(`${name} is empty.`);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b)
    return readFound(name.replace(/\.gz$/, ""), unpacked(name, bytes));
  if (starts(bytes, "\u0093NUMPY")) return numpyFound(new Map([[stem(name), readNpy(bytes, name)]]), ".npy");
  refuseStrangers(name, bytes);
  if (starts(bytes, "PK")) return numpyFound(readNpz(bytes), ".npz");
  const text = textOf(bytes);
  if (text !== null && /^\s*[[{]/.test(text)) return readJson(text);
  if (text !== null && /^\s*</.test(text)) return readPictures(picturesOf(text));
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

/** The file as text where its beginning is UTF-8 without zero bytes, or says that it is UTF-16. */
function textOf(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
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
    const second = Object.entries(metadata).find(([key, value]) => isSecondStart(key) && /^\d+$/.test(value));
    return {
      ...found,
      words: [...found.words, ...words],
      model: metadata.model ?? metadata.model_name ?? "",
      sentenceBStart: second ? Number(second[1]) : found.sentenceBStart,
    };
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

/** Arrays by name: words, where sentence B begins, and numbers, those of one kind gathered. */
function numpyFound(all: ReadonlyMap<string, NumpyArray>, maker: string): Found {
  const words: FoundWords[] = [];
  const numbers = new Map<string, FloatTensor>();
  let sentenceBStart: number | null = null;
  for (const [name, array] of all) {
    if (!("shape" in array)) words.push({ name, words: array });
    else if (isSecondStart(name) && array.data.length === 1) sentenceBStart = array.data[0]!;
    else numbers.set(name, array);
  }
  return { maker, arrays: grouped(numbers), words, sentenceBStart, model: "", notes: [] };
}

function isSecondStart(name: string): boolean {
  return /^sentence_?b_?start$/i.test(name);
}
