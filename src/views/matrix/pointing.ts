// What the matrix points at: the cell under its own pointer or keyboard, else what another view points at. The cell's
// numbers go to eyes (the tip), to ears, and to the other views.

import type { CommonProps, Hover } from "../view.ts";
import type { MatrixCells } from "./cells.ts";
import type { MatrixFrame } from "./frame.ts";
import type { MatrixPlace, MatrixPoint } from "./layout.ts";
import { matrixTip } from "./said.ts";

/** A point in CSS pixels of the field. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export class MatrixPointing {
  readonly #frame: Pick<MatrixFrame, "tip" | "speak">;
  #near: MatrixPlace | null = null;
  #elsewhere: MatrixPoint | null = null;
  /** What was reported last: it may come back as the prop. */
  #reported: Hover | null = null;

  constructor(frame: Pick<MatrixFrame, "tip" | "speak">) {
    this.#frame = frame;
  }

  /** The cell under the pointer or the keyboard. */
  get near(): MatrixPlace | null {
    return this.#near;
  }

  /** What is marked: the cell here, else what another view points at. */
  get shown(): MatrixPoint | null {
    return this.#near ?? this.#elsewhere;
  }

  /** Point at a cell, or at none; true if it is another one than before. */
  point(
    cells: MatrixCells,
    place: MatrixPlace | null,
    at: Point | undefined,
    onHover: CommonProps["onHover"],
  ): boolean {
    if (samePoint(place, this.#near)) {
      if (at) this.#frame.tip.move(at.x, at.y);
      return false;
    }
    this.#near = place;
    const { layer, head } = cells;
    this.#reported = place && { layer, head, ...cells.place(place.row, place.column) };
    onHover?.(this.#reported);
    this.#say(cells, place, at ?? { x: 0, y: 0 });
    return true;
  }

  #say(cells: MatrixCells, place: MatrixPlace | null, at: Point): void {
    const tip = place && matrixTip(cells, place);
    if (tip && tip.rows.length > 0) this.#frame.tip.show(tip, at.x, at.y);
    else this.#frame.tip.hide();
    this.#frame.speak(tip ? `${tip.title}, ${tip.rows[0]?.[1] ?? "masked"}` : "");
  }

  /** Follow the pointer of another view; true if something else is marked now. */
  follow(cells: MatrixCells, hover: Hover | null | undefined): boolean {
    const before = this.#elsewhere;
    this.#elsewhere = this.#read(cells, hover);
    return !this.#near && !samePoint(before, this.#elsewhere);
  }

  #read(cells: MatrixCells, hover: Hover | null | undefined): MatrixPoint | null {
    const { layer, head } = cells;
    if (!hover || hover === this.#reported || hover.layer !== layer) return null;
    return hover.head === null || hover.head === head ? cells.find(hover) : null;
  }
}

function samePoint(a: MatrixPoint | null, b: MatrixPoint | null): boolean {
  return a?.row === b?.row && a?.column === b?.column;
}
