// What the page asks about the heads of a run, wherever its numbers are: pictures for the map, and scores.

import type { CellFilter } from "../analysis/index.ts";
import type { BlockName } from "../trace/index.ts";

/** Every score of every head of a block. */
export interface ScoresLook {
  readonly kind: "scores";
  readonly block: BlockName;
}
/** A head to shrink. */
export interface HeadPlace {
  readonly layer: number;
  readonly head: number;
}
/** What thumbnails that are asked for together have in common. */
export interface Alike {
  readonly block: BlockName;
  /** Most rows and most columns. */
  readonly size: number;
  readonly filter: CellFilter;
}
export interface ThumbnailsLook extends Alike {
  readonly kind: "thumbnails";
  readonly places: readonly HeadPlace[];
}
export type Look = ScoresLook | ThumbnailsLook;
