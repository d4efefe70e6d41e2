// SentencePiece's .model file, a protocol buffer: pieces with scores, and how texts are normalised
// (sentencepiece_model.proto of google/sentencepiece).

import { BinaryReader, type WireType } from "@bufbuild/protobuf/wire";
import { CheckpointError } from "../../source.ts";

/** What a piece is: only normal ones are learned; control ones stand for nothing in a text. */
export const PIECE = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

/** How pieces are put together. */
export const KIND = { unigram: 1, bpe: 2 } as const;

/** One piece; its id is its place. */
export interface SpmPiece {
  readonly piece: string;
  /** Log probability, or minus the rank. */
  readonly score: number;
  readonly type: number;
}

/** A .model file. */
export interface SpmModel {
  readonly pieces: readonly SpmPiece[];
  readonly kind: number;
  readonly byteFallback: boolean;
  readonly suffixSpace: boolean;
  readonly unknown: { readonly id: number; readonly piece: string };
  readonly start: { readonly id: number; readonly piece: string };
  readonly end: { readonly id: number; readonly piece: string };
  /** The precompiled character map; undefined where characters stay as they are. */
  readonly charsmap: Uint8Array<ArrayBuffer> | undefined;
  readonly dummyPrefix: boolean;
  readonly removeSpaces: boolean;
  readonly escapeSpaces: boolean;
}

/** Reads a .model file; `name` is what errors call it. */
export function readSpm(bytes: Uint8Array, name: string): SpmModel {
  try {
    const model = modelOf(bytes);
    if (model.pieces.length > 0) return model;
  } catch {
    // Told below: damaged files end in errors of many kinds.
  }
  throw new CheckpointError(
    `${name} is no SentencePiece model (a protocol buffer with pieces), or is damaged. Download it again, or save a tokenizer.json.`,
  );
}

type Field = (reader: BinaryReader) => void;

/** Calls the reader of each field of a message; others are skipped. */
function each(bytes: Uint8Array, fields: Readonly<Record<number, Field>>): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wire]: [number, WireType] = reader.tag();
    const read = fields[field];
    if (read) read(reader);
    else reader.skip(wire, field);
  }
}

function modelOf(bytes: Uint8Array): SpmModel {
  const pieces: SpmPiece[] = [];
  let trainer = trainerOf(new Uint8Array());
  let normalizer = normalizerOf(new Uint8Array());
  each(bytes, {
    1: (r) => pieces.push(pieceOf(r.bytes())),
    2: (r) => {
      trainer = trainerOf(r.bytes());
    },
    3: (r) => {
      normalizer = normalizerOf(r.bytes());
    },
  });
  return { pieces, ...trainer, ...normalizer };
}

function pieceOf(bytes: Uint8Array): SpmPiece {
  let [piece, score, type] = ["", 0, PIECE.normal as number];
  each(bytes, {
    1: (r) => {
      piece = r.string();
    },
    2: (r) => {
      score = r.float();
    },
    3: (r) => {
      type = r.int32();
    },
  });
  return { piece, score, type };
}

function trainerOf(bytes: Uint8Array) {
  const numbers = new Map<number, number>();
  const texts = new Map<number, string>();
  each(bytes, {
    ...Object.fromEntries(
      [3, 24, 35, 40, 41, 42].map((f) => [f, (r: BinaryReader) => numbers.set(f, r.int32())]),
    ),
    ...Object.fromEntries([45, 46, 47].map((f) => [f, (r: BinaryReader) => texts.set(f, r.string())])),
  });
  const named = (id: number, otherwise: number, text: number, piece: string) => ({
    id: numbers.get(id) ?? otherwise,
    piece: texts.get(text) || piece,
  });
  return {
    kind: numbers.get(3) ?? KIND.unigram,
    suffixSpace: numbers.get(24) === 1,
    byteFallback: numbers.get(35) === 1,
    unknown: named(40, 0, 45, "<unk>"),
    start: named(41, 1, 46, "<s>"),
    end: named(42, 2, 47, "</s>"),
  };
}

function normalizerOf(bytes: Uint8Array) {
  const flags = new Map<number, boolean>();
  let charsmap: Uint8Array<ArrayBuffer> | undefined;
  each(bytes, {
    2: (r) => {
      const map = r.bytes();
      charsmap = map.length > 0 ? Uint8Array.from(map) : undefined;
    },
    ...Object.fromEntries([3, 4, 5].map((f) => [f, (r: BinaryReader) => flags.set(f, r.bool())])),
  });
  return {
    charsmap,
    dummyPrefix: flags.get(3) ?? true,
    removeSpaces: flags.get(4) ?? true,
    escapeSpaces: flags.get(5) ?? true,
  };
}
