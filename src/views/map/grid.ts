// The heads of a map in their places: which head stands where, what it is called, which are selected.

import type { BlockName } from "../../trace/index.ts";
import type { Selection } from "../view.ts";
import { cornerOf, type MapLayout, placeOrder } from "./layout.ts";

/** Heads by number (layer * heads + head) and by place (row by row on the screen). */
export class MapGrid {
  /** Head at each place. */
  readonly order: Uint32Array;
  readonly #places: Uint32Array;

  constructor(
    readonly block: BlockName,
    readonly layers: number,
    readonly heads: number,
    readonly layout: MapLayout,
    readonly selection: Selection,
    ranking: ArrayLike<number> | null,
  ) {
    this.order = placeOrder(layers * heads, ranking);
    this.#places = new Uint32Array(this.order.length);
    this.order.forEach((index, place) => {
      this.#places[index] = place;
    });
  }

  layerOf(index: number): number {
    return Math.floor(index / this.heads);
  }

  headOf(index: number): number {
    return index % this.heads;
  }

  /** "4.11" */
  nameOf(index: number): string {
    return `${this.layerOf(index)}.${this.headOf(index)}`;
  }

  placeOf(index: number): number {
    return this.#places[index] ?? 0;
  }

  cornerOf(index: number): { x: number; y: number } {
    return cornerOf(this.layout, this.placeOf(index));
  }

  /** True if the selection is in the block that is shown. */
  get hasSelection(): boolean {
    return this.block === this.selection.block;
  }

  /** The focused head, or the first where the selection is in another block. */
  get focus(): number {
    const { layer, focus } = this.selection;
    return this.hasSelection ? layer * this.heads + focus : 0;
  }

  isActive(index: number): boolean {
    const { layer, heads } = this.selection;
    return this.hasSelection && this.layerOf(index) === layer && heads.includes(this.headOf(index));
  }

  /** The selected layer first, then the others as they stand: the order in which thumbnails are wanted. */
  wanted(): number[] {
    const own = (index: number): boolean => this.layerOf(index) === this.selection.layer;
    const all = [...this.order];
    return [...all.filter(own), ...all.filter((index) => !own(index))];
  }

  /** The selection after a head was chosen; `add` keeps other heads of the layer, or takes this one away. */
  select(index: number, add: boolean): Selection {
    const { selection, block } = this;
    const [layer, head] = [this.layerOf(index), this.headOf(index)];
    const within = add && this.hasSelection && layer === selection.layer;
    const others = within ? selection.heads.filter((h) => h !== head) : [];
    if (others.length > 0 && selection.heads.includes(head)) {
      const focus = others.includes(selection.focus) ? selection.focus : others[0]!;
      return { ...selection, heads: others, focus };
    }
    const heads = [...others, head].sort((a, b) => a - b);
    return { ...selection, block, layer, heads, focus: head };
  }
}
