// Added tokens: strings such as "<|endoftext|>" that are found in the text before anything else cuts it.

import { isObject } from "../json.ts";
import { type Aligned, slice } from "./aligned.ts";
import { isSpace, WORD } from "./chars.ts";
import type { Step } from "./normalize.ts";
import { damaged, flag, isCount, text } from "./options.ts";

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

/** The added_tokens of tokenizer.json. */
export function readAddedTokens(value: unknown): AddedToken[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw damaged("added_tokens", "is not a list");
  return value.map(readAddedToken);
}

function readAddedToken(value: unknown): AddedToken {
  if (!isObject(value) || !isCount(value.id)) throw damaged("added_tokens", "holds an entry without id");
  const special = flag(value, "special", false);
  return {
    id: value.id,
    content: text(value, "content"),
    special,
    normalized: flag(value, "normalized", !special),
    singleWord: flag(value, "single_word", false),
    lstrip: flag(value, "lstrip", false),
    rstrip: flag(value, "rstrip", false),
  };
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

/** Finds tokens in a text: the first place, there the longest, as Hugging Face tokenizers does. */
function finder(contents: readonly (readonly [string, AddedToken])[]): (text: Aligned) => Section[] {
  const byFirst = new Map<string, { chars: string[]; token: AddedToken }[]>();
  for (const [content, token] of contents) {
    const chars = [...content];
    if (chars[0] === undefined) continue;
    byFirst.set(chars[0], [...(byFirst.get(chars[0]) ?? []), { chars, token }]);
  }
  for (const list of byFirst.values()) list.sort((a, b) => b.chars.length - a.chars.length);
  return (whole) => {
    const found: Section[] = [];
    let done = 0;
    let at = 0;
    while (at < whole.chars.length) {
      const hit = byFirst
        .get(whole.chars[at]!)
        ?.find(({ chars }) => chars.every((c, i) => whole.chars[at + i] === c));
      const end = at + (hit?.chars.length ?? 1);
      if (hit && (!hit.token.singleWord || standsAlone(whole.chars, at, end))) {
        const from = hit.token.lstrip ? Math.max(done, spaceBefore(whole.chars, at)) : at;
        const to = hit.token.rstrip ? spaceAfter(whole.chars, end) : end;
        if (done < from) found.push({ text: slice(whole, done, from) });
        if (from < to) found.push({ text: slice(whole, from, to), token: hit.token });
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
