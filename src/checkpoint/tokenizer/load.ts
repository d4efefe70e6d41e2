// Finds a checkpoint's tokenizer and reads it as AutoTokenizer does: the class decides what is made of the files.

import { type JsonObject, parseJson, readJson, readText } from "../json.ts";
import { CheckpointError, readFile, type Source } from "../source.ts";
import type { Tokenizer } from "../tokenizer.ts";
import type { Config } from "../weights.ts";
import { backendJson } from "./auto/backend-spm.ts";
import { buildJson, completeJson, ownPieces } from "./auto/build.ts";
import { BACKEND, chooseClass } from "./auto/choose.ts";
import { BYTE_CLASSES } from "./auto/classes-bytes.ts";
import { FALLBACK_CLASSES } from "./auto/classes-fallback.ts";
import { TRANSLATOR_CLASSES } from "./auto/classes-translators.ts";
import { UNIGRAM_CLASSES } from "./auto/classes-unigram.ts";
import type { Recipe } from "./auto/recipe.ts";
import { type Given, givenTokens } from "./auto/tokens.ts";
import { fromLines, fromMerges, fromSpm, fromTokenizerJson } from "./auto/vocabulary.ts";
import { tokenizerFromJson } from "./from-json.ts";
import { NATIVE_CLASSES } from "./spm/native.ts";
import { readSpm, type SpmModel } from "./spm/proto.ts";
import { unreadTokenizer } from "./unread.ts";

const MAX_TOKENIZER = 256_000_000;
const MAX_SMALL = 16_000_000;

const RECIPES = new Map<string, Recipe>([
  ...BYTE_CLASSES,
  ...UNIGRAM_CLASSES,
  ...TRANSLATOR_CLASSES,
  ...FALLBACK_CLASSES,
]);
const HOLDS_VOCABULARY = /^(tokenizer\.json|vocab\.txt|vocab\.json|[^/]*\.(model|spm|tiktoken))$/;

/** The tokenizer of a checkpoint, or null where it has none (images, or ids only). */
export async function loadTokenizer(
  source: Source,
  config: Config,
  signal?: AbortSignal,
): Promise<Tokenizer | null> {
  const names = (await source.list(signal)).map(({ path }) => path);
  if (!names.some((name) => HOLDS_VOCABULARY.test(name))) return null;
  const small = async (path: string) => (await readJson(source, path, MAX_SMALL, signal)) ?? {};
  const text = await readText(source, "tokenizer.json", MAX_TOKENIZER, signal);
  const json = text === undefined ? undefined : parseJson(text, `tokenizer.json in ${source.name}`);
  const tokenizerConfig = await small("tokenizer_config.json");
  const known = (name: string) => RECIPES.has(name) || NATIVE_CLASSES.has(name);
  const named = {
    config: withType(config, names),
    tokenizerConfig,
    byteLevel: !!text?.includes('"ByteLevel"'),
    known,
  };
  const files = { source, names, json, signal };
  const name = chooseClass(named);
  const given = givenTokens({
    tokenizerConfig,
    specialTokens: await small("special_tokens_map.json"),
    addedTokens: await small("added_tokens.json"),
    tokenizerJson: json,
  });
  return byClass(name, files, given);
}

/** The same, but one that cannot be read is no error: ids run without it, and `problem` says why texts do not. */
export async function openTokenizer(
  source: Source,
  config: Config,
  signal?: AbortSignal,
): Promise<Tokenizer | null> {
  try {
    return await loadTokenizer(source, config, signal);
  } catch (error) {
    if (error instanceof CheckpointError && error.code !== "unreachable") return unreadTokenizer(error);
    throw error;
  }
}

interface Files {
  readonly source: Source;
  readonly names: readonly string[];
  readonly json: JsonObject | undefined;
  readonly signal: AbortSignal | undefined;
}

async function byClass(name: string, files: Files, given: Given): Promise<Tokenizer> {
  const { json } = files;
  const native = NATIVE_CLASSES.get(name);
  if (native?.files.every((file) => files.names.includes(file))) {
    const models = await Promise.all(native.models.map((file) => spm(file, files)));
    const vocab = (await readJson(files.source, "vocab.json", MAX_SMALL, files.signal))!;
    return native.build(models, vocab, given);
  }
  const recipe = RECIPES.get(name);
  if (!recipe && json) return tokenizerFromJson(completeJson(json, given), given.options);
  if (!recipe) return byBackend(name, files, given);
  const vocabulary = json ? fromTokenizerJson(json, recipe) : await vocabularyOf(name, recipe, files, given);
  return tokenizerFromJson(buildJson(name, recipe, vocabulary, given), given.options);
}

async function byBackend(name: string, files: Files, given: Given): Promise<Tokenizer> {
  if (!files.names.includes("tokenizer.model"))
    throw lacking(name, "tokenizer.json or tokenizer.model", files);
  return tokenizerFromJson(backendJson(await spm("tokenizer.model", files), given), given.options);
}

async function vocabularyOf(name: string, recipe: Recipe, files: Files, given: Given) {
  const { source, names, signal } = files;
  const file = names.includes("tokenizer.model") ? "tokenizer.model" : recipe.file;
  if (!names.includes(file)) throw lacking(name, file, files);
  if (file === "vocab.txt") return fromLines((await readText(source, file, MAX_SMALL, signal))!);
  if (file !== "vocab.json") return fromSpm(await spm(file, files), recipe, ownPieces(recipe, given));
  const merges = await readText(source, "merges.txt", MAX_SMALL, signal);
  if (merges === undefined) throw lacking(name, "merges.txt", files);
  return fromMerges((await readJson(source, file, MAX_SMALL, signal))!, merges);
}

async function spm(path: string, { source, signal }: Files): Promise<SpmModel> {
  const size = (await source.list(signal)).find((file) => file.path === path)?.size ?? 0;
  if (size > MAX_SMALL)
    throw new CheckpointError(
      `${path} in ${source.name} has ${size} bytes; at most ${MAX_SMALL} are accepted.`,
    );
  return readSpm((await readFile(source, path, signal))!, `${path} in ${source.name}`);
}

function lacking(name: string, file: string, { source, names }: Files): CheckpointError {
  const found = names.filter((path) => HOLDS_VOCABULARY.test(path)).join(", ");
  const kind = name === BACKEND ? "its tokenizer, which names no class with a vocabulary of its own," : name;
  return new CheckpointError(
    `${source.name} has ${found}, but ${kind} needs ${file}. Name the class in tokenizer_config.json ("tokenizer_class"), or save a tokenizer.json with AutoTokenizer.from_pretrained(...).save_pretrained(...).`,
  );
}

/** Old configurations name no model type: then the class of the model says which family's tokenizer it is. */
function withType(config: Config, names: readonly string[]): Config {
  if (typeof config.model_type === "string") return config;
  const [first] = Array.isArray(config.architectures) ? config.architectures : [];
  const family = FAMILIES.find(([pattern]) => pattern.test(String(first ?? "")))?.[1];
  const type = family ?? (names.includes("vocab.txt") ? "bert" : undefined);
  return type === undefined || names.includes("tokenizer.json") ? config : { ...config, model_type: type };
}

const FAMILIES: readonly (readonly [RegExp, string])[] = [
  [/^XLMRoberta/, "xlm-roberta"],
  [/^Camembert/, "camembert"],
  [/^(Roberta|Longformer)/, "roberta"],
  [/^Bart/, "bart"],
  [/^(GPT2|OPT)/, "gpt2"],
  [/^(M?T5)/, "t5"],
  [/^Albert/, "albert"],
  [/^Marian/, "marian"],
];
