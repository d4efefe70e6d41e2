// JSON that others wrote: BertViz's params (three generations of them), CircuitsVis's props, and plain objects with
// attention as nested lists and tokens, whatever they are called. Also the params inside BertViz's own HTML.

import { type Found, type FoundArray, type FoundWords, ImportError } from "./found.ts";
import { grouped } from "./grouping.ts";
import { depthOf, isSteps, type Json, layersOf, stitched, tensorOf } from "./nested.ts";

type Fields = { readonly [key: string]: Json };

/** What a JSON text holds. NaN and Infinity, which Python writes, are read. */
export function readJson(text: string): Found {
  return foundIn(parsed(text));
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
      throw new ImportError(`This is not JSON: ${(error as Error).message}.`, { cause: error });
    }
  }
}

/** The params object of a page that BertViz wrote. */
export function readHtml(text: string): Found {
  const start = /(?:params|PYTHON_PARAMS)\s*=\s*(?=\{)/.exec(text);
  if (!start) {
    throw new ImportError(
      "This HTML holds no params object of BertViz. Save its attention as JSON, or as a trace file.",
    );
  }
  const from = start.index + start[0].length;
  return foundIn(parsed(text.slice(from, from + objectLength(text.slice(from)))));
}

/** Length of the JSON object that a text begins with. */
function objectLength(text: string): number {
  const token = new RegExp(`${STRING.source}|[{}]`, "gs");
  let depth = 0;
  for (let match = token.exec(text); match; match = token.exec(text)) {
    if (match[0] === "{") depth++;
    if (match[0] === "}" && --depth === 0) return match.index + 1;
  }
  throw new ImportError("The params object of this HTML has no end: the file is cut short.");
}

function foundIn(value: Json): Found {
  if (Array.isArray(value)) return plain({ attention: value });
  if (value === null || typeof value !== "object")
    throw new ImportError(
      `This JSON holds ${JSON.stringify(value)?.slice(0, 40)}; an object with attention is expected.`,
    );
  const fields = value as Fields;
  return bertviz(fields) ?? plain(fields);
}

// BertViz

function bertviz(fields: Fields): Found | null {
  const { attention } = fields;
  if (isObject(attention) && isObject(attention.all))
    return bertvizViews([{ ...attention.all, name: "all" }], fields);
  if (Array.isArray(attention) && attention.some((view) => isObject(view) && Array.isArray(view.attn)))
    return bertvizViews(attention.filter(isObject), fields);
  const attn = fields.att ?? fields.attn;
  if (!Array.isArray(attn) || !Array.isArray(fields.left_text)) return null;
  const { left_text: left, right_text: right = left } = fields;
  const name = typeof fields.name === "string" ? fields.name : isOther(left, right) ? "cross" : "all";
  return bertvizViews([{ ...fields, attn, right_text: right, name }], fields);
}

/** True if rows and columns have words of their own, as in cross attention. */
function isOther(left: Json, right: Json): boolean {
  return isWords(left) && isWords(right) && !same(wordList(left), wordList(right));
}

/** Views "all" (or one without a name), "Encoder", "Decoder", "Cross"; slices of sentences are read over. */
function bertvizViews(views: readonly Fields[], fields: Fields): Found {
  const whole = views.filter(({ name }) => !/^(aa|bb|ab|ba|Sentence)/.test(String(name ?? "")));
  const arrays: FoundArray[] = [];
  const words: FoundWords[] = [];
  for (const view of whole) {
    const name = String(view.name ?? "all").toLowerCase();
    for (const part of ["attn", "queries", "keys"] as const) {
      if (Array.isArray(view[part]))
        arrays.push(...arrayOf(part === "attn" ? `${name} attention` : `${name} ${part}`, view[part]));
    }
    words.push(...wordsOf(name === "cross" ? "decoder" : name, view.left_text));
    words.push(...wordsOf(name === "cross" ? "encoder" : `${name} right`, view.right_text));
  }
  const first = words[0]?.words ?? [];
  return {
    maker: "BertViz",
    arrays,
    words: words.filter(
      ({ name, words: list }, i) => !name.endsWith(" right") || !same(list, words[i - 1]?.words),
    ),
    sentenceBStart: secondStart(fields, first),
    model: "",
    notes: [],
  };
}

/** BertViz keeps where sentence B begins only in its slices: the length of A's. */
function secondStart(fields: Fields, tokens: readonly string[]): number | null {
  const { attention } = fields;
  const views = isObject(attention) ? [attention.aa] : Array.isArray(attention) ? attention : [];
  const own = views.find(
    (view) => isObject(view) && (view.name === undefined || view.name === "Sentence A -> Sentence A"),
  );
  const count = isObject(own) && Array.isArray(own.left_text) ? own.left_text.length : 0;
  return count > 0 && count < tokens.length ? count : null;
}

// Anything else

const SKIPPED = /logit|score|hidden|embed|loss|grad|salien|mask|weight_ih|ids?$|^top/i;

function plain(fields: Fields): Found {
  const arrays: FoundArray[] = [];
  const words: FoundWords[] = [];
  const notes: string[] = [];
  walk(fields, "", (name, value) => {
    if (isWords(value)) words.push(...wordsOf(name, value));
    else if (isBatchOfWords(value)) words.push(...wordsOfBatch(name, value));
    else if (depthOf(value) >= 2 || isNulls(value)) {
      if (SKIPPED.test(name)) notes.push(`${name} was read over.`);
      else arrays.push(...arrayOf(name, value));
    }
  });
  const single = new Map(
    arrays.flatMap(({ name, layers, apart }) => (apart ? [] : [[name, layers[0]!] as const])),
  );
  const start = fields.sentence_b_start ?? fields.sentenceBStart;
  const circuits =
    Array.isArray(fields.attention) && Array.isArray(fields.tokens) && depthOf(fields.attention) === 3;
  return {
    maker: circuits ? "CircuitsVis" : "JSON",
    arrays: [...arrays.filter(({ apart }) => apart), ...grouped(single)],
    words,
    sentenceBStart: typeof start === "number" ? start : null,
    model:
      typeof fields.model === "string"
        ? fields.model
        : typeof fields.model_name === "string"
          ? fields.model_name
          : "",
    notes,
  };
}

/** Visits lists and strings of objects, two objects deep. */
function walk(
  fields: Fields,
  prefix: string,
  visit: (name: string, value: readonly Json[]) => void,
  depth = 0,
): void {
  for (const [key, value] of Object.entries(fields)) {
    const name = prefix === "" ? key : `${prefix}.${key}`;
    if (isObject(value) && depth < 2) walk(value, name, visit, depth + 1);
    else if (Array.isArray(value)) visit(name, value);
  }
}

/** One list of numbers by name: layers, steps of layers, or one tensor. */
function arrayOf(name: string, value: readonly Json[]): FoundArray[] {
  if (value.every((entry) => entry === null)) return [{ name, layers: value.map(() => null), apart: true }];
  const depth = depthOf(value);
  if (isSteps(value)) {
    const steps = value.map((step, i) => layersOf(step, `${name}[${i}]`));
    return [{ name, layers: stitched(steps, name), apart: true }];
  }
  const holes = value.some((entry) => entry === null);
  if (!holes && depth <= 3) return [{ name, layers: [tensorOf(value, name)], apart: false }];
  return [{ name, layers: layersOf(value, name), apart: true }];
}

function isObject(value: Json | undefined): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isNulls(value: Json): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((entry) => entry === null);
}

/** A list of words, as strings or as objects that have one. */
function isWords(value: Json): value is readonly Json[] {
  return Array.isArray(value) && value.length > 0 && value.every((entry) => wordIn(entry) !== null);
}

function wordIn(entry: Json): string | null {
  if (typeof entry === "string") return entry;
  if (!isObject(entry)) return null;
  const word = entry.text ?? entry.token ?? entry.raw;
  return typeof word === "string" ? word : null;
}

function wordList(value: readonly Json[]): string[] {
  return value.map((entry) => wordIn(entry)!);
}

function wordsOf(name: string, value: Json | undefined): FoundWords[] {
  return value !== undefined && isWords(value) ? [{ name, words: wordList(value) }] : [];
}

/** The words of every text of a batch. */
function isBatchOfWords(value: Json): value is readonly (readonly Json[])[] {
  return Array.isArray(value) && value.length > 0 && value.every(isWords);
}

function wordsOfBatch(name: string, value: readonly (readonly Json[])[]): FoundWords[] {
  return value.map((words, item) => ({
    name,
    words: wordList(words),
    ...(value.length > 1 ? { item } : {}),
  }));
}

function same(a: readonly string[], b: readonly string[] | undefined): boolean {
  return b !== undefined && a.length === b.length && a.every((word, i) => word === b[i]);
}
