// What BertViz and the Tensor2Tensor tool before it hand to their pages: views with attention and the words on both sides.

import type { Found, FoundArray, FoundWords } from "./found.ts";
import { arrayOf } from "./lists.ts";
import type { Json } from "./nested.ts";
import { type Fields, isObject, isWords, sameWords, wordList, wordsOf } from "./words-in-json.ts";

/** What such an object holds; null for any other. */
export function bertviz(fields: Fields): Found | null {
  const { attention } = fields;
  const translation = tensor2tensor(fields);
  if (translation.length > 0) return { ...bertvizViews(translation, fields), maker: "Tensor2Tensor" };
  const { all } = isObject(attention) ? attention : fields;
  if (isObject(all)) {
    const attn = all.attn ?? all.att;
    if (Array.isArray(attn)) return bertvizViews([{ ...all, attn, name: "all" }], fields);
  }
  if (Array.isArray(attention) && attention.some((view) => isObject(view) && Array.isArray(view.attn)))
    return bertvizViews(attention.filter(isObject), fields);
  const attn = fields.att ?? fields.attn;
  if (!Array.isArray(attn) || !Array.isArray(fields.left_text)) return null;
  const { left_text: left, right_text: right = left } = fields;
  const name = typeof fields.name === "string" ? fields.name : isOther(left, right) ? "cross" : "all";
  return bertvizViews([{ ...fields, attn, right_text: right, name }], fields);
}

/** Tensor2Tensor's attentions of inputs and outputs. Its rows are the words that attend, in the cross attention the outputs. */
function tensor2tensor(fields: Fields): Fields[] {
  const sides = [
    ["inp_inp", "Encoder", "top_text", "bot_text"],
    ["out_out", "Decoder", "top_text", "bot_text"],
    ["inp_out", "Cross", "bot_text", "top_text"],
  ] as const;
  return sides.flatMap(([key, name, rows, columns]) => {
    const view = fields[key];
    if (!isObject(view) || !Array.isArray(view.att)) return [];
    const [left_text = [], right_text = []] = [view[rows], view[columns]];
    return [{ name, attn: view.att, left_text, right_text }];
  });
}

/** True if rows and columns have words of their own, as in cross attention. */
function isOther(left: Json, right: Json): boolean {
  return isWords(left) && isWords(right) && !sameWords(wordList(left), wordList(right));
}

/** Views "all" (or one without a name), "Encoder", "Decoder", "Cross"; slices of sentences are read over. */
function bertvizViews(views: readonly Fields[], fields: Fields): Found {
  const whole = views.filter(({ name }) => !/^(aa|bb|ab|ba|Sentence)/.test(String(name ?? "")));
  const arrays: FoundArray[] = [];
  const words: FoundWords[] = [];
  for (const view of whole) {
    const name = String(view.name ?? "all").toLowerCase();
    for (const part of ["attn", "queries", "keys"] as const) {
      if (Array.isArray(view[part]))
        arrays.push(...arrayOf(part === "attn" ? `${name} attention` : `${name} ${part}`, view[part]));
    }
    words.push(...wordsOf(name === "cross" ? "decoder" : name, view.left_text));
    words.push(...wordsOf(name === "cross" ? "encoder" : `${name} right`, view.right_text));
  }
  const first = words[0]?.words ?? [];
  return {
    maker: "BertViz",
    arrays,
    words: words.filter(
      ({ name, words: list }, i) => !name.endsWith(" right") || !sameWords(list, words[i - 1]?.words),
    ),
    sentenceBStart: secondStart(fields, first),
    model: "",
    notes: [],
  };
}

/** BertViz keeps where sentence B begins only in its slices: the length of A's. */
function secondStart(fields: Fields, tokens: readonly string[]): number | null {
  const { attention = fields } = fields;
  const views = isObject(attention) ? [attention.aa] : Array.isArray(attention) ? attention : [];
  const own = views.find(
    (view) => isObject(view) && (view.name === undefined || view.name === "Sentence A -> Sentence A"),
  );
  const count = isObject(own) && Array.isArray(own.left_text) ? own.left_text.length : 0;
  return count > 0 && count < tokens.length ? count : null;
}
