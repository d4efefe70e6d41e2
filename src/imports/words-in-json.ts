// Words in JSON: lists of strings, or of objects that have one each; and what tells objects from lists.

import type { FoundWords } from "./found.ts";
import type { Json } from "./nested.ts";

/** An object of JSON. */
export type Fields = { readonly [key: string]: Json };

export function isObject(value: Json | undefined): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A list of words, as strings or as objects that have one. */
export function isWords(value: Json): value is readonly Json[] {
  return Array.isArray(value) && value.length > 0 && value.every((entry) => wordIn(entry) !== null);
}

function wordIn(entry: Json): string | null {
  if (typeof entry === "string") return entry;
  if (!isObject(entry)) return null;
  const word = entry.text ?? entry.token ?? entry.raw;
  return typeof word === "string" ? word : null;
}

/** The words of such a list. */
export function wordList(value: readonly Json[]): string[] {
  return value.map((entry) => wordIn(entry)!);
}

/** A list of words under its name; nothing where it is none. */
export function wordsOf(name: string, value: Json | undefined): FoundWords[] {
  return value !== undefined && isWords(value) ? [{ name, words: wordList(value) }] : [];
}

/** The words of every text of a batch. */
export function isBatchOfWords(value: Json): value is readonly (readonly Json[])[] {
  return Array.isArray(value) && value.length > 0 && value.every(isWords);
}

/** The lists of a batch, each with the text that it belongs to. */
export function wordsOfBatch(name: string, value: readonly (readonly Json[])[]): FoundWords[] {
  return value.map((words, item) => ({
    name,
    words: wordList(words),
    ...(value.length > 1 ? { item } : {}),
  }));
}

/** True if two lists hold the same words. */
export function sameWords(a: readonly string[], b: readonly string[] | undefined): boolean {
  return b !== undefined && a.length === b.length && a.every((word, i) => word === b[i]);
}
