// What the matrix is given, and what it reports beside selections.

import type { InkScale } from "../look/ink.ts";
import type { CommonProps, Selection } from "../view.ts";

/** A cell for which a menu was asked, with the point of the window where it was asked; a row has no key, a column no query. */
export interface MatrixContext {
  readonly layer: number;
  readonly head: number;
  readonly query: number | null;
  readonly key: number | null;
  readonly x: number;
  readonly y: number;
}

/** A region of the matrix that somebody marked. */
export interface MarkedRegion {
  /** The selection with the region's rows as pins. */
  readonly selection: Selection;
  /** Positions of its columns; none where every column is in it. */
  readonly keys: readonly number[];
}

/** Props of the matrix; it shows the selection's focused head. */
export interface MatrixProps extends CommonProps {
  /** The matrix has the panel for itself: upright labels and a list of the pinned row. */
  readonly full?: boolean;
  /** One sentence about the head, for people who cannot see the picture. */
  readonly summary?: string;
  /** How weights become colours; by their square root where left out. */
  readonly colors?: InkScale;
  /** A table of numbers in place of the picture. */
  readonly table?: boolean;
  /** Positions of the side that is not pinned: what the pinned words have to do with them is framed. */
  readonly to?: readonly number[];
  /** A region was marked by a drag or by keys; where left out, `onSelect` is given its selection. */
  readonly onRegion?: (region: MarkedRegion) => void;
  /** Right click, long press or the Menu key on a cell, or the first two on the label of a row or column. */
  readonly onContext?: (context: MatrixContext) => void;
}
