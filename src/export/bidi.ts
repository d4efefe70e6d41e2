// The order in which a line that mixes directions is drawn, for files whose letters are drawn one run at a time: the
// implicit levels of the Unicode bidirectional algorithm (UAX #9). Explicit embeddings do not occur in words of a text;
// their control characters are drawn as nothing by whoever draws.

import { FROM_RIGHT } from "../views/read/writing.ts";

/** A piece of a line in which letters follow each other one way. */
export interface Directed {
  /** Letters in the order in which they are read. */
  readonly text: string;
  readonly fromRight: boolean;
}

/** "N" is a space or a sign, "M" a mark on the letter before, "E" a European digit, "A" an Arabic one. */
type Kind = "L" | "R" | "E" | "A" | "N" | "M";

/** The pieces of a line from left to right. */
export function visualOrder(text: string): Directed[] {
  if (!FROM_RIGHT.test(text)) return text === "" ? [] : [{ text, fromRight: false }];
  const characters = [...text];
  const levels = levelsOf(characters.map(kindOf));
  const runs: { text: string; level: number }[] = [];
  for (const [i, character] of characters.entries()) {
    const level = levels[i]!;
    const last = runs.at(-1);
    const shown = level % 2 === 1 ? mirrored(character) : character;
    if (last?.level === level) last.text += shown;
    else runs.push({ text: shown, level });
  }
  for (let level = 2; level > 0; level--) turnRuns(runs, level);
  return runs.map((run) => ({ text: run.text, fromRight: run.level % 2 === 1 }));
}

/** Rule L2: stretches of runs of this level or a higher one change their order. */
function turnRuns(runs: { readonly level: number }[], level: number): void {
  for (let first = 0; first < runs.length; first++) {
    let end = first;
    while (end < runs.length && runs[end]!.level >= level) end++;
    if (end - first > 1) runs.splice(first, end - first, ...runs.slice(first, end).reverse());
    first = Math.max(first, end);
  }
}

/** Levels of characters: 0 and 2 run from the left, 1 from the right. */
function levelsOf(kinds: readonly Kind[]): number[] {
  const base = kinds.find((kind) => kind === "L" || kind === "R") === "R" ? 1 : 0;
  const known = signsBetweenDigits(withMarks(kinds));
  const outside: Kind = base === 1 ? "R" : "L";
  return known.map((kind, i) => {
    if (kind === "L") return base === 1 ? 2 : 0;
    if (kind === "R") return 1;
    if (kind === "E" || kind === "A")
      return kind === "E" && strongBefore(known, i, outside) === "L" ? 2 * base : 2;
    const [before, after] = [around(known, i, -1, outside), around(known, i, 1, outside)];
    return before === after ? (before === "R" ? 1 : 2 * base) : base;
  });
}

/** Marks are of the kind of their letter. */
function withMarks(kinds: readonly Kind[]): Kind[] {
  const out: Kind[] = [];
  for (const kind of kinds) out.push(kind === "M" ? (out.at(-1) ?? "N") : kind);
  return out;
}

/** A single sign between two digits belongs to the number. */
function signsBetweenDigits(kinds: readonly Kind[]): Kind[] {
  return kinds.map((kind, i) => {
    const digit = kinds[i - 1];
    return kind === "N" && (digit === "E" || digit === "A") && kinds[i + 1] === digit ? digit : kind;
  });
}

function strongBefore(kinds: readonly Kind[], at: number, otherwise: Kind): Kind {
  return kinds.slice(0, at).findLast((kind) => kind === "L" || kind === "R") ?? otherwise;
}

/** What signs have on one side: the direction of the next letter or number there; numbers count as from the right. */
function around(kinds: readonly Kind[], at: number, step: 1 | -1, otherwise: Kind): "L" | "R" {
  let i = at + step;
  while (kinds[i] === "N") i += step;
  const kind = kinds[i] ?? otherwise;
  if (kind === "E") return strongBefore(kinds, i, otherwise) === "L" ? "L" : "R";
  return kind === "L" ? "L" : "R";
}

function kindOf(character: string): Kind {
  if (/\p{M}/u.test(character)) return "M";
  if (/[\u0660-\u0669\u06f0-\u06f9]/.test(character)) return character < "\u06f0" ? "A" : "E";
  if (FROM_RIGHT.test(character)) return "R";
  if (/\p{Nd}/u.test(character)) return "E";
  return /\p{L}/u.test(character) ? "L" : "N";
}

const PAIRS = "()[]{}<>«»‹›";

/** Brackets face the other way in text that runs from the right. */
function mirrored(character: string): string {
  const at = PAIRS.indexOf(character);
  return at < 0 ? character : PAIRS[at % 2 === 0 ? at + 1 : at - 1]!;
}
