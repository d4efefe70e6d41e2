// A tokenizer from the contents of tokenizer.json. Ids and pieces come from @huggingface/tokenizers' models and
// decoders; normalising and cutting are ours, because the library gives no places in the source text.

import { Tokenizer as Library } from "@huggingface/tokenizers";
import { isObject, type JsonObject } from "../json.ts";
import { CheckpointError } from "../source.ts";
import type { Tokenizer } from "../tokenizer.ts";
import { type AddedToken, placeAdded, readAddedTokens, readSections } from "./added.ts";
import { type Aligned, align } from "./aligned.ts";
import { escaped } from "./chars.ts";
import { checkDecoder } from "./decoder-bound.ts";
import type { Spelling } from "./display.ts";
import { alignedModel, type ModelOptions, type Token } from "./model.ts";
import { readNormalizer } from "./normalize.ts";
import { damaged, flag, isCount, text, unknown } from "./options.ts";
import { readPreTokenizer } from "./pretokenize.ts";
import { readTemplate } from "./template.ts";
import { Trie } from "./trie.ts";
import type { Piece, UnigramVocabulary } from "./unigram.ts";
import { tokenizerOf } from "./view.ts";

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
    const { message } = error as Error;
    const why = /call stack/.test(message)
      ? "its parts are nested too deeply"
      : escaped(message.slice(0, 300));
    throw new CheckpointError(`tokenizer.json ${problem}: ${why}`);
  }
}

function build(json: JsonObject, config: JsonObject): Tokenizer {
  const options = readModel(json.model);
  checkDecoder(json.decoder);
  const own = vocabularyOf(json.model as JsonObject);
  const added = placeAdded(readAddedTokens(json.added_tokens), (content) => own.get(content), own.size);
  const library = openLibrary(json, options, own, added);
  const model = alignedModel(library.model!, options);
  const cut = readPreTokenizer(json.pre_tokenizer);
  const found = config.split_special_tokens === true ? added.filter(({ special }) => !special) : added;
  const sections = readSections(found, readNormalizer(json.normalizer), align);
  const tokens = (source: string): Token[] =>
    sections(align(source)).flatMap((section) =>
      section.token ? [addedAt(section.token, section.text)] : cut(section.text).flatMap(model),
    );
  return tokenizerOf({
    tokens,
    assemble: readTemplate(json.post_processor),
    added,
    spelling: spellingOf(json, options),
    rawOf: (id) => library.id_to_token(id),
    decode: decoderOf(library, added, config.clean_up_tokenization_spaces === true),
  });
}

function addedAt(token: AddedToken, { chars, start, end }: Aligned): Token {
  const place = { start: start[0]!, end: end.at(-1)! };
  return { id: token.id, raw: token.content, ...place, special: token.special, written: chars.join("") };
}

/**
 * The library reads model and decoder; the parts that we do ourselves are left out. It adds the added tokens to the
 * model's vocabulary, where Python's models do not look for them: that is undone.
 */
function openLibrary(
  json: JsonObject,
  { type }: ModelOptions,
  own: ReadonlyMap<string, number>,
  added: readonly AddedToken[],
): Library {
  const ours = type === "Unigram" || type === "WordLevel";
  const model = ours ? { type: "WordLevel", vocab: Object.fromEntries(own) } : json.model;
  const parts = { normalizer: null, pre_tokenizer: null, post_processor: null, model };
  const given = {
    decoder: null,
    ...json,
    added_tokens: added.map(({ id, content }) => ({ id, content })),
    ...parts,
  };
  const library = new Library(given, { clean_up_tokenization_spaces: false });
  const { tokens_to_ids: ids } = library.model!;
  for (const { content } of added) {
    const id = own.get(content);
    if (id === undefined) ids.delete(content);
    else ids.set(content, id);
  }
  return library;
}

/** The model's own ids by token; of a piece that comes twice the last. */
function vocabularyOf({ vocab }: JsonObject): Map<string, number> {
  if (!Array.isArray(vocab)) return new Map(Object.entries(vocab as Readonly<Record<string, number>>));
  return new Map((vocab as readonly [string, number][]).map(([piece], id) => [piece, id]));
}

/** The library's decoder, which looks at all added tokens for each id, is shown those that the ids have. */
function decoderOf(library: Library, added: readonly AddedToken[], clean: boolean) {
  const byId = new Map(added.map((token) => [token.id, token]));
  const decoder = library.decoder as { added_tokens: unknown } | null;
  return (ids: readonly number[], keepSpecial: boolean) => {
    const known = ids.filter((id) => library.id_to_token(id) !== undefined);
    const shown = keepSpecial ? known : known.filter((id) => !byId.get(id)?.special);
    if (shown.length === 0) return "";
    if (decoder) decoder.added_tokens = [...new Set(shown)].flatMap((id) => byId.get(id) ?? []);
    return library.decode(shown, { clean_up_tokenization_spaces: clean });
  };
}

/** Checks the model's vocabulary before the library sees it, and reads what the alignment must know. */
function readModel(value: unknown): ModelOptions {
  if (!isObject(value)) throw damaged("model", "is missing");
  const type = TYPES.find((known) => known === (value.type ?? guess(value)));
  if (!type) throw unknown("model", String(value.type));
  if (type === "Unigram") checkPieces(value);
  else checkVocabulary(value.vocab);
  if (type === "BPE") checkMerges(value);
  return {
    type,
    prefix: type === "WordPiece" ? text(value, "continuing_subword_prefix", "##") : "",
    suffix: text(value, "end_of_word_suffix", ""),
    byteFallback: flag(value, "byte_fallback", false),
    fuseUnknown: flag(value, "fuse_unk", false),
    unknown: unknownOf(type, value),
    pieces: type === "Unigram" ? piecesOf(value.vocab as readonly [string, number][]) : undefined,
  };
}

const TYPES = ["BPE", "WordPiece", "WordLevel", "Unigram"] as const;

function unknownOf(type: ModelOptions["type"], { vocab, unk_id: id, unk_token: raw }: JsonObject) {
  if (type === "Unigram" && isCount(id)) return { id, raw: (vocab as readonly [string, number][])[id]![0] };
  const known = typeof raw === "string" && Object.hasOwn(vocab as object, raw);
  return known ? { id: (vocab as Readonly<Record<string, number>>)[raw]!, raw } : undefined;
}

function piecesOf(vocab: readonly (readonly [string, number])[]): UnigramVocabulary {
  const pieces = new Trie<Piece>();
  vocab.forEach(([piece, score], id) => {
    pieces.set(piece, { id, score });
  });
  const worst = vocab.reduce((least, [, score]) => Math.min(least, score), Infinity);
  return { pieces, worst, round: (sum) => sum };
}

/** Old files leave the type out. */
function guess(model: JsonObject): string {
  if ("merges" in model) return "BPE";
  if (Array.isArray(model.vocab)) return "Unigram";
  return "continuing_subword_prefix" in model ? "WordPiece" : "WordLevel";
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
  if (unknownId === undefined || unknownId === null) return;
  if (!isCount(unknownId) || unknownId >= vocab.length) throw damaged("unk_id", "is not in the vocabulary");
}

function spellingOf(json: JsonObject, { type, prefix }: ModelOptions): Spelling {
  const described = JSON.stringify([json.pre_tokenizer, json.decoder, json.normalizer]);
  if (described.includes('"ByteLevel"')) return { kind: "bytes", prefix };
  if (type === "WordPiece") return { kind: "wordpiece", prefix };
  return { kind: described.includes("\u2581") ? "metaspace" : "plain", prefix };
}
