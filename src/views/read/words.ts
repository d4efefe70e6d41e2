// How tokens are written on screen, and which tokens are pieces of one word.
// Nothing is dropped silently: white space and control characters get a sign, the raw form is in the tooltip.

import { type Group, sharedCharacters, type Token } from "../../trace/index.ts";
import { charactersOf } from "../scene/characters.ts";

const SIGNS: Readonly<Record<string, string>> = { "\n": "⏎", "\t": "⇥" };
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
/** Marks that join or direct visible text, e.g. in emoji and right-to-left words; kept as they are. */
const JOINERS = /[\u200c-\u200f\u202a-\u202e\u2066-\u2069\u{e0020}-\u{e007f}]/u;
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;
/** Bytes as a tokenizer shows them where they are no whole character. */
const BYTES = /(?:\\x[0-9A-F]{2})+/g;
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
  const known = labels.get(tokens) ?? tokens.map(labeller(tokens));
  labels.set(tokens, known);
  return known;
}

/** Labels with the pieces of a character written as that character and their number: "我 1/2", "我 2/2". */
function labeller(tokens: readonly Token[]): (token: Token, position: number) => string {
  const shared = charactersAt(tokens);
  return (token, position) => {
    const [first] = shared.get(position) ?? [];
    if (!first) return wordOf(token);
    const whole = spelledOut(token, shared.get(position)!);
    const onlyBytes = token.text.replace(BYTES, "").trim() === "";
    return wordOf(whole) + (onlyBytes ? ` ${position - first.from + 1}/${first.to - first.from}` : "");
  };
}

/** The characters that each token holds a piece of. */
function charactersAt(tokens: readonly Token[]): Map<number, Group[]> {
  const at = new Map<number, Group[]>();
  for (const group of sharedCharacters(tokens))
    for (let i = group.from; i < group.to; i++) at.set(i, [...(at.get(i) ?? []), group]);
  return at;
}

function spelledOut(token: Token, characters: readonly Group[]): Token {
  if (characters.length === 0) return token;
  return { ...token, text: token.text.replace(BYTES, characters.map(({ text }) => text).join("")) };
}

const placed = new WeakMap<readonly Token[], readonly string[]>();
/** Longer words are cut where a position stands behind them. */
const LONGEST = 8;

/** Labels for lists, where a word that stands in the text more than once carries its position: "before 312". */
export function placedWordsOf(tokens: readonly Token[]): readonly string[] {
  const known = placed.get(tokens) ?? withPositions(wordsOf(tokens));
  placed.set(tokens, known);
  return known;
}

function withPositions(words: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const short = (word: string): string =>
    word.length > LONGEST
      ? `${charactersOf(word)
          .slice(0, LONGEST - 1)
          .join("")}…`
      : word;
  return words.map((word, i) => (counts.get(word) === 1 ? word : `${short(word)} ${i}`));
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

/** The text that tokens were made of, as far as they tell: spaces where they have none of their own. */
export function textOf(tokens: readonly Token[]): string {
  const spaced = writesSpaces(tokens);
  const parts = tokens.map((token, i) => {
    const text = token.text === "" ? token.raw : token.text;
    return i === 0 || spaced || follows(tokens[i - 1]!, token) ? text : ` ${text}`;
  });
  return parts.join("").replace(/\s+/g, " ").trim();
}

/** True if no space stands between two tokens: a piece of a word, one that begins where the other ends, unspaced writing. */
function follows(before: Token, token: Token): boolean {
  if (token.raw.startsWith("##")) return true;
  if (before.end !== null && token.start !== null && before.segment === token.segment)
    return before.end === token.start;
  const [last, first] = [[...before.text].at(-1) ?? "", [...token.text][0] ?? ""];
  return UNSPACED.test(last) || UNSPACED.test(first);
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
  const shared = charactersAt(tokens);
  const whole = tokens.map((token, i) => spelledOut(token, shared.get(i) ?? []));
  const inside = (i: number): boolean => shared.get(i)?.some(({ from }) => from < i) ?? false;
  let word = -1;
  const made = Int32Array.from(whole, (token, i) =>
    inside(i) || continuesWord(whole[i - 1], token, spaced) ? word : ++word,
  );
  groups.set(tokens, made);
  return made;
}

/** True if a token is a piece of the same word as the one before it. */
export function tiedToBefore(tokens: readonly Token[], position: number): boolean {
  const words = wordGroups(tokens);
  return position > 0 && words[position] === words[position - 1];
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
