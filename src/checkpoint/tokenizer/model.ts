// The model of tokenizer.json (BPE, WordPiece or Unigram): the library cuts a piece into tokens, and what is
// added here is which characters of the piece each token covers.

import type { Tokenizer as Library } from "@huggingface/tokenizers";
import { CheckpointError } from "../source.ts";
import { type Aligned, span } from "./aligned.ts";
import { fallbackTokens } from "./chars.ts";

/** A token with its id and the source span it covers, in code points. */
export interface Token {
  readonly id: number;
  readonly raw: string;
  readonly start: number;
  readonly end: number;
  /** Set where the text itself holds a special token, such as "<|endoftext|>". */
  readonly special?: boolean;
}

/** The tokens of one piece. */
export type Model = (piece: Aligned) => Token[];

type LibraryModel = NonNullable<Library["model"]>;

/** What the alignment must know of a model, from its options in tokenizer.json. */
export interface ModelOptions {
  readonly type: "BPE" | "WordPiece" | "Unigram";
  /** What WordPiece writes before pieces inside a word, e.g. "##". */
  readonly prefix: string;
  /** What BPE writes after the last piece of a word, e.g. "</w>". */
  readonly suffix: string;
  readonly byteFallback: boolean;
  readonly fuseUnknown: boolean;
}

/** Tokens and spans of pieces, by the library's model. */
export function alignedModel(model: LibraryModel, options: ModelOptions): Model {
  const cover = { BPE: coverBpe, WordPiece: coverWords, Unigram: coverUnigram }[options.type];
  const cut = options.type === "Unigram" ? fused : (text: string) => model([text]);
  return (piece) => cover({ model, options, piece, raw: cut(piece.chars.join(""), model) });
}

/** Unigram's pieces; neighbours that it does not know are one token, as in Python (the library loses some of them). */
function fused(text: string, model: LibraryModel): string[] {
  const isUnknown = (raw: string) =>
    (model.tokens_to_ids.get(raw) ?? model.unk_token_id) === model.unk_token_id;
  const out: string[] = [];
  let before = false;
  for (const raw of model.encode([text])) {
    const unknown = isUnknown(raw);
    if (unknown && before) out.push(out.pop() + raw);
    else out.push(raw);
    before = unknown;
  }
  return out;
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

/** Unigram gives unknown characters back as they are; bytes stand in for them where the model has bytes. */
function coverUnigram({ model, options, piece, raw }: Cut): Token[] {
  const tokens = walk(
    model,
    piece,
    raw,
    raw.map((token) => [...token].length),
  );
  if (!options.byteFallback) return tokens;
  return tokens.flatMap((token) => {
    const bytes = model.tokens_to_ids.has(token.raw) ? undefined : bytesOf(model, token.raw);
    return bytes?.map((raw) => ({ ...token, raw, id: model.tokens_to_ids.get(raw)! })) ?? [token];
  });
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
  if (id === undefined) {
    throw new CheckpointError(
      `The tokenizer has no token for ${JSON.stringify(String(raw).slice(0, 50))}, and its unknown token is not in its vocabulary.`,
    );
  }
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
