// Patterns of tokenizer.json: a literal string, or an Oniguruma regular expression that the library rewrites.

import { SplitPreTokenizer } from "@huggingface/tokenizers";
import { isObject } from "../json.ts";
import { readable } from "./oniguruma.ts";
import { damaged } from "./options.ts";

const MAX_PATTERN = 20_000;

/** The pattern as a JavaScript expression with the flags g and u. An empty one matches before every character. */
export function readPattern(value: unknown): RegExp {
  const source = isObject(value) ? (value.String ?? value.Regex) : undefined;
  if (typeof source !== "string") throw damaged("pattern", "has neither String nor Regex");
  if (source.length > MAX_PATTERN) throw damaged("pattern", `is longer than ${MAX_PATTERN} characters`);
  if (isObject(value) && typeof value.String === "string") return literal(source);
  try {
    return regex(source);
  } catch (error) {
    throw damaged("pattern", `cannot be read (${(error as Error).message.slice(0, 200)})`);
  }
}

function regex(source: string): RegExp {
  const config = { type: "Split", pattern: { Regex: readable(source) }, behavior: "Isolated", invert: false };
  return new SplitPreTokenizer(config as ConstructorParameters<typeof SplitPreTokenizer>[0]).pattern!;
}

/** A pattern that matches exactly this string. */
export function literal(source: string): RegExp {
  return new RegExp(source.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"), "gu");
}
