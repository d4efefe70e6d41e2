// The head that the map points at: outlined, spoken, reported to other views, and after a moment shown larger.

import type { Thumbnail } from "../../analysis/index.ts";
import { thumbnailShape } from "../../analysis/index.ts";
import { wordsOf } from "../read/words.ts";
import type { Hover } from "../view.ts";
import type { MapCells } from "./cells.ts";
import type { MapFrame } from "./frame.ts";
import type { MapGrid } from "./grid.ts";
import { type Magnified, Magnifier, pictureSide } from "./magnifier.ts";
import type { CodeColors } from "./picture.ts";
import { type ModelMapProps, NOT_RECORDED } from "./props.ts";
import { type HeadFacts, headSentence } from "./said.ts";

/** The map as it is now. */
export interface MapNow {
  readonly props: ModelMapProps;
  readonly grid: MapGrid;
  /** Device pixels per CSS pixel. */
  readonly ratio: number;
  readonly ink: CodeColors;
}

const HOVER_DELAY = 90;

/** Heads are named by their index, layer by layer. */
export class MapPointing {
  readonly #frame: MapFrame;
  readonly #cells: MapCells;
  readonly #now: () => MapNow;
  readonly #magnifier: Magnifier;
  /** True if a finger was the last to touch the map. */
  #finger = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The head that the magnifier shows or is to show. */
  #magnified: number | null = null;
  /** What was reported last: it may come back as the prop. */
  #reported: Hover | null = null;

  constructor(frame: MapFrame, cells: MapCells, now: () => MapNow) {
    this.#frame = frame;
    this.#cells = cells;
    this.#now = now;
    this.#magnifier = new Magnifier(frame.root);
  }

  destroy(): void {
    clearTimeout(this.#timer);
    this.#magnifier.destroy();
  }

  get magnified(): boolean {
    return this.#magnifier.shown;
  }

  point(index: number, magnify: "now" | "soon", finger: boolean): void {
    const { grid } = this.#now();
    clearTimeout(this.#timer);
    this.#finger = finger;
    this.#frame.point(grid, index);
    this.speak(index);
    this.#report({ layer: grid.layerOf(index), head: grid.headOf(index), query: null, key: null });
    if (magnify === "now") this.#magnify(index);
    else this.#timer = setTimeout(() => this.#magnify(index), HOVER_DELAY);
  }

  leave(): void {
    this.#frame.point(this.#now().grid, null);
    this.hideMagnifier();
    this.#report(null);
  }

  /** Outline the head that another view points at. */
  pointElsewhere(): void {
    const { props, grid } = this.#now();
    const { hover } = props;
    const other = hover && hover !== this.#reported && hover.head !== null ? hover : null;
    const index = other && other.layer < grid.layers ? other.layer * grid.heads + other.head! : null;
    this.#frame.point(grid, index !== null && grid.shows(index) ? index : null);
  }

  speak(index: number): void {
    const { grid, props } = this.#now();
    const absent = (other: number) =>
      this.#cells.at(other) === null ? (props.absent ?? NOT_RECORDED) : null;
    this.#frame.speak(grid, index, (other) =>
      headSentence(grid.nameOf(other), this.#facts(other), absent(other)),
    );
  }

  /** Also the one that is still to come. */
  hideMagnifier(): void {
    clearTimeout(this.#timer);
    this.#magnified = null;
    this.#magnifier.hide();
  }

  #report(hover: Hover | null): void {
    this.#reported = hover;
    this.#now().props.onHover?.(hover);
  }

  #facts(index: number): HeadFacts {
    const { props, grid } = this.#now();
    const facts = props.describe?.(grid.layerOf(index), grid.headOf(index));
    return facts ?? { label: "", scores: [] };
  }

  /** Show a head larger; a source that answers later is waited for while the pointer stays. */
  #magnify(index: number): void {
    const { grid, ratio } = this.#now();
    this.#magnified = index;
    const size = Math.round(pictureSide(this.#cells.slice.queries.length) * ratio);
    const result = this.#cells.larger(grid, index, size);
    const show = (weights: Thumbnail): void => {
      if (this.#magnified === index) this.#showMagnified(index, weights, size);
    };
    if (result instanceof Promise) result.then(show, (error) => this.#frame.fail(error));
    else show(result);
  }

  get #hint(): Magnified["hint"] {
    return this.#finger ? ["Lift to open", "", ""] : ["Click to open, ", "shift", " click to add"];
  }

  #showMagnified(index: number, weights: Thumbnail, size: number): void {
    const { props, grid, ink } = this.#now();
    const tokens = props.attention.tokens("query");
    const [rows, columns] = thumbnailShape(this.#cells.slice, size);
    const { x, y } = grid.cornerOf(index);
    const plane = this.#frame.plane.getBoundingClientRect();
    const { cell } = grid.layout;
    this.#magnifier.show(
      {
        title: `Head ${grid.nameOf(index)}`,
        ...this.#facts(index),
        words: this.#cells.slice.queries.map((i) => wordsOf(tokens)[i]!),
        hint: weights ? this.#hint : null,
      },
      { weights: weights?.map(Math.abs) ?? null, rows, columns, colors: ink },
      this.#frame.root.getBoundingClientRect(),
      new DOMRect(plane.left + x, plane.top + y, cell, cell),
    );
  }
}
