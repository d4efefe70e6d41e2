// The normalizer of tokenizer.json: what happens to a text before it is cut. Each step keeps places (aligned.ts).

import { type Aligned, checkGrowth, filter, flatMap, prepend, replaceAll, slice } from "./aligned.ts";
import { byteChars, isSpace } from "./chars.ts";
import { damaged, flag, type Part, readPart, readParts, text, unknown } from "./options.ts";
import { readPattern } from "./pattern.ts";
import { precompiled } from "./precompiled.ts";
import { type Form, toForm } from "./unicode.ts";

/** One step: a text in, the changed text out. */
export type Step = (text: Aligned) => Aligned;

/** The normalizer that tokenizer.json describes; texts pass unchanged where it has none. */
export function readNormalizer(value: unknown): Step {
  const part = readPart(value, "normalizer");
  return part ? stepOf(part) : (unchanged) => unchanged;
}

function stepOf({ type, options }: Part): Step {
  const make = STEPS.get(type);
  if (!make) throw unknown("normalizer", type);
  return make(options);
}

const STEPS = new Map<string, (options: Part["options"]) => Step>([
  ["Sequence", (options) => sequence(readParts(options.normalizers, "normalizers").map(stepOf))],
  ["BertNormalizer", bert],
  ["NFC", () => form("NFC")],
  ["NFD", () => form("NFD")],
  ["NFKC", () => form("NFKC")],
  ["NFKD", () => form("NFKD")],
  ["Lowercase", () => lowercase],
  ["StripAccents", () => (t) => filter(t, (char) => !/^\p{M}$/u.test(char))],
  [
    "Strip",
    (options) => (t) => strip(t, flag(options, "strip_left", true), flag(options, "strip_right", true)),
  ],
  ["Prepend", prefix],
  ["Replace", replace],
  ["Precompiled", charsMap],
  ["Nmt", () => nmt],
  ["ByteLevel", () => (t) => flatMap(t, byteChars)],
]);

function sequence(steps: readonly Step[]): Step {
  return (t) =>
    steps.reduce((done, step) => {
      const made = step(done);
      checkGrowth(t.chars.length, made.chars.length);
      return made;
    }, t);
}

function form(name: Form): Step {
  return (t) => toForm(t, name);
}

/** Character by character: Rust's mapping knows no final sigma. */
function lowercase(t: Aligned): Aligned {
  return flatMap(t, (char) => [...char.toLowerCase()]);
}

function strip(t: Aligned, left: boolean, right: boolean): Aligned {
  let from = 0;
  let to = t.chars.length;
  while (left && from < to && isSpace(t.chars[from]!)) from++;
  while (right && to > from && isSpace(t.chars[to - 1]!)) to--;
  return slice(t, from, to);
}

function prefix(options: Part["options"]): Step {
  const added = text(options, "prepend");
  return (t) => {
    if (t.chars.length > 0) checkGrowth(t.chars.length, t.chars.length + added.length);
    return prepend(t, added);
  };
}

function replace(options: Part["options"]): Step {
  const pattern = readPattern(options.pattern);
  const content = text(options, "content", "");
  return (t) => replaceAll(t, pattern, content);
}

function charsMap(options: Part["options"]): Step {
  const map = options.precompiled_charsmap;
  if (map === null || map === undefined || map === "") return (t) => t;
  try {
    return precompiled(text(options, "precompiled_charsmap"));
  } catch (error) {
    throw damaged("precompiled_charsmap", `cannot be read (${(error as Error).message})`);
  }
}

const NMT_SPACE = /^[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]$/u;
const NMT_KEPT = "\0\t\n\f\r";
const NMT_DROPPED = "\u007f\u008f\u009f";

function nmt(t: Aligned): Aligned {
  const kept = filter(t, (char) => (char >= " " || NMT_KEPT.includes(char)) && !NMT_DROPPED.includes(char));
  return flatMap(kept, (char) => [NMT_SPACE.test(char) ? " " : char]);
}

const CONTROL = /^[\p{Cc}\p{Cf}\p{Co}\p{Cs}\ufffd]$/u;
const CHINESE =
  /^[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]$/u;

/** BERT's own cleaning (Devlin et al. 2019); the range from U+2B920 is as Hugging Face tokenizers has it. */
function bert(options: Part["options"]): Step {
  const lower = flag(options, "lowercase", true);
  const steps: Step[] = [];
  if (flag(options, "clean_text", true)) steps.push(cleanText);
  if (flag(options, "handle_chinese_chars", true)) {
    steps.push((t) => flatMap(t, (char) => (CHINESE.test(char) ? [" ", char, " "] : [char])));
  }
  if (flag(options, "strip_accents", lower)) {
    steps.push((t) => filter(toForm(t, "NFD"), (char) => !/^\p{Mn}$/u.test(char)));
  }
  if (lower) steps.push(lowercase);
  return sequence(steps);
}

function cleanText(t: Aligned): Aligned {
  const kept = filter(t, (char) => /^[\t\n\r]$/.test(char) || !CONTROL.test(char));
  return flatMap(kept, (char) => [isSpace(char) ? " " : char]);
}
