// How a text is written: from the right or the left, and in letters that stand one below the other.

/** A letter of a script that runs from right to left. */
export const FROM_RIGHT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;
const STANDING = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
const LETTER = /\p{L}/u;

/** True if the first letter of a text is of a script from the right: signs around it then stand the other way. */
export function beginsFromRight(text: string): boolean {
  return FROM_RIGHT.test(LETTER.exec(text)?.[0] ?? "");
}

function share(words: readonly string[], of: RegExp): number {
  const letters = [...words.join("")].filter((c) => LETTER.test(c));
  return letters.filter((c) => of.test(c)).length / Math.max(1, letters.length);
}

/** True if most letters belong to a script that runs from right to left. */
export function runsFromRight(words: readonly string[]): boolean {
  return share(words, FROM_RIGHT) > 0.5;
}

/** True if most letters are Chinese, Japanese or Korean, which may stand one below the other. */
export function standsUpright(words: readonly string[]): boolean {
  return share(words, STANDING) > 0.5;
}
