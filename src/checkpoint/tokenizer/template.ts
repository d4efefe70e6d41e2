// The post_processor of tokenizer.json: special tokens around one sentence or two, token types, trimmed spans.

import { isObject, type JsonObject } from "../json.ts";
import { isSpace } from "./chars.ts";
import type { Token } from "./model.ts";
import { damaged, flag, isCount, type Part, readPart, readParts, unknown } from "./options.ts";

/** A token in its sentence. `type` is what models with token types are fed, `added` whether the template added it. */
export interface Placed extends Token {
  readonly sentence: 0 | 1;
  readonly type: number;
  readonly added: boolean;
}

/** Puts one or two sentences together, with special tokens if asked for. */
export type Assemble = (a: readonly Token[], b: readonly Token[] | undefined, special: boolean) => Placed[];

/** What is put before, between and after sentences: a special token, or a sentence. */
type Piece =
  | { readonly sentence: 0 | 1; readonly type: number }
  | { readonly tokens: readonly Token[]; readonly type: number };

interface Processor {
  readonly single?: readonly Piece[];
  readonly pair?: readonly Piece[];
  readonly trim?: (token: Token, first: boolean) => Token;
}

const PLAIN: Required<Pick<Processor, "single" | "pair">> = {
  single: [{ sentence: 0, type: 0 }],
  pair: [
    { sentence: 0, type: 0 },
    { sentence: 1, type: 1 },
  ],
};

/** The template that tokenizer.json describes; the sentences one after the other where it has none. */
export function readTemplate(value: unknown): Assemble {
  const part = readPart(value, "post_processor");
  const processors = part ? flatten(part).map(processorOf) : [];
  const { single, pair } = processors.findLast((processor) => processor.single) ?? PLAIN;
  const trims = processors.flatMap(({ trim }) => trim ?? []);
  const trimmed = (tokens: readonly Token[]) =>
    trims.reduce((list, trim) => list.map((token, i) => trim(token, i === 0)), tokens);
  return (a, b, special) => {
    const sentences = [trimmed(a), trimmed(b ?? [])] as const;
    let sentence: 0 | 1 = 0;
    return (b ? pair! : single!).flatMap((piece) => {
      sentence = sentenceOf(piece, sentence);
      return place(piece, sentence, sentences, special);
    });
  };
}

/** Special tokens belong to the sentence before them, unless their type says the second. */
function sentenceOf(piece: Piece, before: 0 | 1): 0 | 1 {
  if ("sentence" in piece) return piece.sentence;
  return piece.type === 1 ? 1 : before;
}

function flatten({ type, options }: Part): Part[] {
  return type === "Sequence"
    ? readParts(options.processors, "processors").flatMap(flatten)
    : [{ type, options }];
}

function place(
  piece: Piece,
  sentence: 0 | 1,
  sentences: readonly (readonly Token[])[],
  special: boolean,
): Placed[] {
  const { type } = piece;
  if ("sentence" in piece)
    return sentences[sentence]!.map((token) => ({ ...token, sentence, type, added: false }));
  return special
    ? piece.tokens.map((token) => ({ ...token, sentence, type, special: true, added: true }))
    : [];
}

function processorOf({ type, options }: Part): Processor {
  const make = PROCESSORS.get(type);
  if (!make) throw unknown("post_processor", type);
  return make(options);
}

const PROCESSORS = new Map<string, (options: JsonObject) => Processor>([
  ["ByteLevel", (options) => trimming(flag(options, "trim_offsets", true), options)],
  ["TemplateProcessing", template],
  ["BertProcessing", (options) => around(options, 1)],
  [
    "RobertaProcessing",
    (options) => ({ ...around(options, 0), ...trimming(flag(options, "trim_offsets", true), options) }),
  ],
]);

function template(options: JsonObject): Processor {
  const special = isObject(options.special_tokens) ? options.special_tokens : {};
  return { single: pieces(options.single, special), pair: pieces(options.pair, special) };
}

/** Whisper, which puts the most before a text, has five. */
const MAX_PIECES = 1_000;

function tooMany(count: number): string {
  return `has a template of ${count} pieces; at most ${MAX_PIECES} are read`;
}

function pieces(value: unknown, special: JsonObject): Piece[] {
  if (!Array.isArray(value)) throw damaged("post_processor", "has no template");
  if (value.length > MAX_PIECES) throw damaged("post_processor", tooMany(value.length));
  return value.map((item) => {
    if (isObject(item) && isObject(item.Sequence)) return sentencePiece(item.Sequence);
    if (isObject(item) && isObject(item.SpecialToken)) return specialPiece(item.SpecialToken, special);
    throw damaged("post_processor", "has an unknown piece in its template");
  });
}

function sentencePiece({ id, type_id: type }: JsonObject): Piece {
  if ((id !== "A" && id !== "B") || !isCount(type))
    throw damaged("post_processor", "names no sentence A or B");
  return { sentence: id === "A" ? 0 : 1, type };
}

function specialPiece({ id, type_id: type }: JsonObject, special: JsonObject): Piece {
  const entry = typeof id === "string" && Object.hasOwn(special, id) ? special[id] : undefined;
  if (!isObject(entry) || !Array.isArray(entry.ids) || !entry.ids.every(isCount) || !isCount(type)) {
    throw damaged("post_processor", `has no ids for its special token ${String(id).slice(0, 50)}`);
  }
  if (entry.ids.length > MAX_PIECES) throw damaged("post_processor", tooMany(entry.ids.length));
  const names = Array.isArray(entry.tokens) ? entry.tokens : [];
  return { tokens: entry.ids.map((n, i) => added(n, String(names[i] ?? id))), type };
}

function added(id: number, raw: string): Token {
  return { id, raw, start: 0, end: 0 };
}

/** BERT's and RoBERTa's fixed frames: cls A sep, and cls A sep B sep (RoBERTa: two seps between, one token type). */
function around(options: JsonObject, type: 0 | 1): Processor {
  const cls: Piece = { tokens: [pairOf(options.cls)], type: 0 };
  const sep = (t: number): Piece => ({ tokens: [pairOf(options.sep)], type: t });
  const single: Piece[] = [cls, { sentence: 0, type: 0 }, sep(0)];
  const between = type === 0 ? [sep(0)] : [];
  return { single, pair: [...single, ...between, { sentence: 1, type }, sep(type)] };
}

function pairOf(value: unknown): Token {
  const [raw, id] = Array.isArray(value) ? (value as unknown[]) : [];
  if (typeof raw !== "string" || !isCount(id)) throw damaged("post_processor", "has no sep or cls");
  return added(id, raw);
}

/** Byte-level tokens hold the space before them; trimming takes it out of their spans. */
function trimming(wanted: boolean, options: JsonObject): Processor {
  if (!wanted) return {};
  const prefixed = flag(options, "add_prefix_space", true);
  return {
    trim: (token, first) => {
      const chars = [...(token.written ?? token.raw)];
      const spaces = (list: readonly string[]) => {
        const at = list.findIndex((char) => char !== "\u0120" && !isSpace(char));
        return at < 0 ? list.length : at;
      };
      let leading = spaces(chars);
      const trailing = spaces(chars.reverse());
      if (leading === 0 && trailing === 0) return token;
      if (leading > 0 && (first || token.start === 0) && prefixed) leading--;
      const start = Math.min(token.start + leading, token.end);
      const end = trailing > 0 && token.end >= trailing ? Math.max(token.end - trailing, start) : token.end;
      return { ...token, start, end };
    },
  };
}
