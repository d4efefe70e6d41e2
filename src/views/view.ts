// The contract of every view: new View(target, props), update(partial), destroy().
// A view draws what its props say and reports gestures through callback props; it changes no shared state itself.

import type { CellFilter } from "../analysis/index.ts";
import type { Attention, BlockName, Side } from "../trace/index.ts";
import type { ThemeName } from "./look/theme.ts";

export { type CellFilter, NO_FILTER, type PositionRange } from "../analysis/index.ts";

export interface View<Props> {
  /** Draw again with some props changed; the rest stay as they are. */
  update(changed: Partial<Props>): void;
  /** Remove every node, listener and timer. Safe to call twice. */
  destroy(): void;
}

/** What is selected, the same at every scale. */
export interface Selection {
  readonly block: BlockName;
  readonly layer: number;
  /** Active heads of the layer, ascending; at least one. */
  readonly heads: readonly number[];
  /** The head that matrix, neurons and breadcrumb follow; one of `heads`. */
  readonly focus: number;
  /** Pinned tokens by position, on `side`; empty for none. */
  readonly pins: readonly number[];
  /** Whether pins are queries (left, attending) or keys (right, attended to). */
  readonly side: "query" | "key";
}

/** Props that every view of attention has. */
export interface CommonProps {
  /** What is shown: of a recorded block (`attentionOf`), joined, or a difference. */
  readonly attention: Attention;
  readonly selection: Selection;
  readonly filter: CellFilter;
  readonly theme: ThemeName;
  /** What edits changed, or null. */
  readonly edited?: Edited | null;
  /** Tokens without a counterpart in the run that this one is compared with: hatched. Null for none. */
  readonly unmatched?: Unmatched | null;
  /** A new selection that a gesture asks for. */
  readonly onSelect?: (selection: Selection) => void;
  /** What another view points at, as it reported it; shown like the view's own, and not reported again. */
  readonly hover?: Hover | null;
  /** The token or cell under the pointer, or null; positions of query and key, either may be null. */
  readonly onHover?: (hover: Hover | null) => void;
}

/** Positions of tokens without a counterpart, and which cells either run has. */
export interface Unmatched {
  readonly query: ReadonlySet<number>;
  readonly key: ReadonlySet<number>;
  /** Whether a cell exists in the run that is shown, matched or not. */
  visible(layer: number, query: number, key: number): boolean;
}

/** What edits changed: marked in pink, and by a shape. */
export interface Edited {
  head(layer: number, head: number): boolean;
  /** Weights of a head that were changed one by one. */
  cells(layer: number, head: number): readonly { readonly query: number; readonly key: number }[];
  /** Components of a head's queries, keys and values that were changed; none where left out. */
  vectors?(layer: number, head: number): readonly EditedVectors[];
  /** Positions of the words whose stream was changed in a layer; none where left out. */
  words?(layer: number, side: Side): ReadonlySet<number>;
}

/** Changed components of the vectors of a head, at some of its tokens. */
export interface EditedVectors {
  readonly at: "q" | "k" | "v";
  readonly positions: ReadonlySet<number>;
  readonly units: ReadonlySet<number>;
}

export interface Hover {
  readonly layer: number;
  readonly head: number | null;
  readonly query: number | null;
  readonly key: number | null;
}
