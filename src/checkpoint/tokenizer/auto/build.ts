// The contents of tokenizer.json as a tokenizer class of Transformers would build them: the vocabulary from the files,
// everything else from the class, special and added tokens from the files beside it.

import { isObject, type JsonObject } from "../../json.ts";
import { CheckpointError } from "../../source.ts";
import { placeAdded } from "../added.ts";
import { markedWords } from "./parts.ts";
import type { Context, Part, Recipe, Scored, Template } from "./recipe.ts";
import { type Given, plain, ROLES, type Spec } from "./tokens.ts";

/** A vocabulary, wherever it comes from. */
export interface Vocabulary {
  /** Ids by token, or pieces with scores in the order of ids. */
  readonly vocab: JsonObject | readonly Scored[];
  readonly merges?: unknown;
  /** SentencePiece's character map in base64. */
  readonly charsmap?: string | undefined;
  /** Control and user-defined pieces of a .model file. */
  readonly listed?: readonly Spec[];
  /** Id of the unknown piece in a .model file. */
  readonly unknownId?: number;
  /** tokenizer.json's template. */
  readonly template?: unknown;
  /** Whether tokenizer.json's own marks have the places of spaces: then they keep them. */
  readonly marksAreSpaces?: boolean;
  /** Whether the vocabulary is tokenizer.json's: then add_bos_token and add_eos_token do not count. */
  readonly fromJson: boolean;
}

/** tokenizer.json as the class `name` builds it. */
export function buildJson(name: string, recipe: Recipe, vocabulary: Vocabulary, given: Given): JsonObject {
  const roles = rolesOf(recipe.roles, given);
  const context = contextOf(vocabulary, given, roles);
  const parts = recipe.parts(context);
  const model = modelOf(name, recipe, vocabulary, parts.model);
  const tokens = tokensToAdd(given, roles, given.extra ?? extraOf(recipe, context, vocabulary), []);
  const again = recipe.again ? specials(roles, given.extra ?? []).map(plain) : [];
  const added = placed([...tokens, ...again], model);
  const template = templateOf(recipe, context, vocabulary, given, roles);
  return {
    ...parts,
    pre_tokenizer: spacesKept(parts.pre_tokenizer, vocabulary),
    model,
    added_tokens: added,
    post_processor: isTemplate(template) ? withIds(template, added, model) : template,
  };
}

/** The class's words at white space cut as in tokenizer.json's, as far as places go. */
function spacesKept(cut: JsonObject, { marksAreSpaces }: Vocabulary): JsonObject {
  const same = JSON.stringify(cut) === JSON.stringify(markedWords("always"));
  return marksAreSpaces && same ? { type: "SpacedWords" } : cut;
}

/** Parts of tokenizer.json with added tokens; a template of start and end tokens where they are asked for. */
export function buildTokens(
  parts: JsonObject,
  own: Readonly<Record<string, Spec>>,
  given: Given,
  listed: readonly Spec[],
): JsonObject {
  const roles = rolesOf(own, given);
  const model = parts.model as JsonObject;
  const added = placed(tokensToAdd(given, roles, given.extra ?? listed, []), model);
  const wants = (key: string, role: string) =>
    flagOf(given.options[key], key, false) ? roles.get(role)?.content : undefined;
  const template = endsTemplate(wants("add_bos_token", "bos_token"), wants("add_eos_token", "eos_token"));
  return { ...parts, added_tokens: added, post_processor: withIds(template, added, model) };
}

/** A class's own vocabulary of a .model file's pieces. */
export function ownPieces({ roles, fromPieces }: Recipe, given: Given) {
  return (pieces: readonly Scored[]): readonly Scored[] =>
    fromPieces?.(pieces, contextOf({ vocab: pieces, fromJson: false }, given, rolesOf(roles, given))) ??
    pieces;
}

/** tokenizer.json as it is, with the tokens that the files beside it add. */
export function completeJson(json: JsonObject, given: Given): JsonObject {
  const own = Array.isArray(json.added_tokens) ? json.added_tokens.filter(isObject) : [];
  const tokens = tokensToAdd(
    given,
    rolesOf({}, given),
    given.extra ?? [],
    own.map(({ content }) => String(content)),
  );
  if (tokens.length === 0) return json;
  return {
    ...json,
    added_tokens: [...(Array.isArray(json.added_tokens) ? json.added_tokens : []), ...numbered(tokens)],
  };
}

/** Tokens without ids get them when the file is read; until then a number stands there. */
export function numbered(tokens: readonly Spec[]): JsonObject[] {
  return tokens.map(({ normalized, ...token }) => ({
    id: 0,
    ...token,
    normalized: normalized ?? !token.special,
  }));
}

/** The class's tokens by role, with the files' over them; a text in a file takes the class's flags. */
function rolesOf(own: Readonly<Record<string, Spec>>, { roles }: Given): Map<string, Spec> {
  const all = new Map<string, Spec>(Object.entries(own));
  for (const [role, spec] of roles) {
    const usual = own[role];
    if (!spec) all.delete(role);
    else all.set(role, usual && isText(spec) ? { ...usual, content: spec.content } : spec);
  }
  const known = ROLES.flatMap((role): [string, Spec][] => (all.has(role) ? [[role, all.get(role)!]] : []));
  return new Map([...known, ...[...all].filter(([role]) => !ROLES.includes(role))]);
}

function isText({ normalized, lstrip, rstrip, single_word }: Spec): boolean {
  return [normalized, lstrip, rstrip, single_word].every((flag) => flag === undefined);
}

function contextOf(
  { vocab, charsmap, unknownId, template }: Vocabulary,
  { options }: Given,
  roles: ReadonlyMap<string, Spec>,
): Context {
  return {
    options,
    charsmap,
    flag: (key, otherwise) => flagOf(options[key], key, otherwise),
    token: (role) => roles.get(role)?.content ?? "",
    pieces: Array.isArray(vocab) ? (vocab as readonly Scored[]) : [],
    unknownId,
    framed: isObject(template),
  };
}

function flagOf(value: unknown, key: string, otherwise: boolean): boolean {
  if (value === undefined || value === null) return otherwise;
  if (typeof value === "boolean") return value;
  throw new CheckpointError(
    `tokenizer_config.json: ${key} is ${JSON.stringify(value)?.slice(0, 50)}; expected true or false.`,
  );
}

function extraOf({ extra }: Recipe, context: Context, { listed }: Vocabulary): readonly Spec[] {
  return extra ? extra(context, listed) : (listed ?? []);
}

/** What is added, in order: the tokens with ids, those with a role, the others. */
function tokensToAdd(
  { decoder }: Given,
  roles: ReadonlyMap<string, Spec>,
  extra: readonly Spec[],
  own: readonly string[],
): Spec[] {
  const named = new Set([...roles.values()].map(({ content }) => content));
  const tokens = [...decoder].sort(([a], [b]) => a - b).map(([, spec]) => spec);
  const known = new Set([...own, ...tokens.map(({ content }) => content)]);
  for (const spec of [...roles.values(), ...extra]) {
    if (known.has(spec.content)) continue;
    known.add(spec.content);
    tokens.push(spec);
  }
  return tokens.map((spec) => (named.has(spec.content) ? { ...spec, special: true } : spec));
}

function specials(roles: ReadonlyMap<string, Spec>, extra: readonly Spec[]): string[] {
  return [...new Set([...roles.values(), ...extra].map(({ content }) => content))];
}

function modelOf(
  name: string,
  { type }: Recipe,
  { vocab, merges }: Vocabulary,
  options: JsonObject,
): JsonObject {
  if (Array.isArray(vocab) !== (type === "Unigram")) {
    throw new CheckpointError(
      `${name} needs a vocabulary of the model ${type}, which the checkpoint does not have. Is tokenizer_class right?`,
    );
  }
  return { type, vocab, ...(type === "BPE" && { merges: merges ?? [] }), ...options };
}

/** Tokens with the ids that they will have. */
function placed(tokens: readonly Spec[], { vocab }: JsonObject) {
  const own = vocabularyIds(vocab);
  const entries = numbered(tokens).map((token) => ({
    id: 0,
    content: String(token.content),
    special: token.special === true,
    normalized: token.normalized === true,
    singleWord: token.single_word === true,
    lstrip: token.lstrip === true,
    rstrip: token.rstrip === true,
  }));
  return placeAdded(entries, own.idOf, own.size).map(({ singleWord, ...token }) => ({
    ...token,
    single_word: singleWord,
  }));
}

function vocabularyIds(vocab: unknown) {
  if (Array.isArray(vocab)) {
    const ids = new Map((vocab as readonly Scored[]).map(([piece], id) => [piece, id]));
    return { idOf: (content: string) => ids.get(content), size: vocab.length };
  }
  const ids = vocab as Readonly<Record<string, number>>;
  const idOf = (content: string) => (Object.hasOwn(ids, content) ? ids[content] : undefined);
  return { idOf, size: Object.keys(ids).length };
}

/** The class's template, or the file's, or start and end tokens where they are asked for. */
function templateOf(
  recipe: Recipe,
  context: Context,
  { template, fromJson }: Vocabulary,
  { options }: Given,
  roles: ReadonlyMap<string, Spec>,
): Template | JsonObject {
  const own = recipe.frame?.(context);
  if (own && own !== "ends") return own;
  const usual = isObject(template) ? template : recipe.usual?.(context);
  const counts = !fromJson && ("add_bos_token" in options || "add_eos_token" in options);
  if (usual && !counts && !recipe.starts && own !== "ends") return usual;
  const wants = (key: string, otherwise: boolean) =>
    fromJson ? otherwise : flagOf(options[key], key, otherwise);
  return endsTemplate(
    wants("add_bos_token", recipe.starts ?? false) ? roles.get("bos_token")?.content : undefined,
    wants("add_eos_token", false) ? roles.get("eos_token")?.content : undefined,
  );
}

function endsTemplate(start: string | undefined, end: string | undefined): Template {
  const around = (sentence: "A" | "B", type: number): Part[] => [
    ...(start === undefined ? [] : [{ token: start, type }]),
    { sentence, type },
    ...(end === undefined ? [] : [{ token: end, type }]),
  ];
  return { single: around("A", 0), pair: [...around("A", 0), ...around("B", 1)] };
}

function isTemplate(value: Template | JsonObject): value is Template {
  return "roberta" in value || "bytes" in value || !("type" in value);
}

/** The template as tokenizer.json writes it. */
function withIds(
  template: Template,
  added: readonly JsonObject[],
  { vocab, unk_token, unk_id }: JsonObject,
): JsonObject {
  const own = vocabularyIds(vocab);
  const ids = new Map(added.map(({ content, id }) => [content as string, id as number]));
  const unknown = typeof unk_id === "number" ? unk_id : own.idOf(String(unk_token));
  const idOf = (text: string): number => {
    const id = ids.get(text) ?? own.idOf(text) ?? unknown;
    if (id !== undefined) return id;
    throw new CheckpointError(
      `The vocabulary has no token ${JSON.stringify(text.slice(0, 50))}, which the tokenizer's class puts around a text. Name it in tokenizer_config.json, or save a tokenizer.json.`,
    );
  };
  if ("bytes" in template) return { type: "ByteLevel", add_prefix_space: true, trim_offsets: false };
  if ("roberta" in template) {
    const [sep, cls] = template.roberta.map((text) => [text, idOf(text)]);
    const { trim, space } = template;
    return { type: "RobertaProcessing", sep, cls, trim_offsets: trim, add_prefix_space: space };
  }
  const texts = [...template.single, ...template.pair].flatMap((part) =>
    "token" in part ? [part.token] : [],
  );
  const special = Object.fromEntries(
    [...new Set(texts)].map((text) => [text, { id: text, ids: [idOf(text)], tokens: [text] }]),
  );
  const [single, pair] = [template.single.map(pieceOf), template.pair.map(pieceOf)];
  return { type: "TemplateProcessing", single, pair, special_tokens: special };
}

function pieceOf(part: Part): JsonObject {
  return "token" in part
    ? { SpecialToken: { id: part.token, type_id: part.type } }
    : { Sequence: { id: part.sentence, type_id: part.type } };
}
