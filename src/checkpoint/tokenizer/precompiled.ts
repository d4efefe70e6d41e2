// SentencePiece's precompiled character map: a double-array trie (Yata et al., Darts) from byte strings to
// replacements, stored as base64 in tokenizer.json. As Hugging Face tokenizers applies it: grapheme by grapheme,
// the shortest prefix found decides, then character by character.

import { type Aligned, type Change, checkGrowth, transform } from "./aligned.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Bytes of the longest replacement; SentencePiece's own maps need 34. */
const LONGEST = 1_000;

/** The replacement that a map gives for the start of a string, or undefined. */
type Lookup = (text: string) => string | undefined;

/** A normaliser from a base64 map; throws a RangeError where the map is damaged. */
export function precompiled(base64: string): (text: Aligned) => Aligned {
  const { shortest: lookup } = readMap(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)));
  const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return (text) => {
    const changes: Change[] = [];
    for (const { segment } of graphemes.segment(text.chars.join(""))) {
      replace(changes, segment, lookup);
      checkGrowth(text.chars.length, changes.length);
    }
    return transform(text, changes);
  };
}

function replace(changes: Change[], grapheme: string, lookup: Lookup): void {
  const whole = encoder.encode(grapheme).length < 6 ? lookup(grapheme) : undefined;
  if (whole !== undefined) put(changes, [...grapheme].length, whole);
  else for (const char of grapheme) put(changes, 1, lookup(char) ?? char);
}

/**
 * Characters of `made` in place of `count` old ones: the last of too many are inserted, the last of too few takes the
 * rest. Where nothing is made, that is the character before; at the start of a text there is none, and all places
 * after it are early by one, as Python's are.
 */
function put(changes: Change[], count: number, made: string): void {
  const chars = [...made];
  const more = chars.length - count;
  for (const [i, char] of chars.entries()) changes.push([char, more > 0 && i >= chars.length - more ? 1 : 0]);
  const last = changes.at(-1);
  if (more < 0 && last) changes[changes.length - 1] = [last[0], last[1] + more];
}

/** What a map gives for the start of a text: for the shortest key, or for the longest. */
export interface CharsMap {
  readonly shortest: Lookup;
  /** The replacement, and how many bytes of the text it replaces. */
  readonly longest: (bytes: Uint8Array) => { readonly made: string; readonly bytes: number } | undefined;
}

/** Reads a precompiled map; throws a RangeError where it is damaged. */
export function readMap(bytes: Uint8Array<ArrayBuffer>): CharsMap {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = view.getUint32(0, true);
  if (size % 4 !== 0 || 4 + size > bytes.length) throw new RangeError("the character map is damaged");
  const units = Uint32Array.from({ length: size / 4 }, (_, i) => view.getUint32(4 + 4 * i, true));
  const strings = bytes.subarray(4 + size);
  const made = (at: number) => {
    const text = strings.subarray(at, at + LONGEST);
    const end = text.indexOf(0);
    if (end < 0) throw new RangeError("the character map holds a replacement that does not end");
    return decoder.decode(text.subarray(0, end));
  };
  return {
    shortest: (text) => {
      const [first] = prefixes(units, encoder.encode(text));
      return first && made(first.value);
    },
    longest: (text) => {
      const last = [...prefixes(units, text)].at(-1);
      return last && { made: made(last.value), bytes: last.bytes };
    },
  };
}

/** Keys that the bytes begin with, the shorter first: how many bytes they have, and their values. */
function* prefixes(units: Uint32Array, bytes: Uint8Array): Generator<{ bytes: number; value: number }> {
  let node = offset(units[0] ?? 0);
  for (const [i, byte] of bytes.entries()) {
    if (byte === 0) return;
    node ^= byte;
    const unit = units[node] ?? 0;
    if ((unit & 0x800000ff) >>> 0 !== byte) return;
    node ^= offset(unit);
    if ((unit >>> 8) & 1) yield { bytes: i + 1, value: (units[node] ?? 0) & 0x7fffffff };
  }
}

function offset(unit: number): number {
  return (unit >>> 10) << ((unit & 512) >>> 6);
}
