// What a file of somebody else's holds: arrays of numbers and lists of words, before anybody has said which is what.

import { Failure, type FloatTensor } from "../tensor/index.ts";

/** One array as it stands in the file: layers of numbers, or one tensor whose first axes are still to be told apart. */
export interface FoundArray {
  /** Where it stands: "attention", "encoder_attentions", "all.attn", "layer_3". */
  readonly name: string;
  /** Layer by layer where the file keeps them apart (null where one was not recorded); one entry otherwise. */
  readonly layers: readonly (FloatTensor | null)[];
  /** True where `layers` are layers for certain; false where a single tensor may hold them in its first axis. */
  readonly apart: boolean;
}

/** One list of words. */
export interface FoundWords {
  readonly name: string;
  readonly words: readonly string[];
  /** Whose they are, where a file has the words of every text of a batch. */
  readonly item?: number;
}

/** Everything in a file that may matter. */
export interface Found {
  /** What wrote it, where that is plain: "BertViz", "CircuitsVis", or the kind of file. */
  readonly maker: string;
  readonly arrays: readonly FoundArray[];
  readonly words: readonly FoundWords[];
  readonly sentenceBStart: number | null;
  readonly model: string;
  /** What was read over, for people. */
  readonly notes: readonly string[];
  /** Pictures or runs of a file with several, of which one is read; then nothing else of it is. */
  readonly items?: readonly FoundItem[];
}

/** One of several in a file. */
export interface FoundItem {
  /** What it is, to choose by. */
  readonly name: string;
  /** What it holds, or why it cannot be read. */
  readonly found: Found | ImportError;
}

/** A file of arrays that cannot be read or does not hold attention. The message says where and what to do. */
export class ImportError extends Failure {
  override name = "ImportError";
}

/** The shape of a tensor for people: "12 × 15 × 15". */
export function shapeText(shape: readonly number[]): string {
  return shape.length === 0 ? "a single number" : shape.join(" × ");
}
