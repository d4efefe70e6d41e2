// Characters as people see them: a letter with its marks, an emoji with its skin and all that is joined to it, a flag.
// An approximation of grapheme clusters (UAX #29) that needs no tables of the engine.

const CHARACTER = /\p{RI}{2}|\P{M}(?:[\p{M}\p{EMod}\u{e0020}-\u{e007f}]|\u200d\P{M})*|\p{M}+/gsu;

/** The characters of a text. */
export function charactersOf(text: string): string[] {
  return text.match(CHARACTER) ?? [];
}
