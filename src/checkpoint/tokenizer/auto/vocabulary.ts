// Vocabularies from the files that hold them: tokenizer.json, vocab.txt, vocab.json with merges.txt, .model files.

import { isObject, type JsonObject } from "../../json.ts";
import { CheckpointError } from "../../source.ts";
import { isCount, unknown } from "../options.ts";
import { base64 } from "../spm/base64.ts";
import { idsOf, mergesByPlace } from "../spm/merges.ts";
import { PIECE, type SpmModel } from "../spm/proto.ts";
import type { Vocabulary } from "./build.ts";
import type { Recipe, Scored } from "./recipe.ts";
import type { Spec } from "./tokens.ts";

/** What a class takes from tokenizer.json: vocabulary, merges, template and character map. */
export function fromTokenizerJson(json: JsonObject, { type }: Recipe): Vocabulary {
  const model = isObject(json.model) ? json.model : {};
  const { vocab } = model;
  checkKind(model);
  return {
    vocab: type !== "Unigram" && Array.isArray(vocab) ? idsOf(vocab.map(nameOf)) : (vocab as JsonObject),
    merges: model.merges,
    charsmap: charsmapOf(json.normalizer),
    template: json.post_processor,
    marksAreSpaces: marksAreSpaces(json.pre_tokenizer),
    fromJson: true,
  };
}

const KINDS = ["BPE", "WordPiece", "WordLevel", "Unigram"];

function checkKind({ type }: JsonObject): void {
  if (type !== undefined && !KINDS.includes(String(type))) throw unknown("model", String(type));
}

/** Whether tokenizer.json's own marks stand for spaces: Metaspace without WhitespaceSplit. */
function marksAreSpaces(cut: unknown): boolean {
  return isObject(cut) && cut.type === "Metaspace" && cut.prepend_scheme !== "never";
}

function nameOf(piece: unknown): string {
  return String(Array.isArray(piece) ? piece[0] : piece);
}

function charsmapOf(normalizer: unknown): string | undefined {
  if (!isObject(normalizer)) return undefined;
  const parts = normalizer.type === "Sequence" ? normalizer.normalizers : [normalizer];
  const found = Array.isArray(parts)
    ? parts.find((part) => isObject(part) && part.type === "Precompiled")
    : undefined;
  return typeof found?.precompiled_charsmap === "string" ? found.precompiled_charsmap : undefined;
}

/** vocab.txt: one token a line, in the order of ids. */
export function fromLines(text: string): Vocabulary {
  const lines = text.replace(/\n$/, "").split("\n");
  return { vocab: idsOf(lines.map((line) => line.trimEnd())), fromJson: false };
}

/** vocab.json and merges.txt: pairs, one a line, after a "#version" line. */
export function fromMerges(vocab: JsonObject, mergesText: string): Vocabulary {
  if (!Object.values(vocab).every(isCount))
    throw new CheckpointError("vocab.json does not map tokens to ids.");
  const lines = mergesText.split("\n").map((line) => line.replace(/\r$/, ""));
  const merges = lines.filter((line) => line !== "" && !line.startsWith("#version"));
  return { vocab, merges, fromJson: false };
}

/** A .model file; `change` makes the class's own vocabulary of its pieces. */
export function fromSpm(
  model: SpmModel,
  { type }: Recipe,
  change: (pieces: readonly Scored[]) => readonly Scored[],
): Vocabulary {
  const own = model.pieces.map(({ piece, score }): Scored => [piece, score]);
  const pieces = change(own);
  const shared = {
    charsmap: model.charsmap && base64(model.charsmap),
    listed: listedPieces(model),
    unknownId: model.unknown.id,
    fromJson: false,
  };
  if (type === "Unigram") return { vocab: pieces, ...shared };
  const merges = mergesByPlace(new Map(own.map(([piece], id) => [piece, id])));
  return { vocab: idsOf(pieces.map(([piece]) => piece)), merges, ...shared };
}

/** Control pieces, which are special, and user-defined ones, which are not. */
export function listedPieces({ pieces }: SpmModel): Spec[] {
  return pieces.flatMap(({ piece, type }) =>
    type === PIECE.control || type === PIECE.userDefined
      ? [{ content: piece, special: type === PIECE.control, normalized: false }]
      : [],
  );
}
