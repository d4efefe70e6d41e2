// From what the user gave (text, pair, ids, pixels) to checked ids per stream. Ids are checked here because
// the runtime wraps negative ones silently.

import { type EncodedToken, type ImageRecipe, preprocessImage, type Tokenizer } from "../checkpoint/index.ts";
import type { FloatTensor } from "../tensor/index.ts";
import type { StreamName, StreamUnit, Token } from "../trace/index.ts";
import type { FrameEmbedding, ModelDescription, PatchEmbedding, Stack } from "./description.ts";
import { InputError } from "./errors.ts";
import type { RunInput } from "./model.ts";

/** Checked input of one stack. */
export interface Prepared {
  readonly stream: StreamName;
  readonly tokens: readonly Token[];
  readonly ids: readonly number[];
  readonly typeIds: readonly number[];
  readonly pixels?: FloatTensor;
  readonly features?: FloatTensor;
  /** What a token is, and how patches lie, where that is not plain text. */
  readonly unit?: StreamUnit;
  readonly grid?: readonly [rows: number, columns: number];
}

/**
 * Inputs of every stack that is given one; the decoder's is left out where there is no target.
 * `recipe`: how the checkpoint turns a picture into pixels, or why that cannot be followed.
 */
export function prepare(
  description: ModelDescription,
  tokenizer: Tokenizer | null,
  input: RunInput,
  recipe: ImageRecipe | Error | null = null,
): Prepared[] {
  const second = description.stacks[1];
  const prepared = [firstInput(description, tokenizer, input, recipe)];
  if (second && hasTarget(input)) prepared.push(target(description, tokenizer, second, input));
  return prepared;
}

function firstInput(
  description: ModelDescription,
  tokenizer: Tokenizer | null,
  input: RunInput,
  recipe: ImageRecipe | Error | null,
): Prepared {
  const first = description.stacks[0]!;
  const { embedding } = first;
  if (embedding.kind === "patches") return image(first, embedding, pixelsOf(input, recipe));
  if (embedding.kind === "frames") return sound(first, embedding, input);
  return source(description, tokenizer, first, input);
}

/** True if it is said what the decoder reads. */
export function hasTarget({ target, targetIds, continuation }: RunInput): boolean {
  return target !== undefined || targetIds !== undefined || continuation !== undefined;
}

function pixelsOf({ image, pixels }: RunInput, recipe: ImageRecipe | Error | null): FloatTensor | undefined {
  if (!image) return pixels;
  if (recipe instanceof Error) throw recipe;
  if (recipe) return preprocessImage(image, recipe);
  throw new InputError(
    "This checkpoint has no preprocessor_config.json that says how pictures are prepared; give pixel_values instead.",
  );
}

function source(
  description: ModelDescription,
  tokenizer: Tokenizer | null,
  stack: Stack,
  input: RunInput,
): Prepared {
  if (input.image || input.pixels) throw new InputError("This model reads text, not images.");
  if (input.audio || input.features) throw new InputError("This model reads text, not sound.");
  const given = input.ids ? fromIds(tokenizer, input.ids, input.typeIds) : fromText(tokenizer, input);
  const written = description.stacks.length > 1 ? [] : fromIds(tokenizer, input.continuation ?? []);
  return checked(description, stack, [...given, ...written], input);
}

function target(
  description: ModelDescription,
  tokenizer: Tokenizer | null,
  stack: Stack,
  input: RunInput,
): Prepared {
  const written = fromIds(tokenizer, input.continuation ?? []);
  const given = input.targetIds
    ? fromIds(tokenizer, input.targetIds)
    : targetText(description, tokenizer, input);
  return checked(description, stack, [...given, ...written], input);
}

/** The decoder's start token and the words of the target, where there are some. */
function targetText(
  { decoderStart, targetPrompt, eos }: ModelDescription,
  tokenizer: Tokenizer | null,
  { target: text }: RunInput,
): EncodedToken[] {
  if (decoderStart === undefined)
    throw new InputError("This model names no decoder_start_token_id; give the target as ids.");
  const start = fromIds(tokenizer, [decoderStart]);
  if (text === undefined) return start;
  const encode = (addSpecialTokens: boolean) =>
    needTokenizer(tokenizer).encode(text, undefined, { addSpecialTokens, target: true });
  const plain = encode(false);
  if (!targetPrompt) return [...start, ...plain];
  if (plain[0]?.id === decoderStart) return plain;
  const whole = encode(true);
  return whole[0]?.id === decoderStart ? withoutEnd(whole, eos) : [...start, ...plain];
}

function withoutEnd(tokens: EncodedToken[], eos: readonly number[]): EncodedToken[] {
  const last = tokens.at(-1)!;
  return last.special && last.id !== null && eos.includes(last.id) ? tokens.slice(0, -1) : tokens;
}

function fromText(
  tokenizer: Tokenizer | null,
  { text, pair, addSpecialTokens = true }: RunInput,
): EncodedToken[] {
  if (!text) throw new InputError("The text is empty; the model needs at least one token.");
  const tokens = needTokenizer(tokenizer).encode(text, pair || undefined, { addSpecialTokens });
  if (tokens.every((token) => token.special && token.start === null))
    throw new InputError("The text has no tokens; the model needs at least one.");
  return tokens;
}

function needTokenizer(tokenizer: Tokenizer | null): Tokenizer {
  if (tokenizer) return tokenizer;
  throw new InputError("This checkpoint has no tokenizer; give the input as ids.");
}

/** Tokens for ids; without a tokenizer they are shown as numbers. */
export function fromIds(
  tokenizer: Tokenizer | null,
  ids: readonly number[],
  typeIds?: readonly number[],
): EncodedToken[] {
  if (typeIds && typeIds.length !== ids.length) {
    throw new InputError(
      `There are ${typeIds.length} type ids for ${ids.length} ids; expected one for each.`,
    );
  }
  const valid = ids.every((id) => Number.isInteger(id) && id >= 0);
  const named = tokenizer && valid ? tokenizer.describe(ids) : ids.map(unnamed);
  return named.map((token, i) => {
    const typeId = typeIds?.[i] ?? typeIdOf(token);
    return { ...token, typeId, segment: typeId };
  });
}

function unnamed(id: number): EncodedToken {
  return {
    id,
    raw: String(id),
    text: String(id),
    start: null,
    end: null,
    special: false,
    segment: 0,
    typeId: 0,
  };
}

function checked(
  description: ModelDescription,
  stack: Stack,
  all: readonly EncodedToken[],
  input: RunInput,
): Prepared {
  if (all.length === 0) throw new InputError("There are no ids; the model needs at least one token.");
  checkIds(all, description.vocab);
  const tokens = fitted(all, description.maxTokens, input.cut);
  return {
    stream: stack.stream,
    tokens: tokens.map(({ typeId: _, ...token }) => token),
    ids: tokens.map((token) => token.id),
    typeIds: typeIdsOf(stack, tokens),
  };
}

function checkIds(tokens: readonly EncodedToken[], vocab: number): void {
  const at = tokens.findIndex(({ id }) => !Number.isInteger(id) || id < 0 || id >= vocab);
  if (at < 0) return;
  throw new InputError(
    `Id ${tokens[at]!.id} at position ${at} is outside the vocabulary, 0 to ${vocab - 1}.`,
  );
}

/** All tokens, or as many as fit: special tokens stay, others go from the end that is not kept. */
function fitted(
  tokens: readonly EncodedToken[],
  limit: number | null,
  cut: RunInput["cut"],
): readonly EncodedToken[] {
  const excess = limit === null ? 0 : tokens.length - limit;
  if (excess <= 0) return tokens;
  if (!cut) {
    throw new InputError(
      `The text has ${tokens.length} tokens; this model takes at most ${limit}. Shorten it, or ask for the first or last ${limit}.`,
      { code: "too-long", data: { tokens: tokens.length, limit: limit! } },
    );
  }
  const removable = tokens.flatMap((token, i) => (token.special ? [] : [i]));
  const gone = new Set(cut === "first" ? removable.slice(-excess) : removable.slice(0, excess));
  return tokens.filter((_, i) => !gone.has(i)).slice(0, limit!);
}

/** Type ids to feed; ids out of range are refused, because the runtime would not notice all of them. */
function typeIdsOf(stack: Stack, tokens: readonly EncodedToken[]): number[] {
  const types = stack.embedding.kind === "tokens" ? stack.embedding.types : null;
  if (!types) return [];
  const ids = tokens.map(typeIdOf);
  const bad = ids.find((id) => !Number.isInteger(id) || id < 0 || id >= types.rows);
  if (bad === undefined) return ids;
  throw new InputError(`Type id ${bad} is outside this model's segments, 0 to ${types.rows - 1}.`);
}

function typeIdOf({ typeId, segment }: EncodedToken): number {
  return typeId ?? segment;
}

function image(stack: Stack, e: PatchEmbedding, pixels: FloatTensor | undefined): Prepared {
  const expected = [e.channels, ...e.image];
  if (!pixels)
    throw new InputError(`This model takes an image, or pixels of shape [${expected.join(", ")}].`);
  if (!fits(e, pixels.shape)) {
    const sizes = e.stretched ? `, or sides that are multiples of ${e.patch.join(" and ")}` : "";
    throw new InputError(
      `The pixels have the shape [${pixels.shape.join(", ")}]; this model takes [${expected.join(", ")}]${sizes}.`,
    );
  }
  const [, height, width] = pixels.shape as [number, number, number];
  const grid = [Math.floor(height / e.patch[0]), Math.floor(width / e.patch[1])] as const;
  if (grid[0] * grid[1] > MOST_PATCHES)
    throw new InputError(
      `The pixels make ${grid[0]} by ${grid[1]} patches; at most ${MOST_PATCHES} are read. Give a smaller picture.`,
    );
  const tokens = patchTokens(e, grid);
  return { stream: stack.stream, tokens, ids: [], typeIds: [], pixels, unit: "patch", grid };
}

/** A model that takes pictures of any size takes its memory by the square of their patches. */
const MOST_PATCHES = 2 ** 16;

function sound({ stream }: Stack, e: FrameEmbedding, { features }: RunInput): Prepared {
  const expected = [e.bins, e.frames].join(", ");
  if (!features)
    throw new InputError(`This model takes sound, or a spectrogram (input_features) of shape [${expected}].`);
  const found = features.shape.join(", ");
  if (found !== expected)
    throw new InputError(`The spectrogram has the shape [${found}]; this model takes [${expected}].`);
  const tokens = Array.from({ length: e.positions.rows }, (_, i) => named(String(i), false));
  return { stream, tokens, ids: [], typeIds: [], features, unit: "frame" };
}

function fits(e: PatchEmbedding, shape: readonly number[]): boolean {
  if (!e.stretched) return shape.join() === [e.channels, ...e.image].join();
  const [channels, ...sides] = shape;
  return (
    channels === e.channels && sides.length === 2 && sides.every((s, i) => s > 0 && s % e.patch[i]! === 0)
  );
}

/** The tokens before the patches, then patches row by row, named by row and column. */
function patchTokens(e: PatchEmbedding, [rows, columns]: readonly [number, number]): Token[] {
  const patches = Array.from({ length: rows * columns }, (_, i) =>
    named(`${Math.floor(i / columns)},${i % columns}`, false),
  );
  return [...e.before.map(({ name }) => named(name, true)), ...patches];
}

/** A token that is no piece of text. */
function named(raw: string, special: boolean): Token {
  return { id: null, raw, text: raw, start: null, end: null, special, segment: 0 };
}
