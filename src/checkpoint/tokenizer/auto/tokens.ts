// Special and added tokens as from_pretrained reads them from the files beside a vocabulary, before they have ids.

import { isObject, type JsonObject } from "../../json.ts";
import { isCount } from "../options.ts";

/** A token that is to be added. `normalized` left out: as special tokens are not, others are. */
export interface Spec {
  readonly content: string;
  readonly special: boolean;
  readonly normalized?: boolean;
  readonly lstrip?: boolean;
  readonly rstrip?: boolean;
  readonly single_word?: boolean;
}

/** Roles that every tokenizer class knows, in the order in which their tokens are added. */
export const ROLES = ["bos", "eos", "unk", "sep", "pad", "cls", "mask"].map((role) => `${role}_token`);

/** The text of a token that stands alone; it becomes special where it has a role. */
export function plain(content: string): Spec {
  return { content, special: true };
}

/** A token that takes the space before it; special once it has a role. */
export function leftStripped(content: string): Spec {
  return { content, special: true, lstrip: true };
}

/** What the files say. */
export interface Given {
  /** tokenizer_config.json, with special_tokens_map.json over it where that counts. */
  readonly options: JsonObject;
  /** Tokens by role; null where a file takes a role's token away. */
  readonly roles: ReadonlyMap<string, Spec | null>;
  /** Tokens without a role, if a file lists some. */
  readonly extra: readonly Spec[] | undefined;
  /** Tokens with the ids that the files name, which only decide their order. */
  readonly decoder: ReadonlyMap<number, Spec>;
}

/** The files that stand beside a vocabulary. */
export interface Beside {
  readonly tokenizerConfig: JsonObject;
  readonly specialTokens: JsonObject;
  readonly addedTokens: JsonObject;
  readonly tokenizerJson: JsonObject | undefined;
}

/** Reads them: added_tokens_decoder counts alone where there is one, else the older files and tokenizer.json. */
export function givenTokens({ tokenizerConfig, specialTokens, addedTokens, tokenizerJson }: Beside): Given {
  const listed = tokenizerConfig.added_tokens_decoder;
  const options = isObject(listed) ? tokenizerConfig : { ...tokenizerConfig, ...specialTokens };
  const extra = extraOf(options);
  const decoder = new Map<number, Spec>();
  if (isObject(listed)) addAll(decoder, Object.entries(listed));
  else {
    const special = new Set([...rolesOf(options).values(), ...(extra ?? [])].map((spec) => spec?.content));
    for (const [content, id] of Object.entries(addedTokens)) {
      if (isCount(id))
        decoder.set(id, { content, special: special.has(content), normalized: !special.has(content) });
    }
    addAll(decoder, tokensOf(tokenizerJson));
  }
  const known = new Map([...decoder.values()].map((spec) => [spec.content, spec]));
  const roles = [...rolesOf(options)].map(([role, spec]): [string, Spec | null] => [
    role,
    (spec && known.get(spec.content)) ?? spec,
  ]);
  return { options, roles: new Map(roles), extra, decoder };
}

function addAll(decoder: Map<number, Spec>, entries: readonly (readonly [string, unknown])[]): void {
  for (const [id, value] of entries) {
    const spec = specOf(value, false);
    if (spec && isCount(Number(id))) decoder.set(Number(id), spec);
  }
}

function tokensOf(json: JsonObject | undefined): [string, unknown][] {
  const tokens = Array.isArray(json?.added_tokens) ? json.added_tokens.filter(isObject) : [];
  return tokens.map((token) => [String(token.id), token]);
}

/** Tokens by role: the known roles first, then others that a file names (image_token, extra_special_tokens by name). */
function rolesOf(options: JsonObject): Map<string, Spec | null> {
  const named = isObject(options.extra_special_tokens) ? options.extra_special_tokens : {};
  const own = Object.keys(options).filter((key) => key.endsWith("_token") && !/^(add|use)_/.test(key));
  const keys = [...ROLES.filter((role) => role in options), ...own.filter((key) => !ROLES.includes(key))];
  const roles = new Map<string, Spec | null>();
  for (const key of keys) {
    const spec = specOf(options[key], true);
    if (spec || options[key] === null) roles.set(key, spec ?? null);
  }
  for (const [key, value] of Object.entries(named)) {
    const spec = specOf(value, true);
    if (spec) roles.set(key, spec);
  }
  return roles;
}

function extraOf(options: JsonObject): Spec[] | undefined {
  const { extra_special_tokens: extra, additional_special_tokens: older } = options;
  const list = Array.isArray(extra) && extra.length > 0 ? extra : older;
  return Array.isArray(list) ? list.flatMap((value) => specOf(value, true) ?? []) : undefined;
}

/** A token from a text or an object; texts are `special` or not, objects say it or are. */
function specOf(value: unknown, special: boolean): Spec | undefined {
  if (typeof value === "string") return { content: value, special };
  if (!isObject(value) || typeof value.content !== "string") return undefined;
  const flag = (key: string) => (typeof value[key] === "boolean" ? { [key]: value[key] } : {});
  return {
    content: value.content,
    special: typeof value.special === "boolean" ? value.special : special,
    ...flag("normalized"),
    ...flag("lstrip"),
    ...flag("rstrip"),
    ...flag("single_word"),
  };
}
