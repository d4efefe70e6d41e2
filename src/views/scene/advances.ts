// Widths of letters in thousandths of the font size, [letters], for layouts that no font is asked for: Helvetica's (Adobe font
// metrics) for ASCII, Arial's for Greek, Cyrillic and Hebrew, and for other scripts a rule that common fonts keep to.

/** Widths of the printable ASCII characters from space on, in thousandths of the font size. */
const ASCII = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556,
  556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278,
  500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469,
  556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500,
  278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
] as const;
/** Other characters by their width. */
const OTHERS: readonly (readonly [number, string])[] = [
  [222, "‘’ł"],
  [278, "·ı"],
  [333, "“”¡"],
  [350, "•"],
  [400, "°"],
  [549, "√"],
  [556, "–«»"],
  [584, "−×"],
  [611, "¿ßø"],
  [667, "Þ"],
  [722, "Đ"],
  [778, "Ø"],
  [889, "æ"],
  [944, "œ"],
  [1000, "…→—ÆŒ"],
];

/** From U+0386 on. */
const GREEK = [
  667, 278, 784, 838, 384, 0, 774, 0, 855, 752, 222, 667, 667, 551, 668, 667, 611, 722, 778, 278, 667, 668,
  833, 722, 650, 778, 722, 667, 0, 618, 611, 667, 798, 667, 835, 748, 278, 667, 578, 446, 556, 222, 547, 578,
  575, 500, 557, 446, 441, 556, 556, 222, 500, 500, 576, 500, 448, 556, 690, 569, 482, 617, 395, 547, 648,
  525, 713, 781, 222, 547, 556, 547, 781,
] as const;

/** From U+0400 on. */
const CYRILLIC = [
  667, 667, 865, 542, 719, 667, 278, 278, 500, 1057, 1010, 854, 583, 719, 635, 719, 667, 656, 667, 542, 677,
  667, 923, 604, 719, 719, 583, 656, 833, 722, 778, 719, 667, 722, 611, 635, 760, 667, 740, 667, 917, 938,
  792, 885, 656, 719, 1010, 722, 556, 573, 531, 365, 583, 556, 669, 458, 559, 559, 438, 583, 688, 552, 556,
  542, 556, 500, 458, 500, 823, 500, 573, 521, 802, 823, 625, 719, 521, 510, 750, 542, 556, 556, 556, 365,
  510, 500, 222, 278, 222, 906, 813, 556, 438, 559, 500, 552,
] as const;

/** From U+05D0 on. */
const HEBREW = [
  628, 598, 423, 554, 634, 260, 323, 658, 653, 260, 534, 525, 530, 678, 687, 260, 389, 656, 582, 623, 610,
  504, 545, 590, 534, 730, 691,
] as const;
const TABLES: readonly (readonly [number, readonly number[]])[] = [
  [0x20, ASCII],
  [0x386, GREEK],
  [0x400, CYRILLIC],
  [0x5d0, HEBREW],
];

/** Squares: characters and signs of Chinese, Japanese and Korean, pictures. */
export const SQUARE =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{Extended_Pictographic}\p{Regional_Indicator}\u3000-\u303f\uff00-\uff60]/u;
const HALF_SQUARE = /[\uff61-\uff9f]/;
const NO_WIDTH = /[\p{Mn}\p{Me}\p{Cf}\p{Emoji_Modifier}]/u;
/** Other scripts, mean width of a letter in Noto Sans: whole words come out within an eighth, vowels between letters count as marks. */
const MEANS: readonly (readonly [RegExp, number])[] = [
  [/\p{Mc}/u, 260],
  [/[\p{sc=Arabic}،؛؟]/u, 400],
  [/[\p{sc=Thai}฿]/u, 550],
  [/\p{sc=Devanagari}/u, 570],
];
/** The last letter of an Arabic word is wider than joined ones by about this much. */
const LAST_ARABIC = 300;
const ARABIC_ENDS = /\p{sc=Arabic}(?![\p{sc=Arabic}\p{M}])/gu;

/** Texts of which each letter has its width here, once marks are apart from their letters. */
const KNOWN =
  /^[ -~…→−×·–—‘’“”√«»•°¿¡\p{M}\p{Cf}\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}\p{sc=Hebrew}\p{sc=Arabic}\p{sc=Thai}\p{sc=Devanagari}\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{Extended_Pictographic}\p{Regional_Indicator}\p{Emoji_Modifier}،؛؟฿\u3000-\u303f\uff00-\uff9f]+$/u;

/** True if `advance` tells the width of every letter and does not guess it. */
export function isMeasured(text: string): boolean {
  return KNOWN.test(text.normalize("NFD"));
}

/** Width of one character of a text whose marks stand apart. */
export function advance(character: string): number {
  const code = character.codePointAt(0)!;
  const known = OTHERS.find(([, letters]) => letters.includes(character))?.[0] ?? tabled(code);
  if (known !== undefined) return known;
  if (NO_WIDTH.test(character)) return 0;
  if (HALF_SQUARE.test(character)) return 500;
  if (SQUARE.test(character)) return 1000;
  return MEANS.find(([script]) => script.test(character))?.[1] ?? 556;
}

function tabled(code: number): number | undefined {
  const table = TABLES.find(([from, widths]) => code >= from && code < from + widths.length);
  return table?.[1][code - table[0]] || undefined;
}

/** What the words of a text are wider than their letters together. */
export function joinedExtra(text: string): number {
  return (text.match(ARABIC_ENDS)?.length ?? 0) * LAST_ARABIC;
}
