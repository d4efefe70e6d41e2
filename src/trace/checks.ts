// Checks of single JSON values; each returns the value with its type or throws a TraceError that says where.

import { shown } from "../tensor/index.ts";
import { TraceError } from "./types.ts";

/** Fields of a JSON object whose types are not yet known. */
export type Fields = Readonly<Record<string, unknown>>;

/** Longest text accepted for a token, a name or a note, in UTF-16 units. */
const MAX_TEXT = 10_000;

/** A JSON object. */
export function object(value: unknown, where: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw new TraceError(`${where} is ${show(value)}; expected an object.`);
}

/** A list of at most `limit` entries. */
export function list(value: unknown, where: string, limit: number): readonly unknown[] {
  if (!Array.isArray(value)) throw new TraceError(`${where} is ${show(value)}; expected a list.`);
  if (value.length > limit)
    throw new TraceError(`${where} has ${value.length} entries; at most ${limit} are read.`);
  return value;
}

/** A text of bounded length. */
export function text(value: unknown, where: string): string {
  if (typeof value !== "string") throw new TraceError(`${where} is ${show(value)}; expected a text.`);
  if (value.length > MAX_TEXT) {
    throw new TraceError(`${where} has ${value.length} characters; at most ${MAX_TEXT} are read.`);
  }
  return value;
}

/** A whole number from `least` to `limit`. */
export function count(value: unknown, where: string, limit: number, least: number): number {
  if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= limit)
    return value as number;
  throw new TraceError(`${where} is ${show(value)}; expected a whole number from ${least} to ${limit}.`);
}

/** A finite number. */
export function finite(value: unknown, where: string): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new TraceError(`${where} is ${show(value)}; expected a number.`);
}

/** A finite number above 0. */
export function positive(value: unknown, where: string): number {
  if (finite(value, where) > 0) return value as number;
  throw new TraceError(`${where} is ${show(value)}; expected a number above 0.`);
}

/** True or false. */
export function flag(value: unknown, where: string): boolean {
  if (typeof value === "boolean") return value;
  throw new TraceError(`${where} is ${show(value)}; expected true or false.`);
}

/** A value as JSON, short enough for a message. */
export function show(value: unknown): string {
  return value === undefined ? "missing" : shown(value);
}
