// How tokens are written on screen, and which tokens are pieces of one word.
// Nothing is dropped silently: white space and control characters get a sign, the raw form is in the tooltip.

import type { Token } from "../../trace/index.ts";

const SIGNS: Readonly<Record<string, string>> = { "\n": "⏎", "\t": "⇥" };
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
/** Marks that join or direct visible text, e.g. in emoji and right-to-left words; kept as they are. */
const JOINERS = /[\u200c-\u200f\u202a-\u202e\u2066-\u2069\u{e0020}-\u{e007f}]/u;
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;
const LETTER = /^[\p{L}\p{M}\p{N}]$/u;

/** A token as a label: "cat" for " cat", "⏎" for a newline, "␣" for a lone space, "U+0000" for a zero byte. */
export function wordOf(token: Token): string {
  const text = (token.text === "" ? token.raw : token.text).replace(/\r\n/g, "\n");
  if (/^\p{Zs}+$/u.test(text)) return "␣".repeat([...text].length);
  const alone = !/[\p{L}\p{N}\p{S}\p{P}]/u.test(text);
  const word = text.replace(/^ /, "").replace(INVISIBLE, (c) => signOf(c, alone));
  return word === "" ? "(empty)" : word;
}

const labels = new WeakMap<readonly Token[], readonly string[]>();

/** The labels of all tokens of a stream; worked out once. */
export function wordsOf(tokens: readonly Token[]): readonly string[] {
  const known = labels.get(tokens) ?? tokens.map(wordOf);
  labels.set(tokens, known);
  return known;
}

function signOf(character: string, alone: boolean): string {
  if (SIGNS[character]) return SIGNS[character];
  if (JOINERS.test(character) && !alone) return character;
  const code = character.codePointAt(0) ?? 0;
  return `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** What a word's tooltip says: raw spelling, id and position. */
export function wordTitle(token: Token, position: number): string {
  const id = token.id === null ? "no id" : `id ${token.id}`;
  return `${JSON.stringify(token.raw === "" ? token.text : token.raw)}, ${id}, position ${position}`;
}

/** True if words of this stream begin with a space, so that a token without one goes on with a word. */
export function writesSpaces(tokens: readonly Token[]): boolean {
  return tokens.some((token) => /^ ./.test(token.text));
}

const groups = new WeakMap<readonly Token[], Int32Array>();

/** The number of the word that each token is a piece of, counted from 0; worked out once. */
export function wordGroups(tokens: readonly Token[]): Int32Array {
  const known = groups.get(tokens);
  if (known) return known;
  const spaced = writesSpaces(tokens);
  let word = -1;
  const made = Int32Array.from(tokens, (token, i) =>
    continuesWord(tokens[i - 1], token, spaced) ? word : ++word,
  );
  groups.set(tokens, made);
  return made;
}

/**
 * True if a token goes on with the word before it, so that the two are tied by a bracket.
 * `spaced` (see `writesSpaces`) decides where there are no character offsets.
 */
export function continuesWord(previous: Token | undefined, token: Token, spaced = false): boolean {
  if (!previous || previous.special || token.special || previous.segment !== token.segment) return false;
  if (token.raw.startsWith("##")) return true;
  const touching = previous.end === null || token.start === null ? spaced : previous.end === token.start;
  const [last, first] = [[...previous.text].at(-1) ?? "", [...token.text][0] ?? ""];
  return touching && LETTER.test(last) && LETTER.test(first) && !UNSPACED.test(last) && !UNSPACED.test(first);
}
