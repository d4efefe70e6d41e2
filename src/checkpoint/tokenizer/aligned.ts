// Text that remembers where each of its characters came from, so that tokens can point into the source text.
// The rules are those of NormalizedString in Hugging Face tokenizers (offsets equal Python's): a changed character
// keeps the place of the one it replaces, an inserted one takes the place of the one before it.

/** Characters (code points) with the source span of each, in code points of the source text. */
export interface Aligned {
  readonly chars: readonly string[];
  readonly start: readonly number[];
  readonly end: readonly number[];
  /** Where in the source the whole piece begins: the place of what is inserted before the first character. */
  readonly origin: number;
}

/** A new character and how the count changes: 0 replaces one, 1 is inserted, -n replaces n + 1. */
export type Change = readonly [char: string, change: number];

/** How a splitting step treats the matches of its pattern. */
export type Behavior = "Removed" | "Isolated" | "MergedWithPrevious" | "MergedWithNext" | "Contiguous";

/** A source text in which every character stands for itself; lone surrogates become U+FFFD. */
export function align(text: string): Aligned {
  const chars = [...text.replace(/\p{Surrogate}/gu, "\ufffd")];
  return { chars, start: chars.map((_, i) => i), end: chars.map((_, i) => i + 1), origin: 0 };
}

/** Characters `from` to `to`. */
export function slice(text: Aligned, from: number, to: number): Aligned {
  return {
    chars: text.chars.slice(from, to),
    start: text.start.slice(from, to),
    end: text.end.slice(from, to),
    origin: text.start[from] ?? text.origin,
  };
}

/** The source span of characters `from` to `to`; empty ranges have the place before them. */
export function span(text: Aligned, from: number, to: number): [start: number, end: number] {
  if (from >= to) return [text.origin, text.origin];
  return [text.start[from]!, text.end[to - 1]!];
}

/** Rewrites the text by a list of changes, after dropping its first `skip` characters. */
export function transform(text: Aligned, changes: readonly Change[], skip = 0): Aligned {
  const start: number[] = [];
  const end: number[] = [];
  let at = skip;
  for (const [, change] of changes) {
    const from = change > 0 ? at - 1 : at;
    start.push(text.start[from] ?? text.origin);
    end.push(text.end[from] ?? text.origin);
    if (change <= 0) at += 1 - change;
  }
  return { chars: changes.map(([char]) => char), start, end, origin: text.origin };
}

/** Characters that pass the test. */
export function filter(text: Aligned, keep: (char: string) => boolean): Aligned {
  const places = text.chars.flatMap((char, i) => (keep(char) ? [i] : []));
  if (places.length === text.chars.length) return text;
  return {
    chars: places.map((i) => text.chars[i]!),
    start: places.map((i) => text.start[i]!),
    end: places.map((i) => text.end[i]!),
    origin: text.origin,
  };
}

/** Each character replaced by the characters that `change` gives for it, at its place. */
export function flatMap(text: Aligned, change: (char: string) => readonly string[]): Aligned {
  return transform(
    text,
    text.chars.flatMap((char) => change(char).map((made, i): Change => [made, i > 0 ? 1 : 0])),
  );
}

/** `prefix` put before a text that is not empty; it shares the place of the first character. */
export function prepend(text: Aligned, prefix: string): Aligned {
  const [first, ...rest] = text.chars;
  if (first === undefined || prefix === "") return text;
  const added = [...prefix, first].map((char, i): Change => [char, i > 0 ? 1 : 0]);
  return transform(text, [...added, ...rest.map((char): Change => [char, 0])]);
}

/** More than this many characters are not made of a text in one step. */
const MOST = 1_000_000;

/** A text that a step would make too long. */
export class TextGrowth extends Error {}

/** Refuses a text that grew from `before` characters to more than any normaliser needs. */
export function checkGrowth(before: number, after: number): void {
  if (after <= 64 * before + 10_000 && after <= Math.max(MOST, 4 * before)) return;
  throw new TextGrowth(`makes more than ${after - 1} characters of a text of ${before}`);
}

/** Every match replaced by `content`, which takes the place of the match's last character. */
export function replaceAll(text: Aligned, pattern: RegExp, content: string): Aligned {
  const made = { chars: [] as string[], start: [] as number[], end: [] as number[], origin: text.origin };
  const added = [...content];
  for (const { from, to, match } of find(text, pattern)) {
    const count = match ? added.length : to - from;
    checkGrowth(text.chars.length, made.chars.length + count);
    for (let i = 0; i < count; i++) {
      const place = match ? to - 1 : from + i;
      made.chars.push(match ? added[i]! : text.chars[place]!);
      made.start.push(text.start[place] ?? text.origin);
      made.end.push(text.end[place] ?? text.origin);
    }
  }
  return made;
}

/** A stretch of a text that a pattern matched, or that lies between matches; counted in characters. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly match: boolean;
}

/** Matches of a pattern (flags g and u) and the stretches between them, in order, covering the text. */
function find(text: Aligned, pattern: RegExp): Stretch[] {
  const joined = text.chars.join("");
  const place = charPlaces(text.chars, joined.length);
  const found: Stretch[] = [];
  let last = 0;
  let matched = -1;
  for (const match of joined.matchAll(pattern)) {
    const from = place[match.index]!;
    const to = place[match.index + match[0].length]!;
    if (from === to && from === matched) continue; // as in Rust: no empty match right after a match
    matched = to;
    if (last < from) found.push({ from: last, to: from, match: false });
    found.push({ from, to, match: true });
    last = to;
  }
  if (last < text.chars.length) found.push({ from: last, to: text.chars.length, match: false });
  return found;
}

/** Index of the character at each UTF-16 position, and one past the end. */
function charPlaces(chars: readonly string[], length: number): Int32Array {
  const places = new Int32Array(length + 1);
  let at = 0;
  chars.forEach((char, i) => {
    for (let unit = 0; unit < char.length; unit++) places[at++] = i;
  });
  places[length] = chars.length;
  return places;
}

/** Pieces of a text as a pattern cuts it; empty pieces are left out. With `invert`, what matched counts as between. */
export function split(text: Aligned, pattern: RegExp, behavior: Behavior, invert = false): Aligned[] {
  const found = find(text, pattern).map((stretch) => ({ ...stretch, match: stretch.match !== invert }));
  return MERGE[behavior](found).flatMap(({ from, to }) => (from < to ? [slice(text, from, to)] : []));
}

const MERGE: Readonly<Record<Behavior, (found: readonly Stretch[]) => readonly Stretch[]>> = {
  Isolated: (found) => found,
  Removed: (found) => found.filter(({ match }) => !match),
  Contiguous: (found) => merge(found, (match, before) => match === before),
  MergedWithPrevious: (found) => merge(found, (match, before) => match && !before),
  MergedWithNext: (found) => {
    const mirror = (list: readonly Stretch[]) =>
      [...list].reverse().map(({ from, to, match }) => ({ from: -to, to: -from, match }));
    return mirror(merge(mirror(found), (match, before) => match && !before));
  },
};

/** Joins a stretch to the one before where `joins` says so; what the first follows counts as no match. */
function merge(found: readonly Stretch[], joins: (match: boolean, before: boolean) => boolean): Stretch[] {
  const merged: Stretch[] = [];
  let before = false;
  for (const stretch of found) {
    const last = merged.at(-1);
    if (last && joins(stretch.match, before)) merged[merged.length - 1] = { ...last, to: stretch.to };
    else merged.push(stretch);
    before = stretch.match;
  }
  return merged;
}
