// The order in which a line that mixes directions is drawn, for files whose letters are drawn one run at a time: pieces of
// the Unicode bidirectional algorithm (UAX #9), whose levels bidi-js works out.

import bidiFactory from "bidi-js";
import { beginsFromRight, FROM_RIGHT } from "../views/read/writing.ts";

const bidi = bidiFactory();

/** A piece of a line in which letters follow each other one way. */
export interface Directed {
  /** Letters in the order in which they are read. */
  readonly text: string;
  readonly fromRight: boolean;
}

/** The pieces of a line from left to right; brackets face the other way where they run from the right. */
export function visualOrder(text: string): Directed[] {
  if (!FROM_RIGHT.test(text)) return text === "" ? [] : [{ text, fromRight: false }];
  const characters = [...text];
  const line = characters.map(standIn).join("");
  const embedding = bidi.getEmbeddingLevels(line, beginsFromRight(text) ? "rtl" : "ltr");
  const pieces: { text: string; level: number }[] = [];
  for (const at of bidi.getReorderedIndices(line, embedding)) {
    const level = embedding.levels[at]!;
    const character = characters[at]!;
    const shown = isOdd(level) ? (bidi.getMirroredCharacter(character) ?? character) : character;
    const last = pieces.at(-1);
    if (last?.level !== level) pieces.push({ text: shown, level });
    else last.text = isOdd(level) ? shown + last.text : last.text + shown;
  }
  return pieces.map(({ text: piece, level }) => ({ text: piece, fromRight: isOdd(level) }));
}

/** bidi-js takes each of the two units of a character for a Latin letter: here one of its kind stands for it. */
function standIn(character: string): string {
  if (character.length === 1) return character;
  if (FROM_RIGHT.test(character)) return "\u05d0";
  if (/\p{M}/u.test(character)) return "\u0301";
  if (/\p{Nd}/u.test(character)) return "1";
  return /\p{L}/u.test(character) ? "a" : "\u2022";
}

function isOdd(level: number): boolean {
  return level % 2 === 1;
}
