// What a tokenizer class of Transformers makes of a vocabulary, as data: its parts of tokenizer.json.

import type { JsonObject } from "../../json.ts";
import type { Spec } from "./tokens.ts";

/** What a class's parts depend on. */
export interface Context {
  readonly options: JsonObject;
  /** A yes-or-no option, or what the class takes where it is not said. */
  readonly flag: (key: string, otherwise: boolean) => boolean;
  /** SentencePiece's character map in base64, where the vocabulary has one. */
  readonly charsmap: string | undefined;
  /** The text of a role's token, e.g. "cls_token"; "" where there is none. */
  readonly token: (role: string) => string;
  /** Pieces of a Unigram vocabulary. */
  readonly pieces: readonly Scored[];
  /** Whether the vocabulary's file has a template. */
  readonly framed: boolean;
  /** Id of the unknown piece in a .model file. */
  readonly unknownId: number | undefined;
}

/** A piece of a Unigram vocabulary with its log probability. */
export type Scored = readonly [piece: string, score: number];

/** Parts of tokenizer.json; `model` without the vocabulary. */
export interface Parts {
  readonly normalizer: JsonObject | null;
  readonly pre_tokenizer: JsonObject;
  readonly decoder: JsonObject;
  readonly model: JsonObject;
}

/** A tokenizer class. */
export interface Recipe {
  readonly type: "WordPiece" | "BPE" | "Unigram";
  /** The vocabulary file where there is no tokenizer.json. */
  readonly file: "vocab.txt" | "vocab.json" | `${string}.model`;
  /** The class's own tokens by role, in order. */
  readonly roles: Readonly<Record<string, Spec>>;
  /** Tokens without a role that it adds; `listed`: control and user-defined pieces of a .model file. */
  readonly extra?: (context: Context, listed: readonly Spec[] | undefined) => readonly Spec[];
  readonly parts: (context: Context) => Parts;
  /** The template that counts where tokenizer.json has none. */
  readonly usual?: (context: Context) => Template;
  /** The template that counts in any case. */
  readonly frame?: (context: Context) => Template | "ends";
  /** Whether the start token is added unless told otherwise; a template of start and end then counts in any case. */
  readonly starts?: boolean;
  /** Special tokens are added once more at the end, without their spaces. */
  readonly again?: boolean;
  /** The vocabulary that it makes of a .model file's pieces. */
  readonly fromPieces?: (pieces: readonly Scored[], context: Context) => readonly Scored[];
}

/** A template whose special tokens have no ids yet. */
export type Template =
  | { readonly single: readonly Part[]; readonly pair: readonly Part[] }
  | { readonly roberta: readonly [sep: string, cls: string]; readonly trim: boolean; readonly space: boolean }
  | { readonly bytes: true };

/** A special token or a sentence with its token type. */
export type Part =
  | { readonly token: string; readonly type: number }
  | { readonly sentence: "A" | "B"; readonly type: number };

/** A special token of a template. */
export function token(text: string, type = 0): Part {
  return { token: text, type };
}

/** The first sentence. */
export const A: Part = { sentence: "A", type: 0 };

/** The second sentence. */
export function second(type: number): Part {
  return { sentence: "B", type };
}

/** Special tokens without spaces to strip, by role. */
export function roles(texts: Readonly<Record<string, string>>): Record<string, Spec> {
  return Object.fromEntries(
    Object.entries(texts).map(([role, content]) => [`${role}_token`, { content, special: true }]),
  );
}
