// Reading the parts of tokenizer.json: objects, lists and options, with an error that names the part.

import { isObject, type JsonObject } from "../json.ts";
import { CheckpointError } from "../source.ts";
import { escaped } from "./chars.ts";

/** A part of tokenizer.json with its type, e.g. {"type": "Lowercase"}. */
export interface Part {
  readonly type: string;
  readonly options: JsonObject;
}

/** The part, or undefined for null; `what` is its key in tokenizer.json. */
export function readPart(value: unknown, what: string): Part | undefined {
  if (value === null || value === undefined) return undefined;
  if (!isObject(value) || typeof value.type !== "string") throw damaged(what, "has no type");
  return { type: value.type, options: value };
}

const MAX_PARTS = 200;

/** The parts of a list, e.g. the normalizers of a Sequence. */
export function readParts(value: unknown, what: string): Part[] {
  if (!Array.isArray(value)) throw damaged(what, "is not a list");
  if (value.length > MAX_PARTS)
    throw damaged(what, `has ${value.length} parts; at most ${MAX_PARTS} are read`);
  return value.flatMap((item) => readPart(item, what) ?? []);
}

/** The longest published one, a table of characters, has half a million. */
const MAX_TEXT = 4_000_000;

/** A text option. */
export function text(options: JsonObject, key: string, otherwise?: string): string {
  const value = options[key] ?? otherwise;
  if (typeof value !== "string") throw damaged(key, "is not a text");
  if (value.length > MAX_TEXT)
    throw damaged(key, `has ${value.length} characters; at most ${MAX_TEXT} are read`);
  return value;
}

/** A yes-or-no option. */
export function flag(options: JsonObject, key: string, otherwise: boolean): boolean {
  const value = options[key] ?? otherwise;
  if (typeof value !== "boolean") throw damaged(key, "is neither true nor false");
  return value;
}

/** Whole numbers from zero up, e.g. ids. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** An error about one key of tokenizer.json. */
export function damaged(what: string, problem: string): CheckpointError {
  return new CheckpointError(escaped(`tokenizer.json: ${what.slice(0, 100)} ${problem}.`));
}

/** An error about a kind of part that headscope does not know. */
export function unknown(what: string, type: string): CheckpointError {
  return new CheckpointError(
    `tokenizer.json has the ${what} ${escaped(type.slice(0, 100))}, which headscope does not know. Give token ids in place of a text.`,
  );
}
