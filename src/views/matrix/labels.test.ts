import { describe, expect, it } from "vitest";
import type { TextItem } from "../scene/scene.ts";
import { type LabelRequest, labelItems } from "./labels.ts";
import { type Camera, type MatrixFit, SLANT } from "./layout.ts";

const COUNT = 60;

/** A square matrix of `cell` px in a panel that ends `beyond` px behind it. */
function fitOf(cell: number, beyond = 200): MatrixFit {
  const [left, top] = [80, 90];
  const [right, bottom] = [left + COUNT * cell, top + COUNT * cell];
  return {
    width: right + beyond,
    height: bottom + 40,
    frame: { left, top, right, bottom },
    home: { cell, x: left, y: top },
    fontSize: 10.5,
    rows: COUNT,
    columns: COUNT,
  };
}

function labels(cell: number, changed: Partial<LabelRequest> = {}, beyond?: number): TextItem[] {
  const fit = fitOf(cell, beyond);
  const camera: Camera = fit.home;
  return labelItems({
    fit,
    camera,
    theme: "light",
    rowWord: (row) => `row ${row}`,
    columnWord: (column) => `column ${column}`,
    pinnedRows: new Set(),
    pinnedColumns: new Set(),
    near: null,
    upright: false,
    ...changed,
  });
}

const columnsOf = (items: readonly TextItem[]) => items.filter(({ role }) => role!.startsWith("column"));
const rowsOf = (items: readonly TextItem[]) => items.filter(({ role }) => role!.startsWith("row"));
const textsOf = (items: readonly TextItem[]) => items.map(({ text }) => text);

/** The smallest distance between the base lines of neighbours, across the direction in which they are written. */
function apart(items: readonly TextItem[]): number {
  const across = items.map(({ x, y, angle = 0 }) => {
    const turn = (angle * Math.PI) / 180;
    return y * Math.cos(turn) - x * Math.sin(turn);
  });
  across.sort((a, b) => a - b);
  return Math.min(...across.slice(1).map((place, i) => place - across[i]!));
}

const CELLS = [3, 5, 8, 10, 10.5, 11, 12, 12.6, 13, 20, 44];

describe("labels", () => {
  it.each(CELLS)("do not cross, cells of %d px", (cell) => {
    const pinned = new Set([20, 21, 22, 40]);
    for (const upright of [false, true]) {
      const items = labels(cell, { pinnedRows: pinned, pinnedColumns: pinned, upright });
      // Letters are lower than their font is large; half a pixel is what the step allows.
      expect(apart(columnsOf(items))).toBeGreaterThanOrEqual(10.5 - 0.5 - 1e-9);
      expect(apart(rowsOf(items))).toBeGreaterThanOrEqual(10.5 - 0.5 - 1e-9);
    }
  });

  it("are all written where they have room", () => {
    expect(columnsOf(labels(13))).toHaveLength(COUNT);
    expect(columnsOf(labels(12)).length).toBeLessThan(COUNT);
    expect(rowsOf(labels(12))).toHaveLength(COUNT);
  });

  it("of the word under the pointer come before those of pins, and pins before others", () => {
    const pinnedColumns = new Set([20, 21, 22]);
    const plain = textsOf(columnsOf(labels(8, { pinnedColumns })));
    expect(plain).toContain("column 20");
    expect(plain).not.toContain("column 21");
    const pointed = columnsOf(labels(8, { pinnedColumns, near: { row: 3, column: 21 } }));
    expect(textsOf(pointed)).toContain("column 21");
    expect(textsOf(pointed)).not.toContain("column 20");
    expect(pointed.find(({ text }) => text === "column 21")!.role).toBe("column pinned near");
  });

  it("end before the border of the panel", () => {
    const cut = columnsOf(labels(20, {}, 10));
    const slant = (SLANT * Math.PI) / 180;
    for (const { x, y, width } of cut) {
      expect(x + width! * Math.cos(slant)).toBeLessThanOrEqual(fitOf(20, 10).width);
      expect(y - width! * Math.sin(slant)).toBeGreaterThanOrEqual(0);
    }
    expect(cut.at(-1)!.width!).toBeLessThan(cut[0]!.width!);
  });
});
