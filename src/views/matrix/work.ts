// Computes the rows of a matrix that are in sight and missing, in slices of time, so that the page can react.

import { after } from "../look/dom.ts";
import { coarseFirst, type MatrixCells } from "./cells.ts";

/** Time for computing before the page may paint and react, in milliseconds. */
const SLICE = 12;
/** Time between two pictures while rows are computed, in milliseconds. */
const REDRAW = 80;

export class MatrixWork {
  readonly #draw: () => void;
  #missing = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param draw called now and then and at the end; it is expected to call `begin` again. */
  constructor(draw: () => void) {
    this.#draw = draw;
  }

  /** Rows that are still to be computed. */
  get missing(): number {
    return this.#missing;
  }

  /** Compute for one slice what is missing of rows `first` to `end`; the rest comes later. */
  begin(cells: MatrixCells, first: number, end: number): void {
    this.stop();
    this.#missing = 0;
    if (cells.state !== "here") return;
    const rest = compute(
      cells,
      coarseFirst(first, end).filter((row) => !cells.has(row)),
    );
    this.#missing = rest.length;
    if (rest.length > 0) this.#later(cells, rest, performance.now());
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #later(cells: MatrixCells, rows: readonly number[], drawn: number): void {
    this.#timer = setTimeout(() => {
      const rest = compute(cells, rows);
      if (rest.length === 0 || performance.now() - drawn > REDRAW) this.#draw();
      else this.#later(cells, rest, drawn);
    }, 0);
  }
}

/** Compute rows for one slice of time; the rows that are left. */
function compute(cells: MatrixCells, rows: readonly number[]): readonly number[] {
  const enough = after(SLICE);
  let next = 0;
  while (next < rows.length && !enough()) cells.fetch(rows[next++]!);
  return rows.slice(next);
}
