// A tokenizer from the contents of tokenizer.json. Ids and pieces come from @huggingface/tokenizers' models and
// decoders; normalising and cutting are ours, because the library gives no places in the source text.

import { Tokenizer as Library } from "@huggingface/tokenizers";
import { isObject, type JsonObject } from "../json.ts";
import { CheckpointError } from "../source.ts";
import type { EncodedToken, Tokenizer } from "../tokenizer.ts";
import { type AddedToken, readAddedTokens, readSections } from "./added.ts";
import { align } from "./aligned.ts";
import { displayed, type Spelling } from "./display.ts";
import { alignedModel, type ModelOptions, type Token } from "./model.ts";
import { readNormalizer } from "./normalize.ts";
import { damaged, flag, isCount, text, unknown } from "./options.ts";
import { readPreTokenizer } from "./pretokenize.ts";
import { type Placed, readTemplate } from "./template.ts";

/** A tokenizer over parsed tokenizer.json and tokenizer_config.json; a CheckpointError says what it cannot read. */
export function tokenizerFromJson(json: JsonObject, config: JsonObject = {}): Tokenizer {
  const { encode, describe, decode } = guarded("cannot be read", () => build(json, config));
  return {
    encode: (...input) => guarded("fails on this text", () => encode(...input)),
    describe: (ids) => guarded("fails on these ids", () => describe(ids)),
    decode: (...input) => guarded("fails on these ids", () => decode(...input)),
  };
}

/** The library trusts its input; whatever it throws on a damaged file becomes a CheckpointError. */
function guarded<T>(problem: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof CheckpointError) throw error;
    throw new CheckpointError(`tokenizer.json ${problem}: ${(error as Error).message}`);
  }
}

function build(json: JsonObject, config: JsonObject): Tokenizer {
  const options = readModel(json.model);
  const added = readAddedTokens(json.added_tokens);
  const library = openLibrary(json, added, config);
  const model = alignedModel(library.model!, options);
  const cut = readPreTokenizer(json.pre_tokenizer);
  const sections = readSections(added, readNormalizer(json.normalizer), align);
  const assemble = readTemplate(json.post_processor);
  const tokens = (source: string): Token[] =>
    sections(align(source)).flatMap((section) =>
      section.token ? [addedAt(section.token, section.text)] : cut(section.text).flatMap(model),
    );
  const view = viewOf(added, spellingOf(json, options));
  return {
    encode: (source, pair, { addSpecialTokens = true } = {}) =>
      view.encoded(assemble(tokens(source), pair === undefined ? undefined : tokens(pair), addSpecialTokens)),
    describe: (ids) => view.described(ids, library),
    decode: (ids, { keepSpecial = false } = {}) => decode(library, ids, keepSpecial),
  };
}

function addedAt(
  token: AddedToken,
  { start, end }: { start: readonly number[]; end: readonly number[] },
): Token {
  return { id: token.id, raw: token.content, start: start[0]!, end: end.at(-1)!, special: token.special };
}

/**
 * The library reads model and decoder; the parts that we do ourselves are left out. It adds the added tokens to the
 * model's vocabulary, where Python's models do not look for them: that is undone.
 */
function openLibrary(json: JsonObject, added: readonly AddedToken[], config: JsonObject): Library {
  const parts = { normalizer: null, pre_tokenizer: null, post_processor: null };
  const given = { decoder: null, ...json, added_tokens: json.added_tokens ?? [], ...parts };
  const clean = config.clean_up_tokenization_spaces === true;
  const options = { ...config, additional_special_tokens: [], clean_up_tokenization_spaces: clean };
  const library = new Library(given, options);
  const { tokens_to_ids: ids } = library.model!;
  for (const { content } of added) {
    const id = ownId(json.model as JsonObject, content);
    if (id === undefined) ids.delete(content);
    else ids.set(content, id);
  }
  return library;
}

/** Id of a token in the model's own vocabulary, or undefined. */
function ownId({ vocab }: JsonObject, content: string): number | undefined {
  if (!Array.isArray(vocab))
    return Object.hasOwn(vocab as object, content) ? (vocab as Vocab)[content] : undefined;
  const id = vocab.findIndex(([piece]) => piece === content);
  return id < 0 ? undefined : id;
}

type Vocab = Readonly<Record<string, number>>;

function decode(library: Library, ids: readonly number[], keepSpecial: boolean): string {
  const known = ids.filter((id) => library.id_to_token(id) !== undefined);
  return known.length > 0 ? library.decode(known, { skip_special_tokens: !keepSpecial }) : "";
}

/** Checks the model's vocabulary before the library sees it, and reads what the alignment must know. */
function readModel(value: unknown): ModelOptions {
  if (!isObject(value)) throw damaged("model", "is missing");
  const type = value.type ?? guess(value);
  if (type !== "BPE" && type !== "WordPiece" && type !== "Unigram") throw unknown("model", String(type));
  if (type === "Unigram") checkPieces(value);
  else checkVocabulary(value.vocab);
  if (type === "BPE") checkMerges(value);
  return {
    type,
    prefix: type === "WordPiece" ? text(value, "continuing_subword_prefix", "##") : "",
    suffix: text(value, "end_of_word_suffix", ""),
    byteFallback: flag(value, "byte_fallback", false),
    fuseUnknown: flag(value, "fuse_unk", false),
  };
}

/** Old files leave the type out. */
function guess(model: JsonObject): string {
  if ("merges" in model) return "BPE";
  return Array.isArray(model.vocab) ? "Unigram" : "WordPiece";
}

const MAX_VOCABULARY = 4_000_000;

function checkVocabulary(vocab: unknown): void {
  if (!isObject(vocab)) throw damaged("vocab", "is not a map from tokens to ids");
  const wrong = Object.entries(vocab).find(([, id]) => !isCount(id) || id > MAX_VOCABULARY);
  if (wrong) throw damaged("vocab", `gives ${wrong[0].slice(0, 50)} no valid id`);
}

function checkMerges(model: JsonObject): void {
  const { merges } = model;
  const isPair = (merge: unknown) =>
    Array.isArray(merge) && merge.length === 2 && merge.every((m) => typeof m === "string");
  const ok = Array.isArray(merges) && (merges.every((m) => typeof m === "string") || merges.every(isPair));
  if (!ok) throw damaged("merges", "is not a list of pairs");
  if (text(model, "continuing_subword_prefix", "") !== "")
    throw unknown("model option", "continuing_subword_prefix");
}

function checkPieces(model: JsonObject): void {
  const { vocab, unk_id: unknownId } = model;
  const ok = (piece: unknown) =>
    Array.isArray(piece) && typeof piece[0] === "string" && piece[0] !== "" && Number.isFinite(piece[1]);
  if (!Array.isArray(vocab) || vocab.length === 0 || !vocab.every(ok)) {
    throw damaged("vocab", "is not a list of pieces with scores");
  }
  if (!isCount(unknownId) || unknownId >= vocab.length) throw damaged("unk_id", "is not in the vocabulary");
}

function spellingOf(json: JsonObject, { type, prefix }: ModelOptions): Spelling {
  const described = JSON.stringify([json.pre_tokenizer, json.decoder, json.normalizer]);
  if (described.includes('"ByteLevel"')) return { kind: "bytes", prefix };
  if (type === "WordPiece") return { kind: "wordpiece", prefix };
  return { kind: described.includes("\u2581") ? "metaspace" : "plain", prefix };
}

/** From tokens to what views show of them. */
function viewOf(added: readonly AddedToken[], spelling: Spelling) {
  const byId = new Map(added.map((token) => [token.id, token]));
  const display = displayed(spelling);
  const one = (token: Placed, before: Placed | undefined): EncodedToken => ({
    id: token.id,
    raw: token.raw,
    text: token.special === undefined ? display(token.raw, isApart(before, token)) : token.raw,
    start: token.added ? null : token.start,
    end: token.added ? null : token.end,
    special: token.special ?? false,
    segment: token.sentence,
    typeId: token.type,
  });
  return {
    encoded: (placed: readonly Placed[]) => placed.map((token, i) => one(token, placed[i - 1])),
    described: (ids: readonly number[], library: Library) =>
      ids.map((id, i): EncodedToken => {
        const raw = library.id_to_token(id) ?? `#${id}`;
        const spaced = i > 0 && !byId.has(ids[i - 1]!) && !/^\p{P}/u.test(raw);
        const text = byId.has(id) ? raw : display(raw, spaced);
        const special = byId.get(id)?.special ?? false;
        return { id, raw, text, start: null, end: null, special, segment: 0, typeId: 0 };
      }),
  };
}

/** Whether there is a gap in the source between two ordinary tokens of one sentence. */
function isApart(before: Placed | undefined, token: Placed): boolean {
  return !!before && !before.added && before.sentence === token.sentence && before.end < token.start;
}
