// The streams of a manifest: what they are made of, and their tokens; those that are left out get numbers.

import { count, type Fields, flag, list, object, show, text } from "../checks.ts";
import type { Sizes } from "../shapes.ts";
import {
  type Block,
  type BlockName,
  type Stream,
  type StreamName,
  type StreamUnit,
  type Token,
  TraceError,
} from "../types.ts";
import { LIMITS } from "./limits.ts";

const UNITS: readonly StreamUnit[] = ["token", "word", "patch", "frame"];
const STREAMS: readonly StreamName[] = ["text", "encoder", "decoder"];

export function stream(value: unknown, where: string): Stream {
  const fields = object(value, where);
  const tokens = list(fields.tokens, `${where}.tokens`, LIMITS.tokens);
  if (tokens.length === 0) throw new TraceError(`${where} has no tokens.`);
  const read = tokens.map((t, i) => token(t, `${where}.tokens[${i}]`, i));
  return {
    name: streamName(fields.name, `${where}.name`),
    tokens: read,
    ...(fields.unit == null ? {} : { unit: unit(fields.unit, `${where}.unit`) }),
    ...(fields.grid == null ? {} : { grid: grid(fields.grid, `${where}.grid`, read) }),
  };
}

function unit(value: unknown, where: string): StreamUnit {
  if (UNITS.includes(value as StreamUnit)) return value as StreamUnit;
  throw new TraceError(`${where} is ${show(value)}; a token is one of ${UNITS.join(", ")}.`);
}

function grid(value: unknown, where: string, tokens: readonly Token[]): readonly [number, number] {
  const sides = list(value, where, 2);
  if (sides.length !== 2) throw new TraceError(`${where} is ${show(value)}; expected [rows, columns].`);
  const rows = count(sides[0], `${where}[0]`, LIMITS.tokens, 1);
  const columns = count(sides[1], `${where}[1]`, LIMITS.tokens, 1);
  const patches = tokens.filter((t) => !t.special).length;
  if (rows * columns === patches) return [rows, columns];
  throw new TraceError(
    `${where} is ${rows} × ${columns}, but the stream has ${patches} tokens that are not special.`,
  );
}

function token(value: unknown, where: string, index: number): Token {
  const fields: Fields = typeof value === "string" ? { raw: value } : object(value, where);
  const raw = text(fields.raw ?? fields.text ?? String(index), `${where}.raw`);
  const place = (key: "id" | "start" | "end"): number | null =>
    fields[key] == null ? null : count(fields[key], `${where}.${key}`, Number.MAX_SAFE_INTEGER, 0);
  return {
    id: place("id"),
    raw,
    text: text(fields.text ?? raw, `${where}.text`),
    start: place("start"),
    end: place("end"),
    special: flag(fields.special ?? false, `${where}.special`),
    segment: count(fields.segment ?? 0, `${where}.segment`, 1, 0),
  };
}

/** Streams that blocks need and the manifest leaves out, with tokens "0" to "n-1". */
export function withMissing(
  stated: readonly Stream[],
  blocks: readonly Block[],
  sizes: readonly Sizes[],
): Stream[] {
  const streams = new Map<StreamName, Stream>(stated.map((s) => [s.name, s]));
  blocks.forEach((block, i) => {
    for (const side of ["queries", "keys"] as const) {
      if (!streams.has(block[side]))
        streams.set(block[side], numbered(block[side], sizes[i]![side], block.name));
    }
  });
  return [...streams.values()];
}

function numbered(name: StreamName, length: number, block: BlockName): Stream {
  if (length < 1 || length > LIMITS.tokens) {
    throw new TraceError(
      `The manifest lists no tokens of stream "${name}", and the tensors of block "${block}" give ${length}; expected 1 to ${LIMITS.tokens}.`,
    );
  }
  return { name, tokens: Array.from({ length }, (_, i) => token(String(i), name, i)) };
}

export function streamName(value: unknown, where: string): StreamName {
  if (STREAMS.includes(value as StreamName)) return value as StreamName;
  throw new TraceError(`${where} is ${show(value)}; a stream is one of ${STREAMS.join(", ")}.`);
}
