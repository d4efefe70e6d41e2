// The model of tokenizer.json: BPE and WordPiece are cut by the library, and what is added here is which characters
// of the piece each token covers; Unigram and WordLevel are done here.

import type { Tokenizer as Library } from "@huggingface/tokenizers";
import { CheckpointError } from "../source.ts";
import { type Aligned, span } from "./aligned.ts";
import { fallbackTokens } from "./chars.ts";
import { type Segment, segment, type UnigramVocabulary } from "./unigram.ts";

/** A token with its id and the source span it covers, in code points. */
export interface Token {
  readonly id: number;
  readonly raw: string;
  readonly start: number;
  readonly end: number;
  /** Set where the text itself holds a special token, such as "<|endoftext|>". */
  readonly special?: boolean;
  /** The text that an added token took with the spaces around it, where it takes them. */
  readonly written?: string;
}

/** The tokens of one piece. */
export type Model = (piece: Aligned) => Token[];

type LibraryModel = NonNullable<Library["model"]>;

/** What the alignment must know of a model, from its options in tokenizer.json. */
export interface ModelOptions {
  readonly type: "BPE" | "WordPiece" | "WordLevel" | "Unigram";
  /** What WordPiece writes before pieces inside a word, e.g. "##". */
  readonly prefix: string;
  /** What BPE writes after the last piece of a word, e.g. "</w>". */
  readonly suffix: string;
  readonly byteFallback: boolean;
  readonly fuseUnknown: boolean;
  /** The unknown token, of WordLevel and Unigram; undefined where there is none. */
  readonly unknown: { readonly id: number; readonly raw: string } | undefined;
  /** Pieces of Unigram. */
  readonly pieces: UnigramVocabulary | undefined;
}

/** Tokens and spans of pieces. `model`: the library's, of which Unigram and WordLevel only use the vocabulary. */
export function alignedModel(model: LibraryModel, options: ModelOptions): Model {
  if (options.type === "Unigram") return (piece) => coverUnigram(model, options, piece);
  if (options.type === "WordLevel") return (piece) => [wholeWord(model, options, piece)];
  const cover = options.type === "BPE" ? coverBpe : coverWords;
  return (piece) => cover({ model, options, piece, raw: model([piece.chars.join("")]) });
}

/** WordLevel: a piece is one token. */
function wholeWord(model: LibraryModel, { unknown }: ModelOptions, piece: Aligned): Token {
  const word = piece.chars.join("");
  const id = model.tokens_to_ids.get(word);
  const [start, end] = span(piece, 0, piece.chars.length);
  if (id !== undefined) return { id, raw: word, start, end };
  if (!unknown) throw missing(word);
  return { ...unknown, start, end };
}

interface Cut {
  readonly model: LibraryModel;
  readonly options: ModelOptions;
  readonly piece: Aligned;
  readonly raw: readonly string[];
}

/** A word that WordPiece cannot spell is one unknown token over the whole word. */
function coverWords({ model, options, piece, raw }: Cut): Token[] {
  const lengths = raw.map((token, i) => [...token].length - (i > 0 ? [...options.prefix].length : 0));
  const covered = lengths.reduce((sum, length) => sum + length, 0);
  const unknown = raw.length === 1 && (raw[0] === model.unk_token || covered !== piece.chars.length);
  return walk(model, piece, raw, unknown ? [piece.chars.length] : lengths);
}

/** Unigram: neighbouring characters that it does not know are one token; bytes stand in where the model has them. */
function coverUnigram(model: LibraryModel, options: ModelOptions, piece: Aligned): Token[] {
  const path = segment(piece.chars, options.pieces!);
  return fused(path, options.unknown?.id).flatMap(({ from, to, id }) => {
    const raw = piece.chars.slice(from, to).join("");
    const [start, end] = span(piece, from, to);
    if (id !== undefined) return [{ id, raw, start, end }];
    const bytes = options.byteFallback ? bytesOf(model, raw) : undefined;
    if (bytes) return bytes.map((byte) => ({ id: model.tokens_to_ids.get(byte)!, raw: byte, start, end }));
    if (!options.unknown) throw missing(raw);
    return [{ id: options.unknown.id, raw, start, end }];
  });
}

/** Neighbours that are unknown, or are the unknown token itself, joined to one. */
function fused(path: readonly Segment[], unknownId: number | undefined): Segment[] {
  const out: Segment[] = [];
  for (const { from, to, id } of path) {
    const known = id === unknownId ? undefined : id;
    const last = out.at(-1);
    if (known === undefined && last && last.id === undefined) out[out.length - 1] = { ...last, to };
    else out.push({ from, to, id: known });
  }
  return out;
}

function missing(raw: string): CheckpointError {
  return new CheckpointError(
    `The tokenizer has no token for ${JSON.stringify(raw.slice(0, 50))}, and its unknown token is not in its vocabulary.`,
  );
}

function walk(
  model: LibraryModel,
  piece: Aligned,
  raw: readonly string[],
  lengths: readonly number[],
): Token[] {
  let at = 0;
  return raw.map((token, i) => {
    const from = at;
    at = Math.min(at + lengths[i]!, piece.chars.length);
    return tokenOf(model, piece, token, from, at);
  });
}

function tokenOf(model: LibraryModel, piece: Aligned, raw: string, from: number, to: number): Token {
  const [start, end] = span(piece, from, to);
  const id = model.tokens_to_ids.get(raw) ?? model.unk_token_id;
  if (id === undefined) throw missing(String(raw));
  return { id, raw, start, end };
}

/** BPE: each character is a symbol, or bytes, or unknown, or (without an unknown token) dropped. */
function coverBpe(cut: Cut): Token[] {
  const { model, piece, raw, options } = cut;
  if (raw.length === 1 && raw[0] === piece.chars.join(""))
    return walk(model, piece, raw, [piece.chars.length]);
  const kinds = piece.chars.map((char, i) =>
    kindOf(cut, i === piece.chars.length - 1 ? char + options.suffix : char),
  );
  const tokens: Token[] = [];
  let at = 0;
  for (let next = 0; next < raw.length && at < piece.chars.length; ) {
    const kind = kinds[at]!;
    const to =
      kind === "unknown" ? endOfUnknown(kinds, at, options) : at + coveredBy(raw[next]!, kind, options);
    const count = typeof kind === "number" ? kind : kind === "dropped" ? 0 : 1;
    for (const token of raw.slice(next, next + count)) tokens.push(tokenOf(model, piece, token, at, to));
    next += count;
    at = to;
  }
  return tokens;
}

/** What BPE makes of a character; a number is how many byte tokens. */
type Kind = "symbol" | "unknown" | "dropped" | number;

function kindOf({ model, options }: Cut, char: string): Kind {
  if (model.tokens_to_ids.has(char)) return "symbol";
  const bytes = options.byteFallback ? bytesOf(model, char) : undefined;
  if (bytes) return bytes.length;
  return model.unk_token === undefined || model.unk_token === null ? "dropped" : "unknown";
}

function bytesOf(model: LibraryModel, text: string): string[] | undefined {
  const bytes = fallbackTokens(text);
  return bytes.every((byte) => model.tokens_to_ids.has(byte)) ? bytes : undefined;
}

function coveredBy(token: string, kind: Kind, { suffix }: ModelOptions): number {
  if (kind !== "symbol") return 1;
  const visible = suffix && token.endsWith(suffix) ? token.slice(0, -suffix.length) : token;
  return Math.max(1, [...visible].length);
}

function endOfUnknown(kinds: readonly Kind[], at: number, { fuseUnknown }: ModelOptions): number {
  let to = at + 1;
  while (fuseUnknown && kinds[to] === "unknown") to++;
  return to;
}
