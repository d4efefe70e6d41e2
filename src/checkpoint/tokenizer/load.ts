// Finds a checkpoint's tokenizer: tokenizer.json, or older vocabulary files from which the same object is made.

import { type JsonObject, readJson, readText } from "../json.ts";
import { CheckpointError, type Source } from "../source.ts";
import type { Tokenizer } from "../tokenizer.ts";
import type { Config } from "../weights.ts";
import { tokenizerFromJson } from "./from-json.ts";
import { type Beside, byteLevelJson, wordPieceJson } from "./from-vocab.ts";
import { unreadTokenizer } from "./unread.ts";

const MAX_TOKENIZER = 256_000_000;
const MAX_SMALL = 16_000_000;

/** The tokenizer of a checkpoint, or null where it has none (images, or ids only). */
export async function loadTokenizer(
  source: Source,
  config: Config,
  signal?: AbortSignal,
): Promise<Tokenizer | null> {
  const small = async (path: string) => (await readJson(source, path, MAX_SMALL, signal)) ?? {};
  const tokenizerConfig = await small("tokenizer_config.json");
  const json = await readJson(source, "tokenizer.json", MAX_TOKENIZER, signal);
  if (json) return tokenizerFromJson(json, tokenizerConfig);
  const beside = { config, tokenizerConfig, specialTokens: await small("special_tokens_map.json") };
  const made = await fromVocabulary(source, beside, signal);
  if (made) return tokenizerFromJson(made, tokenizerConfig);
  await refuseOthers(source, signal);
  return null;
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

async function fromVocabulary(
  source: Source,
  beside: Beside,
  signal?: AbortSignal,
): Promise<JsonObject | undefined> {
  const words = await readText(source, "vocab.txt", MAX_SMALL, signal);
  if (words !== undefined) return wordPieceJson(words, beside);
  const vocab = await readJson(source, "vocab.json", MAX_SMALL, signal);
  const merges = await readText(source, "merges.txt", MAX_SMALL, signal);
  return vocab && merges !== undefined ? byteLevelJson(vocab, merges, beside) : undefined;
}

/** SentencePiece and tiktoken files hold what tokenizer.json holds, in formats that headscope does not read. */
async function refuseOthers(source: Source, signal?: AbortSignal): Promise<void> {
  const files = await source.list(signal);
  const found = files.find(({ path }) => /^[^/]*\.(model|spm|tiktoken)$/.test(path));
  if (!found) return;
  throw new CheckpointError(
    `${source.name} has the tokenizer ${found.path}, which headscope does not read, and no tokenizer.json. Make one (needs transformers and sentencepiece): python -c "from transformers import AutoTokenizer; AutoTokenizer.from_pretrained('.').save_pretrained('.')"`,
  );
}
