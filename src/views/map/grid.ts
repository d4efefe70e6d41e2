// The heads of a map in their places: which head stands where, what it is called, which are selected.

import type { BlockName } from "../../trace/index.ts";
import type { Selection } from "../view.ts";
import { type MapCut, wholeMap } from "./cut.ts";
import { cornerOf, type MapLayout, placeOrder } from "./layout.ts";

/** Heads by number (layer * heads + head) and by place (row by row on the screen); those that the map is cut to have places. */
export class MapGrid {
  /** Head at each place. */
  readonly order: Uint32Array;
  readonly #places: Int32Array;

  constructor(
    readonly block: BlockName,
    readonly layers: number,
    readonly heads: number,
    readonly layout: MapLayout,
    readonly selection: Selection,
    ranking: ArrayLike<number> | null,
    readonly cut: MapCut = wholeMap(layers, heads),
  ) {
    const all = placeOrder(layers * heads, ranking);
    const [rows, columns] = [new Set(cut.layers), new Set(cut.heads)];
    this.order = all.filter((index) => rows.has(this.layerOf(index)) && columns.has(this.headOf(index)));
    this.#places = new Int32Array(all.length).fill(-1);
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
    return Math.max(0, this.#places[index] ?? 0);
  }

  /** True if a head is among those that are shown. */
  shows(index: number): boolean {
    return (this.#places[index] ?? -1) >= 0;
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
