// tokenizer.json for a SentencePiece file whose tokenizer class has no rules of its own: as Transformers'
// TokenizersBackend builds it, after the file's own settings.

import type { JsonObject } from "../../json.ts";
import { charsmap, metaspace, replace, sequence } from "../auto/parts.ts";
import { base64 } from "./base64.ts";
import { idsOf, mergesByScore } from "./merges.ts";
import { KIND, PIECE, type SpmModel } from "./proto.ts";

/** The parts of tokenizer.json. `names`: what pieces are called, by id; `legacy`: every chunk gets a mark before it. */
export function genericParts(model: SpmModel, names: readonly string[], legacy: boolean): JsonObject {
  const own = model.pieces.flatMap(({ type }, id) => (type === PIECE.userDefined ? [names[id]!] : []));
  return {
    model: model.kind === KIND.unigram ? unigram(model, names) : bpe(model, names, own.length > 0),
    normalizer: normalizer(model, legacy),
    pre_tokenizer: preTokenizer(model, own, legacy),
    decoder: decoder(model),
  };
}

function unigram({ pieces, unknown, byteFallback }: SpmModel, names: readonly string[]): JsonObject {
  const vocab = pieces.map(({ score }, id) => [names[id]!, score]);
  return { type: "Unigram", vocab, unk_id: unknown.id, byte_fallback: byteFallback };
}

function bpe(model: SpmModel, names: readonly string[], whole: boolean): JsonObject {
  return {
    type: "BPE",
    vocab: idsOf(names),
    merges: mergesByScore(model, names),
    unk_token: model.unknown.piece,
    fuse_unk: true,
    byte_fallback: model.byteFallback,
    ignore_merges: whole,
  };
}

function normalizer(model: SpmModel, legacy: boolean): JsonObject {
  const { removeSpaces, escapeSpaces, dummyPrefix } = model;
  const ends = [replace({ Regex: "\\A +| +\\z" }, ""), replace({ Regex: " {2,}" }, " ")];
  return sequence("normalizers", [
    ...charsmap({ charsmap: model.charsmap && base64(model.charsmap) }),
    ...(removeSpaces ? ends : []),
    ...(escapeSpaces ? [replace({ String: " " }, "\u2581")] : []),
    ...(dummyPrefix && legacy ? [replace({ Regex: "\\A\u2581" }, "\u2581\u2581")] : []),
  ]);
}

function preTokenizer({ dummyPrefix }: SpmModel, own: readonly string[], legacy: boolean): JsonObject | null {
  const marks = dummyPrefix ? [metaspace(legacy ? "always" : "first", false)] : [];
  const longestFirst = [...own].sort((a, b) => [...b].length - [...a].length).map(escapedPattern);
  const whole = {
    type: "Split",
    pattern: { Regex: longestFirst.join("|") },
    behavior: "Isolated",
    invert: false,
  };
  const parts = own.length > 0 ? [...marks, whole] : marks;
  return parts.length > 0 ? sequence("pretokenizers", parts) : null;
}

function escapedPattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/&~#\- ]/g, "\\$&");
}

function decoder({ byteFallback, dummyPrefix }: SpmModel): JsonObject {
  const strip = [{ type: "Fuse" }, { type: "Strip", content: " ", start: 1, stop: 0 }];
  const fuse = byteFallback ? [{ type: "Fuse" }] : [];
  return sequence("decoders", [
    { type: "Replace", pattern: { String: "\u2581" }, content: " " },
    ...(byteFallback ? [{ type: "ByteFallback" }] : []),
    ...(dummyPrefix ? strip : fuse),
  ]);
}
