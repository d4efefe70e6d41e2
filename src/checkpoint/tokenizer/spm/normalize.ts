// SentencePiece's own normaliser: the character map (the longest key decides), spaces, the mark before a text.

import { checkGrowth } from "../aligned.ts";
import { readMap } from "../precompiled.ts";
import { Trie } from "../trie.ts";
import { PIECE, type SpmModel } from "./proto.ts";

/** Normalised characters; `place[i]` is where character i comes from in the text, one more at the end. */
export interface Normalized {
  readonly chars: readonly string[];
  readonly place: readonly number[];
}

/** What one stretch of the text becomes, and how many characters it has there. */
interface Prefix {
  readonly made: readonly string[];
  readonly used: number;
}

const MARK = "\u2581";
/** Bytes of the longest key of SentencePiece's maps, and more. */
const LONGEST_KEY = 64;
const encoder = new TextEncoder();

/** The normaliser of a .model file. */
export function spmNormalizer(model: SpmModel): (chars: readonly string[]) => Normalized {
  const prefixOf = prefixReader(model);
  return (chars) => {
    const state = new Building(model, chars.length);
    let at = model.removeSpaces ? leadingSpaces(chars, prefixOf) : 0;
    if (at >= chars.length) return { chars: [], place: [at] };
    if (model.dummyPrefix && !model.suffixSpace) state.put(" ", at);
    state.begin();
    while (at < chars.length) {
      const { made, used } = prefixOf(chars, at);
      state.stretch(made, at);
      at += used;
    }
    return state.end(at);
  };
}

function leadingSpaces(chars: readonly string[], prefixOf: ReturnType<typeof prefixReader>): number {
  let at = 0;
  while (at < chars.length) {
    const { made, used } = prefixOf(chars, at);
    if (made.join("") !== " ") break;
    at += used;
  }
  return at;
}

/** User-defined pieces stay as they are; else the map's longest key; else the character. */
function prefixReader({ pieces, charsmap }: SpmModel): (chars: readonly string[], at: number) => Prefix {
  const own = new Trie<true>();
  for (const { piece, type } of pieces) if (type === PIECE.userDefined) own.set(piece, true);
  const map = charsmap && readMap(charsmap);
  return (chars, at) => {
    const whole = own.longest(chars, at);
    if (whole) return { made: chars.slice(at, whole.end), used: whole.end - at };
    const found = map?.longest(encoder.encode(chars.slice(at, at + LONGEST_KEY).join("")));
    if (!found) return { made: [chars[at]!], used: 1 };
    return { made: [...found.made], used: charsOf(chars, at, found.bytes) };
  };
}

/** How many characters a number of bytes is. */
function charsOf(chars: readonly string[], at: number, bytes: number): number {
  let end = at;
  for (let left = bytes; left > 0; end++) left -= encoder.encode(chars[end]!).length;
  return end - at;
}

/** Characters as they are put together. */
class Building {
  readonly #chars: string[] = [];
  readonly #place: number[] = [];
  readonly #model: SpmModel;
  readonly #length: number;
  #afterSpace = false;

  constructor(model: SpmModel, length: number) {
    this.#model = model;
    this.#length = length;
  }

  put(char: string, place: number): void {
    this.#chars.push(char === " " && this.#model.escapeSpaces ? MARK : char);
    this.#place.push(place);
  }

  begin(): void {
    this.#afterSpace = this.#model.removeSpaces;
  }

  stretch(made: readonly string[], place: number): void {
    let from = 0;
    while (this.#afterSpace && made[from] === " ") from++;
    for (const char of made.slice(from)) this.put(char, place);
    checkGrowth(this.#length, this.#chars.length);
    if (from < made.length) this.#afterSpace = made.at(-1) === " ";
    if (!this.#model.removeSpaces) this.#afterSpace = false;
  }

  end(length: number): Normalized {
    const space = this.#model.escapeSpaces ? MARK : " ";
    let end = length;
    while (this.#model.removeSpaces && this.#chars.at(-1) === space) {
      this.#chars.pop();
      end = this.#place.pop()!;
    }
    if (this.#model.dummyPrefix && this.#model.suffixSpace) this.put(" ", end);
    this.#place.push(end);
    return { chars: this.#chars, place: this.#place };
  }
}
