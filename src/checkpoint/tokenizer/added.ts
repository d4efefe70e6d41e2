// Added tokens: strings such as "<|endoftext|>" that are found in the text before anything else cuts it.

import { isObject } from "../json.ts";
import { type Aligned, slice } from "./aligned.ts";
import { isSpace, WORD } from "./chars.ts";
import type { Step } from "./normalize.ts";
import { damaged, flag, isCount, text } from "./options.ts";
import { Trie } from "./trie.ts";

/** One added token as tokenizer.json has it. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly special: boolean;
  readonly normalized: boolean;
  readonly singleWord: boolean;
  readonly lstrip: boolean;
  readonly rstrip: boolean;
}

/** A stretch of text between added tokens, or one of them. */
export interface Section {
  readonly text: Aligned;
  readonly token?: AddedToken;
}

const MAX_CONTENT = 10_000;

/** The added_tokens of tokenizer.json, with the ids that it gives them. */
export function readAddedTokens(value: unknown): AddedToken[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw damaged("added_tokens", "is not a list");
  return value.map(readAddedToken);
}

function readAddedToken(value: unknown): AddedToken {
  if (!isObject(value) || !isCount(value.id)) throw damaged("added_tokens", "holds an entry without id");
  const special = flag(value, "special", false);
  const content = text(value, "content");
  if (content.length > MAX_CONTENT)
    throw damaged("added_tokens", `holds a token of ${content.length} characters`);
  return {
    id: value.id,
    content,
    special,
    normalized: flag(value, "normalized", !special),
    singleWord: flag(value, "single_word", false),
    lstrip: flag(value, "lstrip", false),
    rstrip: flag(value, "rstrip", false),
  };
}

/**
 * The tokens with the ids that Python gives them: the vocabulary's own where it has the string, else one after the
 * last, whatever the file says. A string that comes twice is added once, as it comes last.
 * `own`: the vocabulary's id of a string; `size`: how many tokens the vocabulary has.
 */
export function placeAdded(
  tokens: readonly AddedToken[],
  own: (content: string) => number | undefined,
  size: number,
): AddedToken[] {
  const placed = new Map<string, AddedToken>();
  let next = size;
  for (const token of tokens) {
    if (token.content === "") continue;
    const id = placed.get(token.content)?.id ?? own(token.content) ?? next;
    next = Math.max(next, id + 1);
    placed.set(token.content, { ...token, id });
  }
  return [...placed.values()];
}

/** Cuts a text at added tokens and normalises the rest: first the tokens of the raw text, then the normalised ones. */
export function readSections(tokens: readonly AddedToken[], normalize: Step, align: (t: string) => Aligned) {
  const raw = finder(tokens.filter((token) => !token.normalized).map((token) => [token.content, token]));
  const normal = finder(
    tokens.flatMap((token): [string, AddedToken][] =>
      token.normalized ? [[normalize(align(token.content)).chars.join(""), token]] : [],
    ),
  );
  return (source: Aligned): Section[] =>
    raw(source).flatMap((section) => (section.token ? [section] : normal(normalize(section.text))));
}

/** Finds tokens in a text: the first place, there the longest, as Hugging Face tokenizers does; special ones first. */
function finder(contents: readonly (readonly [string, AddedToken])[]): (text: Aligned) => Section[] {
  const trie = new Trie<AddedToken>();
  const ordered = [
    ...contents.filter(([, { special }]) => special),
    ...contents.filter(([, t]) => !t.special),
  ];
  for (const [content, token] of ordered.reverse()) trie.set(content, token);
  return (whole) => {
    const found: Section[] = [];
    let done = 0;
    let at = 0;
    while (at < whole.chars.length) {
      const hit = trie.longest(whole.chars, at);
      const end = hit?.end ?? at + 1;
      if (hit && (!hit.value.singleWord || standsAlone(whole.chars, at, end))) {
        const from = hit.value.lstrip ? Math.max(done, spaceBefore(whole.chars, at)) : at;
        const to = hit.value.rstrip ? spaceAfter(whole.chars, end) : end;
        if (done < from) found.push({ text: slice(whole, done, from) });
        if (from < to) found.push({ text: slice(whole, from, to), token: hit.value });
        done = to;
      }
      at = Math.max(end, done);
    }
    if (done < whole.chars.length) found.push({ text: slice(whole, done, whole.chars.length) });
    return found;
  };
}

const WORD_CHAR = new RegExp(`^[${WORD}]$`, "u");

function standsAlone(chars: readonly string[], from: number, to: number): boolean {
  return !WORD_CHAR.test(chars[from - 1] ?? " ") && !WORD_CHAR.test(chars[to] ?? " ");
}

function spaceBefore(chars: readonly string[], at: number): number {
  let from = at;
  while (from > 0 && isSpace(chars[from - 1]!)) from--;
  return from;
}

function spaceAfter(chars: readonly string[], at: number): number {
  let to = at;
  while (to < chars.length && isSpace(chars[to]!)) to++;
  return to;
}
