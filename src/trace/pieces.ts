// Which neighbouring tokens make one character, and which make one word, so that views can show "\xE6\x88" and
// "\x91" as the character that they are together.

import type { Token } from "./types.ts";

/** Tokens `from` to `to` (exclusive), and what they are together. */
export interface Group {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

interface Byte {
  readonly token: number;
  readonly value: number;
}

const BYTE = /\\x([0-9A-F]{2})/g;
const strict = new TextDecoder("utf-8", { fatal: true });

/** Characters whose bytes lie in two or more neighbouring tokens, in order. */
export function sharedCharacters(tokens: readonly Token[]): Group[] {
  const bytes = tokens.flatMap(bytesOf);
  const groups: Group[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = lengthOf(bytes[at]!.value);
    const part = bytes.slice(at, at + length);
    const text = adjacent(part) ? decoded(part) : undefined;
    const [first, last] = [part[0]!.token, part.at(-1)!.token];
    if (text !== undefined && first !== last) groups.push({ from: first, to: last + 1, text });
    at += text === undefined ? 1 : length;
  }
  return groups;
}

/**
 * Words: tokens that belong together because no space begins between them, without punctuation marks beside them and
 * without special tokens. Tokens that share a character are in one word.
 */
export function wordGroups(tokens: readonly Token[]): Group[] {
  const shared = sharedCharacters(tokens);
  const inside = new Set(
    shared.flatMap(({ from, to }) => Array.from({ length: to - from - 1 }, (_, i) => from + 1 + i)),
  );
  const groups: Group[] = [];
  for (const [i, token] of tokens.entries()) {
    const last = groups.at(-1);
    const joins = last?.to === i && (inside.has(i) || continues(tokens[i - 1]!, token));
    if (last && joins) groups[groups.length - 1] = { ...last, to: i + 1 };
    else groups.push({ from: i, to: i + 1, text: "" });
  }
  return groups.map(({ from, to }) => ({ from, to, text: textOf(tokens, from, to, shared) }));
}

/** Whether a token goes on with the word of the one before it. */
function continues(before: Token, token: Token): boolean {
  if (before.special || token.special || before.segment !== token.segment) return false;
  return !/^\s/u.test(token.text) && isWord(before.text) && isWord(token.text);
}

function isWord(text: string): boolean {
  return /[\p{L}\p{M}\p{N}]|\\x/u.test(text);
}

/** The text of tokens with the characters that they share put together. */
function textOf(tokens: readonly Token[], from: number, to: number, shared: readonly Group[]): string {
  const text = tokens
    .slice(from, to)
    .map((token) => token.text)
    .join("");
  const here = shared.some((group) => group.from >= from && group.to <= to);
  return here ? text.replace(/(?:\\x[0-9A-F]{2})+/g, joined) : text;
}

/** A run of written bytes as text; bytes that make no character stay as they are. */
function joined(run: string): string {
  const bytes = Array.from(run.matchAll(BYTE), ([, hex]) => ({ token: 0, value: Number.parseInt(hex!, 16) }));
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const length = lengthOf(bytes[at]!.value);
    const char = decoded(bytes.slice(at, at + length));
    text += char ?? run.slice(4 * at, 4 * at + 4);
    at += char === undefined ? 1 : length;
  }
  return text;
}

function bytesOf({ text, special }: Token, token: number): Byte[] {
  if (special) return [];
  return Array.from(text.matchAll(BYTE), ([, hex]) => ({ token, value: Number.parseInt(hex!, 16) }));
}

function lengthOf(first: number): number {
  if (first < 0xc2) return 1;
  return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

function adjacent(bytes: readonly Byte[]): boolean {
  return bytes.every(({ token }, i) => i === 0 || token - bytes[i - 1]!.token <= 1);
}

function decoded(bytes: readonly Byte[]): string | undefined {
  if (bytes.length < 2) return undefined;
  try {
    return strict.decode(Uint8Array.from(bytes, ({ value }) => value));
  } catch {
    return undefined;
  }
}
