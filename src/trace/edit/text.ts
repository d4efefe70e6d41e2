// Edits as short sentences: "zero head 4.11", "block 7>2 in 5.3", "scale q12 of 1.10 by 0". Every edit has one,
// and it reads back as the same edit.
//
//   edit   = verb [number "to"] target {"in" block | "in" stream | "at" positions | "by" number | "to" number | "from" run}
//   verb   = zero | scale | add | set | block | patch | mean
//   target = "head" L.H | ["scores"] Q>K "in" L.H | place[units] "of" L.H | place[units] "of" L | "pair" N "of" L.H
//
// L, H, Q, K, units and positions are a number, several with commas, a range such as 3-5, or * for all.

import type { Rotary } from "../types.ts";
import {
  type Edit,
  EditError,
  HEAD_PLACES,
  type Index,
  isCellEdit,
  isHeadEdit,
  type Position,
} from "./edit.ts";
import { readEdit, readEdits } from "./read.ts";

type Fields = Record<string, unknown>;

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
const LIST = /^(-?\d+|\d+-\d+)(,(-?\d+|\d+-\d+))*$/;
const RANGE = /^(\d+)-(\d+)$/;
/** Most numbers that a range may stand for. */
const LONGEST = 100_000;
const TARGET_PLACE = /^(q|k|v|z|resid_pre|resid_mid|resid_post|mlp_post)(\d+(?:[-,]\d+)*)?$/;
const FORMS =
  '"zero head 4.11", "block 7>2 in 5.3", "set 7>2 in 5.3 to 0", "scale q12 of 1.10 by 0", "scale pair 3 of 4.4 by 0", "patch resid_post of 0 at 1", "mean head 4.11"';

/** One edit from its sentence. `rotary`: which components turn together, for "pair 3 of 4.4". */
export function editFromText(text: string, rotary?: Rotary | null): Edit {
  const words = text.trim().split(/\s+/);
  const fail = (what: string): never => {
    throw new EditError(`Edit "${text.trim()}": ${what}`, { data: { edit: text.trim() } });
  };
  const fields = new Sentence(words, fail, rotary).read();
  try {
    return readEdit(fields);
  } catch (error) {
    return error instanceof EditError
      ? fail(error.message.replace(/^Edit .*?\}: /, ""))
      : fail(String(error));
  }
}

/** Edits from JSON, or from sentences one a line or with semicolons between. */
export function editsFromText(text: string, rotary?: Rotary | null): Edit[] {
  if (/^\s*[[{]/.test(text)) return readEdits(parsed(text));
  const sentences = text.split(/[;\n]/).filter((sentence) => sentence.trim());
  return sentences.map((sentence) => editFromText(sentence, rotary));
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new EditError(`Edit ${json.trim()}: this is not valid JSON (${(error as Error).message}).`, {
      data: { edit: json },
    });
  }
}

/** Reads the words of one sentence from left to right. */
class Sentence {
  readonly #words: string[];
  readonly #fail: (what: string) => never;
  readonly #rotary: Rotary | null | undefined;

  constructor(words: string[], fail: (what: string) => never, rotary: Rotary | null | undefined) {
    this.#words = [...words];
    this.#fail = fail;
    this.#rotary = rotary;
  }

  read(): Fields {
    const verb = this.#words.shift()!;
    if (!/^(zero|scale|add|set|block|patch|mean)$/.test(verb)) this.#unknown(verb);
    const fields: Fields = verb === "zero" ? { op: "scale", value: 0 } : { op: verb };
    if (verb === "add") {
      fields.value = this.#number("add");
      this.#expect("to");
    }
    Object.assign(fields, this.#target(verb));
    while (this.#words.length > 0) this.#option(fields);
    return fields;
  }

  #unknown(word: string): never {
    return this.#fail(`"${word}" is not understood. Forms are ${FORMS}, or the edit as JSON.`);
  }

  #target(verb: string): Fields {
    const word = this.#next("what to edit");
    if (word === "head") return { at: "z", ...this.#address() };
    if (word === "pair") return this.#pair();
    if (word === "scores" || word === "pattern") return this.#cells(word, this.#next("query>key"));
    if (word.includes(">")) return this.#cells(verb === "block" ? "scores" : "pattern", word);
    const [, at, unit] = TARGET_PLACE.exec(word) ?? this.#unknown(word);
    this.#expect("of");
    const units = unit === undefined ? {} : { unit: this.#list(unit) };
    if ((HEAD_PLACES as readonly string[]).includes(at!)) return { at, ...units, ...this.#address() };
    return { at, ...units, ...named("layer", this.#list(this.#next("a layer"))) };
  }

  #cells(at: string, pair: string): Fields {
    const [query, key, extra] = pair.split(">");
    if (key === undefined || extra !== undefined) this.#unknown(pair);
    this.#expect("in");
    const sides = { ...named("query", this.#position(query!)), ...named("key", this.#position(key!)) };
    return { at, ...sides, ...this.#address() };
  }

  #pair(): Fields {
    const pair = this.#number("pair");
    this.#expect("of");
    if (!this.#rotary) return this.#fail("a pair is one of rotary positions, and this model has none.");
    const { dims, style } = this.#rotary;
    if (!Number.isInteger(pair) || pair < 0 || pair >= dims / 2)
      this.#fail(`pair ${pair} is outside 0 to ${dims / 2 - 1}.`);
    const unit = style === "half" ? [pair, pair + dims / 2] : [2 * pair, 2 * pair + 1];
    return { at: "q", unit, ...this.#address() };
  }

  /** "4.11": layer and head. */
  #address(): Fields {
    const word = this.#next("a layer and head such as 4.11");
    const [layer, head, extra] = word.split(".");
    if (head === undefined || extra !== undefined)
      this.#fail(`"${word}" is not a layer and head; expected the form 4.11.`);
    return { ...named("layer", this.#list(layer!)), ...named("head", this.#list(head!)) };
  }

  #option(fields: Fields): void {
    const word = this.#words.shift()!;
    const key =
      { in: "in", at: "position", by: "value", to: "value", from: "from" }[word] ?? this.#unknown(word);
    const isStream = !("head" in fields) && /^(resid|mlp)/.test(fields.at as string);
    const name = key === "in" ? (isStream ? "stream" : "block") : key;
    if (fields[name] !== undefined) this.#fail(`"${word}" is said twice.`);
    if (key === "value") fields[name] = this.#number(word);
    else if (key === "position")
      Object.assign(fields, named("position", this.#position(this.#next("positions"))));
    else fields[name] = this.#next(`a name behind "${word}"`);
  }

  #expect(word: string): void {
    const found = this.#words.shift();
    if (found !== word)
      this.#fail(`expected "${word}"${found === undefined ? " and more" : `, found "${found}"`}.`);
  }

  #next(what: string): string {
    return this.#words.shift() ?? this.#fail(`it ends where ${what} is expected.`);
  }

  #number(before: string): number {
    const word = this.#next(`a number behind "${before}"`);
    return NUMBER.test(word) ? Number(word) : this.#fail(`"${word}" is no finite number.`);
  }

  #list(word: string): number[] | undefined {
    if (word === "*") return undefined;
    if (!LIST.test(word)) this.#fail(`"${word}" is no number, list, range or *.`);
    return word.split(",").flatMap((item) => this.#range(item));
  }

  /** "3-5": 3, 4 and 5; or one number. */
  #range(item: string): number[] {
    const [from, to] = (RANGE.exec(item)?.slice(1) ?? [item, item]).map(Number) as [number, number];
    if (to < from || to - from >= LONGEST)
      this.#fail(`"${item}" is no range: it goes up, and holds at most ${LONGEST} numbers.`);
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  }

  #position(word: string): number[] | string | undefined {
    return word === "prompt" || word === "new" ? word : this.#list(word);
  }
}

function named(key: string, value: unknown): Fields {
  return value === undefined ? {} : { [key]: value };
}

/** How far an edit reached, from its receipt: "1 weight", "12 places". */
export function reachText(edit: Edit, touched: number): string {
  const what = isCellEdit(edit) ? "weight" : "place";
  return `${touched} ${touched === 1 ? what : `${what}s`}`;
}

/** The sentence of an edit. `rotary`: rotary pairs of q are then called pairs. */
export function editText(edit: Edit, rotary?: Rotary | null): string {
  const verb = edit.op === "add" ? `add ${edit.value} to` : edit.op;
  const target = targetText(edit, rotary);
  const zero = edit.op === "scale" && edit.value === 0 && target.startsWith("head ");
  return [zero ? "zero" : verb, target, ...optionTexts(edit), zero ? "" : tail(edit)]
    .filter(Boolean)
    .join(" ");
}

/** Sentences of several edits, with semicolons between. */
export function editsText(edits: readonly Edit[], rotary?: Rotary | null): string {
  return edits.map((edit) => editText(edit, rotary)).join("; ");
}

function targetText(edit: Edit, rotary: Rotary | null | undefined): string {
  const units = (unit: Index | undefined) => (unit === undefined ? "" : listText(unit));
  if (isCellEdit(edit)) {
    const cells = `${listText(edit.query)}>${listText(edit.key)} in ${address(edit)}`;
    return edit.at === "scores" && edit.op !== "block" ? `scores ${cells}` : cells;
  }
  if (!isHeadEdit(edit)) return `${edit.at}${units(edit.unit)} of ${listText(edit.layer)}`;
  const pair = edit.at === "q" ? pairOf(edit.unit, rotary) : -1;
  if (pair >= 0) return `pair ${pair} of ${address(edit)}`;
  if (edit.at === "z" && edit.unit === undefined) return `head ${address(edit)}`;
  return `${edit.at}${units(edit.unit)} of ${address(edit)}`;
}

/** Which rotary pair two components of q are; -1 for none. */
export function pairOf(unit: Index | undefined, rotary: Rotary | null | undefined): number {
  if (!rotary || !Array.isArray(unit) || unit.length !== 2) return -1;
  const [a, b] = unit as unknown as readonly [number, number];
  const { dims, style } = rotary;
  if (style === "half") return b - a === dims / 2 && b < dims ? a : -1;
  return a % 2 === 0 && b === a + 1 && b < dims ? a / 2 : -1;
}

function address({ layer, head }: { readonly layer?: Index; readonly head?: Index }): string {
  return `${listText(layer)}.${listText(head)}`;
}

function listText(value: Position | undefined): string {
  if (value === undefined) return "*";
  return Array.isArray(value) ? value.join(",") : String(value);
}

function optionTexts(edit: Edit): string[] {
  const where = "block" in edit ? edit.block : "stream" in edit ? edit.stream : undefined;
  const position = "position" in edit ? edit.position : undefined;
  return [...(where ? [`in ${where}`] : []), ...(position === undefined ? [] : [`at ${listText(position)}`])];
}

function tail(edit: Edit): string {
  if (edit.op === "scale") return `by ${edit.value}`;
  if (edit.op === "set") return `to ${edit.value}`;
  return edit.op === "mean" && edit.from === "other" ? "from other" : "";
}
