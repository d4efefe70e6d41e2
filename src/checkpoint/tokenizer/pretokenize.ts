// The pre_tokenizer of tokenizer.json: cuts a normalised text into the pieces that the model sees one by one.

import {
  type Aligned,
  type Behavior,
  checkGrowth,
  flatMap,
  prepend,
  replaceAll,
  slice,
  split,
} from "./aligned.ts";
import { byteChars, isSpace, PUNCTUATION, SPACE, WORD } from "./chars.ts";
import { damaged, flag, isCount, type Part, readPart, readParts, text, unknown } from "./options.ts";
import { literal, readPattern } from "./pattern.ts";

/** One cut: a piece in, its pieces out. */
export type Cut = (piece: Aligned) => Aligned[];

/** The pre-tokenizer that tokenizer.json describes; texts stay whole where it has none. */
export function readPreTokenizer(value: unknown): Cut {
  const part = readPart(value, "pre_tokenizer");
  return part ? cutOf(part) : (piece) => [piece];
}

function cutOf({ type, options }: Part): Cut {
  const make = CUTS.get(type);
  if (!make) throw unknown("pre_tokenizer", type);
  return make(options);
}

const SPACES = new RegExp(SPACE, "gu");
const PUNCTUATIONS = new RegExp(`[${PUNCTUATION}]`, "gu");
const WORDS = new RegExp(`[${WORD}]+|[^${WORD}${SPACE}]+`, "gu");
// GPT-2's expression (Radford et al. 2019) with Unicode's white space in place of JavaScript's.
const GPT2 = new RegExp(
  `'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^${SPACE}\\p{L}\\p{N}]+|${SPACE}+(?!\\P{White_Space})|${SPACE}+`,
  "gu",
);

const CUTS = new Map<string, (options: Part["options"]) => Cut>([
  ["Sequence", (options) => sequence(readParts(options.pretokenizers, "pretokenizers").map(cutOf))],
  ["BertPreTokenizer", () => sequence([whitespace, (piece) => split(piece, PUNCTUATIONS, "Isolated")])],
  ["Whitespace", () => (piece) => split(piece, WORDS, "Removed", true)],
  ["WhitespaceSplit", () => whitespace],
  ["Punctuation", (options) => by(PUNCTUATIONS, readBehavior(options.behavior ?? "Isolated"))],
  [
    "Digits",
    (options) => by(/\p{N}/gu, flag(options, "individual_digits", false) ? "Isolated" : "Contiguous"),
  ],
  ["CharDelimiterSplit", (options) => by(literal(text(options, "delimiter")), "Removed")],
  ["Split", splitBy],
  ["FixedLength", fixedLength],
  ["ByteLevel", byteLevel],
  ["Metaspace", metaspace],
  ["SpacedWords", () => spacedWords],
]);

function whitespace(piece: Aligned): Aligned[] {
  return split(piece, SPACES, "Removed");
}

function by(pattern: RegExp, behavior: Behavior): Cut {
  return (piece) => split(piece, pattern, behavior);
}

function sequence(cuts: readonly Cut[]): Cut {
  return (piece) =>
    cuts.reduce(
      (pieces, cut) => {
        const made = pieces.flatMap(cut);
        checkGrowth(
          piece.chars.length,
          made.reduce((sum, { chars }) => sum + chars.length, 0),
        );
        return made;
      },
      [piece],
    );
}

const BEHAVIORS = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"] as const;

function readBehavior(value: unknown): Behavior {
  const found = BEHAVIORS.find((behavior) => behavior === value);
  if (!found) throw damaged("behavior", `is none of ${BEHAVIORS.join(", ")}`);
  return found;
}

function splitBy(options: Part["options"]): Cut {
  const pattern = readPattern(options.pattern);
  const behavior = readBehavior(options.behavior);
  const invert = flag(options, "invert", false);
  return (piece) => split(piece, pattern, behavior, invert);
}

function fixedLength(options: Part["options"]): Cut {
  const length = options.length ?? 5;
  if (!isCount(length) || length === 0) throw damaged("length", "is not a whole number above zero");
  return ({ chars, ...rest }) =>
    Array.from({ length: Math.ceil(chars.length / length) }, (_, i) =>
      slice({ chars, ...rest }, i * length, Math.min((i + 1) * length, chars.length)),
    );
}

function byteLevel(options: Part["options"]): Cut {
  const space = flag(options, "add_prefix_space", true);
  const words = flag(options, "use_regex", true);
  return (piece) => {
    const whole = space && piece.chars[0] !== " " ? prepend(piece, " ") : piece;
    const pieces = words ? split(whole, GPT2, "Isolated") : [whole];
    return pieces.map((part) => flatMap(part, byteChars));
  };
}

function metaspace(options: Part["options"]): Cut {
  const mark = text(options, "replacement", "\u2581");
  if ([...mark].length !== 1) throw damaged("replacement", "is not one character");
  const scheme = readScheme(options);
  const cut = flag(options, "split", true);
  const marks = literal(mark);
  return (piece) => {
    const marked = replaceAll(piece, / /gu, mark);
    const wanted = scheme === "always" || (scheme === "first" && piece.origin === 0);
    const whole = wanted && marked.chars[0] !== mark ? prepend(marked, mark) : marked;
    return cut ? split(whole, marks, "MergedWithNext") : [whole];
  };
}

/**
 * Ours, in no file: words at white space with a mark before each, as WhitespaceSplit and Metaspace make them, but the
 * mark has the place of the space that it stands for, as Metaspace alone gives it.
 */
function spacedWords(piece: Aligned): Aligned[] {
  const words = split(piece, SPACES, "MergedWithNext");
  return words.flatMap((word) => {
    const from = word.chars.findIndex((char) => !isSpace(char));
    if (from < 0) return [];
    const bare = slice(word, from, word.chars.length);
    const marked = bare.chars[0] === MARK ? bare : prepend(bare, MARK);
    if (from === 0 || marked === bare) return [marked];
    const at = from - 1;
    return [{ ...marked, start: [word.start[at]!, ...bare.start], end: [word.end[at]!, ...bare.end] }];
  });
}

const MARK = "\u2581";

/** Older files say add_prefix_space in place of prepend_scheme. */
function readScheme(options: Part["options"]): string {
  const older = flag(options, "add_prefix_space", true) ? "always" : "never";
  const scheme = text(options, "prepend_scheme", older);
  if (!["always", "first", "never"].includes(scheme)) throw damaged("prepend_scheme", "is unknown");
  return scheme;
}
