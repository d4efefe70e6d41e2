// The words of a file, by stream.

import type { BlockName } from "../trace/index.ts";
import type { Found } from "./found.ts";
import type { Part } from "./parts.ts";
import { type Reading, STREAMS, type Stream } from "./reading.ts";

export interface Words {
  readonly from: string;
  readonly list: readonly string[];
}

export function streamsOf(parts: readonly Part[]): Stream[] {
  const streams = parts.flatMap(({ role }) => STREAMS[role.split(".")[0] as BlockName]);
  return [...new Set(streams)];
}

/** Tokens that a stream must have by its matrices. */
export function lengthOf(parts: readonly Part[], stream: Stream): number {
  for (const { role, layers } of parts) {
    const [block, vector] = role.split(".") as [BlockName, string | undefined];
    const [rows, columns] = STREAMS[block];
    const shape = layers.find(Boolean)?.shape;
    if (!shape) continue;
    if (!vector && columns === stream) return shape[3]!;
    if (rows === stream) return shape[2]!;
  }
  return 0;
}

/** The words that are given or found; a stream without any is missing. */
export function wordsOf(
  found: Found,
  parts: readonly Part[],
  reading: Reading,
): Partial<Record<Stream, Words>> {
  const out: Partial<Record<Stream, Words>> = {};
  for (const stream of streamsOf(parts)) {
    const given = reading.words?.[stream];
    if (given) out[stream] = { from: "given", list: given };
    else {
      const own = wordsOfItem(found, reading);
      const list = guessWords(own, stream, lengthOf(parts, stream), streamsOf(parts).length);
      if (list) out[stream] = list;
    }
  }
  return out;
}

/** The words of the text that is read, and those that belong to no text in particular. */
function wordsOfItem({ words }: Found, { item = 0 }: Reading): Found["words"] {
  return words.filter((list) => list.item === undefined || list.item === item);
}

/** The list called after the stream, else the one of the right length, else the only one. */
function guessWords(words: Found["words"], stream: Stream, count: number, streams: number): Words | null {
  const calls: Readonly<Record<Stream, RegExp>> = {
    text: /^(all|tokens?|str_tokens|words|text|left_text)$/i,
    encoder: /enc|source|src|input|right/i,
    decoder: /dec|target|tgt|output|hyp|left|transl/i,
  };
  const named = words.filter(
    ({ name }) => calls[stream].test(name.split(".").at(-1)!) || calls[stream].test(name),
  );
  const chosen =
    named.find((list) => list.words.length === count) ??
    named[0] ??
    (streams === 1
      ? (words.find((list) => list.words.length === count) ?? (words.length === 1 ? words[0] : undefined))
      : undefined);
  return chosen ? { from: chosen.name, list: chosen.words } : null;
}
