// What the model map is given and what it reports.

import type { BlockName } from "../../trace/index.ts";
import type { CommonProps } from "../view.ts";
import type { MapCut } from "./cut.ts";
import type { ThumbnailSource } from "./queue.ts";
import type { HeadFacts } from "./said.ts";

export const NOT_RECORDED = "not recorded";

/** Props of the model map. */
export interface ModelMapProps extends CommonProps {
  /** The chosen score of each head, [layers * heads]; NaN where unknown. */
  readonly scores?: ArrayLike<number> | null;
  readonly scoreName?: string;
  /** Scores of at least this size count as found; 0.5 if left out. */
  readonly threshold?: number;
  /** Grid order, or ranked by score. */
  readonly sort?: "layers" | "score";
  /** Layers and heads that are shown, with their own numbers; all where left out. */
  readonly cut?: MapCut | null;
  /** Why heads have no picture, for the legend; that they were not recorded, if left out. */
  readonly absent?: string;
  /** Where thumbnails come from, e.g. a worker; computed here if left out. Another function starts anew. */
  readonly thumbnail?: ThumbnailSource;
  readonly describe?: (layer: number, head: number) => HeadFacts;
  /** A table of numbers in place of the picture. */
  readonly table?: boolean;
  /** Height in pixels up to which the cells of a small model may grow; left out, they stay small. */
  readonly room?: number;
  readonly onOpenMatrix?: (place: { block: BlockName; layer: number; head: number }) => void;
}
