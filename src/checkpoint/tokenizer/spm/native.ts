// Tokenizer classes that ask SentencePiece for pieces and look those up in a vocab.json of their own.

import type { JsonObject } from "../../json.ts";
import { CheckpointError } from "../../source.ts";
import type { Tokenizer } from "../../tokenizer.ts";
import { type AddedToken, readSections } from "../added.ts";
import { type Aligned, align } from "../aligned.ts";
import { M2M100, WMT21 } from "../auto/languages.ts";
import { type Given, ROLES } from "../auto/tokens.ts";
import { escaped } from "../chars.ts";
import type { Token } from "../model.ts";
import { isCount } from "../options.ts";
import { readTemplate } from "../template.ts";
import { tokenizerOf } from "../view.ts";
import { spmEncoder } from "./encode.ts";
import type { SpmModel } from "./proto.ts";

/** A class, the files that it needs, and which of them are .model files. */
export interface NativeClass {
  readonly files: readonly string[];
  readonly models: readonly string[];
  readonly build: (models: readonly SpmModel[], vocab: JsonObject, given: Given) => Tokenizer;
}

/** Classes by name. */
export const NATIVE_CLASSES: ReadonlyMap<string, NativeClass> = new Map([
  [
    "MarianTokenizer",
    {
      files: ["source.spm", "target.spm", "vocab.json"],
      models: ["source.spm", "target.spm"],
      build: marian,
    },
  ],
  [
    "M2M100Tokenizer",
    {
      files: ["sentencepiece.bpe.model", "vocab.json"],
      models: ["sentencepiece.bpe.model"],
      build: m2m100,
    },
  ],
]);

/** Marian: source and target have a .model file each and one vocabulary; an end token; ">>xx<<" names a language. */
function marian(models: readonly SpmModel[], vocab: JsonObject, given: Given): Tokenizer {
  if (given.options.separate_vocabs === true) {
    throw new CheckpointError(
      "This Marian checkpoint has a vocabulary for each language (separate_vocabs), which headscope does not read. Give token ids in place of a text.",
    );
  }
  const ids = readVocabulary(vocab, models);
  const [end, unknown] = [tokenOf(given, "eos_token", "</s>"), tokenOf(given, "unk_token", "<unk>")];
  const usual = [unknown, end, tokenOf(given, "pad_token", "<pad>")];
  return nativeTokenizer({
    models,
    ids,
    given,
    usual,
    unknown,
    before: [],
    after: [end],
    language: /^>>.*?<</su,
  });
}

/** M2M-100: the language's token before the text, an end token after it; languages come after the vocabulary. */
function m2m100(models: readonly SpmModel[], vocab: JsonObject, given: Given): Tokenizer {
  const ids = readVocabulary(vocab, models);
  const codes = given.options.language_codes === "wmt21" ? WMT21 : M2M100;
  const first = ids.size;
  codes.forEach((code, i) => {
    ids.set(`__${code}__`, first + i);
  });
  const [end, unknown] = [tokenOf(given, "eos_token", "</s>"), tokenOf(given, "unk_token", "<unk>")];
  const source = given.options.src_lang;
  const language = `__${typeof source === "string" ? source : "en"}__`;
  const usual = ["<s>", end, unknown, "</s>", tokenOf(given, "pad_token", "<pad>")];
  return nativeTokenizer({ models, ids, given, usual, unknown, before: [language], after: [end] });
}

interface Native {
  readonly models: readonly SpmModel[];
  readonly ids: Map<string, number>;
  readonly given: Given;
  /** Tokens that are found in the text before SentencePiece sees it. */
  readonly usual: readonly string[];
  readonly unknown: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** What the start of a text may hold that is a token as it stands. */
  readonly language?: RegExp;
}

function nativeTokenizer(native: Native): Tokenizer {
  const { models, ids, unknown } = native;
  const added = addedTokens(native);
  for (const { content, id } of added) ids.set(content, id);
  const unknownId = idOf(ids, unknown);
  const names = new Map([...ids].map(([content, id]) => [id, content]));
  const encoders = models.map(spmEncoder);
  const sections = readSections(added, (text) => text, align);
  const special = new Set(added.filter((token) => token.special).map(({ id }) => id));
  return tokenizerOf({
    tokens: (text, target) => {
      const encode = encoders[target ? encoders.length - 1 : 0]!;
      return sections(align(text)).flatMap(({ text: part, token }): Token[] =>
        token ? [placedToken(token, part)] : pieces(native, encode, part, unknownId),
      );
    },
    assemble: readTemplate(templateOf(native)),
    added,
    spelling: { kind: "metaspace", prefix: "" },
    rawOf: (id) => names.get(id),
    decode: (list, keep) => {
      const known = list.filter((id) => names.has(id) && (keep || !special.has(id)));
      const words = known.map((id) => (special.has(id) ? `${names.get(id)} ` : names.get(id)!));
      return words.join("").replaceAll("\u2581", " ").trim();
    },
  });
}

function placedToken({ id, content, special }: AddedToken, { start, end }: Aligned): Token {
  return { id, raw: content, start: start[0]!, end: end.at(-1)!, special };
}

function pieces(
  { ids, language }: Native,
  encode: ReturnType<typeof spmEncoder>,
  { chars, start }: Aligned,
  unknownId: number,
): Token[] {
  const from = start[0] ?? 0;
  const code = language?.exec(chars.join(""))?.[0];
  const skipped = [...(code ?? "")].length;
  const rest = encode(chars.slice(skipped)).map((cut) => ({
    id: ids.get(cut.piece) ?? unknownId,
    raw: cut.piece,
    start: from + skipped + cut.start,
    end: from + skipped + cut.end,
  }));
  if (code === undefined) return rest;
  return [{ id: ids.get(code) ?? unknownId, raw: code, start: from, end: from + skipped }, ...rest];
}

/** Tokens with the ids that the files give them; those with a role have the vocabulary's, or one after the last. */
function addedTokens({ ids, given, usual }: Native): AddedToken[] {
  const tokens = new Map<string, AddedToken>();
  const add = (content: string, id: number, special: boolean, lstrip = false, rstrip = false) =>
    tokens.set(content, { id, content, special, normalized: false, singleWord: false, lstrip, rstrip });
  for (const [id, spec] of given.decoder)
    add(spec.content, id, spec.special, spec.lstrip === true, spec.rstrip === true);
  let next = ids.size + [...tokens.keys()].filter((content) => !ids.has(content)).length;
  const named = ROLES.flatMap((role) => given.roles.get(role)?.content ?? []);
  for (const content of [...usual, ...named, ...(given.extra ?? []).map((spec) => spec.content)]) {
    if (!tokens.has(content)) add(content, ids.get(content) ?? next++, true);
  }
  return [...tokens.values()];
}

function templateOf({ ids, before, after }: Native): JsonObject {
  const part = (text: string) => ({ SpecialToken: { id: text, type_id: 0 } });
  const sentence = (id: string) => ({ Sequence: { id, type_id: 0 } });
  const [first, last] = [before.map(part), after.map(part)];
  return {
    type: "TemplateProcessing",
    single: [...first, sentence("A"), ...last],
    pair: [...first, sentence("A"), sentence("B"), ...last],
    special_tokens: Object.fromEntries(
      [...before, ...after].map((text) => [text, { id: text, ids: [idOf(ids, text)], tokens: [text] }]),
    ),
  };
}

function tokenOf({ roles }: Given, role: string, usual: string): string {
  return roles.get(role)?.content ?? usual;
}

function idOf(ids: ReadonlyMap<string, number>, text: string): number {
  const id = ids.get(text);
  if (id !== undefined) return id;
  throw new CheckpointError(
    `vocab.json has no token ${escaped(JSON.stringify(text.slice(0, 50)))}, which the tokenizer's class needs.`,
  );
}

function readVocabulary(vocab: JsonObject, models: readonly SpmModel[]): Map<string, number> {
  if (!Object.values(vocab).every(isCount))
    throw new CheckpointError("vocab.json does not map tokens to ids.");
  const odd = models.find(({ kind }) => kind !== 1 && kind !== 2);
  if (odd)
    throw new CheckpointError(
      `The SentencePiece model has the type ${odd.kind}; only Unigram (1) and BPE (2) are read.`,
    );
  return new Map(Object.entries(vocab as Readonly<Record<string, number>>));
}
