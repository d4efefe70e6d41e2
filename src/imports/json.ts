// JSON that others wrote: BertViz's params, CircuitsVis's props, notebooks with either in their outputs, and plain objects
// with attention as nested lists and tokens, whatever they are called and however they are nested.

import { bertviz } from "./bertviz.ts";
import { type Found, type FoundArray, type FoundWords, ImportError } from "./found.ts";
import { grouped } from "./grouping.ts";
import { inseq } from "./inseq.ts";
import { arrayOf } from "./lists.ts";
import { depthOf, type Json } from "./nested.ts";
import { isNotebook, picturesIn } from "./pages.ts";
import { severalOf } from "./several.ts";
import {
  type Fields,
  isBatchOfWords,
  isObject,
  isWords,
  sameWords,
  wordList,
  wordsOf,
  wordsOfBatch,
} from "./words-in-json.ts";

/** What a JSON text holds. NaN and Infinity, which Python writes, are read. */
export function readJson(text: string): Found {
  const value = parsed(text);
  if (!isNotebook(value)) return foundIn(value);
  const pictures = picturesIn(value).map(({ cell, object }) => ({
    place: `cell ${cell}`,
    read: () => foundIn(parsed(object)),
  }));
  return severalOf(pictures, PICTURES);
}

const PICTURES = "pictures of attention";

/** What the objects of JSON hold that a page draws pictures from. */
export function readPictures(objects: readonly string[]): Found {
  const pictures = objects.map((object) => ({ place: "", read: () => foundIn(parsed(object)) }));
  return severalOf(pictures, PICTURES);
}

/** A string up to its end or that of the text, so that no place in it is looked at twice. */
const STRING = /"(?:[^"\\]+|\\.)*(?:"|\\?$)/;
const NUMBERS = new RegExp(`${STRING.source}|-?\\b(?:NaN|Infinity)\\b`, "gs");

/** JSON with Python's NaN and Infinity; numbers only there, words in strings stay. */
function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    try {
      const python = text.replace(NUMBERS, (match) =>
        match.startsWith('"') ? match : match === "NaN" ? '"\\u0000NaN"' : `"\\u0000${match}"`,
      );
      return JSON.parse(python, (_, value: unknown) =>
        typeof value === "string" && value.startsWith("\u0000") ? Number(value.slice(1)) : value,
      ) as Json;
    } catch {
      const lines = linesOf(text);
      if (lines.length > 1) return linesAsList(lines, error);
      throw new ImportError(`This is not JSON: ${(error as Error).message}.`, { cause: error });
    }
  }
}

/** Lines of a text whose first line is JSON for itself; none of any other text. */
function linesOf(text: string): string[] {
  const end = text.indexOf("\n");
  if (end < 0) return [];
  try {
    JSON.parse(text.slice(0, end));
  } catch {
    return [];
  }
  return text.split("\n").filter((line) => line.trim() !== "");
}

/** Runs, one a line; other lines are refused. */
function linesAsList(lines: readonly string[], cause: unknown): Json {
  const list = lines.map((line, i): Json => {
    try {
      return JSON.parse(line) as Json;
    } catch (error) {
      throw new ImportError(`Line ${i + 1} of ${lines.length} is not JSON: ${(error as Error).message}.`, {
        cause: error,
      });
    }
  });
  if (areRuns(list)) return list;
  throw new ImportError(
    `These are ${lines.length} lines of JSON, which are read where each has its own attention and tokens. Save the line that you mean as a file of its own.`,
    { cause },
  );
}

function foundIn(value: Json): Found {
  if (Array.isArray(value) && areRuns(value))
    return severalOf(
      value.map((run) => ({ place: "", read: () => foundIn(run) })),
      "runs",
    );
  if (Array.isArray(value)) return plain(value.some(isObject) ? { layers: value } : { attention: value });
  if (value === null || typeof value !== "object")
    throw new ImportError(
      `This JSON holds ${JSON.stringify(value)?.slice(0, 40)}; an object with attention is expected.`,
    );
  const fields = value as Fields;
  return bertviz(fields) ?? inseq(fields) ?? plain(fields);
}

/** True for objects that each have words of their own and attention; layers of one text share theirs. */
function areRuns(list: readonly Json[]): list is readonly Fields[] {
  if (list.length < 2 || !list.every((entry) => isObject(entry))) return false;
  const words = list.map((entry) => Object.values(entry).find(isWords));
  const attends = list.every((entry) => Object.values(entry).some((value) => depthOf(value) >= 2));
  if (!attends || !words.every((own) => own !== undefined)) return false;
  const [first, ...others] = words.map((own) => wordList(own));
  return others.some((own) => !sameWords(own, first));
}

/** What is no attention by its name: its lists may have any form, and what cannot be read of them is read over. */
const OTHERS = /logit|score|hidden|embed|loss|grad|salien|attribut|mask|weight_ih|ids?$|^top/i;

function plain(fields: Fields): Found {
  const arrays: FoundArray[] = [];
  const words: FoundWords[] = [];
  const notes: string[] = [];
  walk(fields, "", (name, value) => {
    if (isWords(value)) words.push(...wordsOf(name, value));
    else if (isBatchOfWords(value)) words.push(...wordsOfBatch(name, value));
    else if (depthOf(value) >= 2 || isNulls(value)) {
      if (OTHERS.test(name)) arrays.push(...ifRead(name, value, notes));
      else arrays.push(...arrayOf(name, value));
    }
  });
  const single = new Map(
    arrays.flatMap(({ name, layers, apart }) => (apart ? [] : [[name, layers[0]!] as const])),
  );
  const start = fields.sentence_b_start ?? fields.sentenceBStart;
  const circuits =
    Array.isArray(fields.attention) && Array.isArray(fields.tokens) && depthOf(fields.attention) === 3;
  const model = fields.model ?? fields.model_name;
  return {
    maker: circuits ? "CircuitsVis" : "JSON",
    arrays: [...arrays.filter(({ apart }) => apart), ...grouped(single)],
    words,
    sentenceBStart: typeof start === "number" ? start : null,
    model: typeof model === "string" ? model : "",
    notes,
  };
}

/** An array that is likely no attention: where its lists are uneven it is read over. */
function ifRead(name: string, value: readonly Json[], notes: string[]): FoundArray[] {
  try {
    return arrayOf(name, value);
  } catch (error) {
    if (!(error instanceof ImportError)) throw error;
    notes.push(`${name} was read over.`);
    return [];
  }
}

/** Most levels of objects within each other, and most lists that are looked at. */
const MOST_LEVELS = 6;
const MOST_LISTS = 100_000;

/** Visits the lists of objects and of what lies within them, by their way: "attention.0", "layers.3.heads.1.weights". */
function walk(
  fields: Fields | readonly Json[],
  prefix: string,
  visit: (name: string, value: readonly Json[]) => void,
  left = { levels: MOST_LEVELS, lists: MOST_LISTS },
): void {
  for (const [key, value] of Object.entries(fields) as [string, Json][]) {
    const name = prefix === "" ? key : `${prefix}.${key}`;
    const shaped = isObject(value) ? inShape(value) : null;
    if (shaped) visit(name, shaped);
    else if (isObject(value) || (Array.isArray(value) && value.some(isObject) && !isWords(value))) {
      if (left.levels === 0) continue;
      left.levels--;
      walk(value as Fields | readonly Json[], name, visit, left);
      left.levels++;
    } else if (Array.isArray(value) && left.lists-- > 0) visit(name, value);
  }
}

/** The nested lists of an object that has its numbers in one list and their shape beside it; null for any other. */
function inShape(fields: Fields): readonly Json[] | null {
  const shape = fields.shape ?? fields.dims;
  const { data } = fields;
  if (!Array.isArray(shape) || !Array.isArray(data) || depthOf(data) !== 1) return null;
  const sizes = shape.filter(
    (size) => typeof size === "number" && Number.isInteger(size) && size > 0,
  ) as number[];
  if (sizes.length !== shape.length || sizes.reduce((a, b) => a * b, 1) !== data.length) return null;
  let lists: readonly Json[] = data;
  for (const size of sizes.slice(1).reverse()) {
    const inner = lists;
    lists = Array.from({ length: inner.length / size }, (_, i) => inner.slice(i * size, (i + 1) * size));
  }
  return lists;
}

function isNulls(value: Json): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((entry) => entry === null);
}
