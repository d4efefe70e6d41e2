import { expect, it } from "vitest";
import { syntheticTrace } from "../../../test/synthetic.ts";
import { attentionOf } from "../../trace/index.ts";
import { inkOf } from "../look/ink.ts";
import { NO_FILTER } from "../view.ts";
import { MatrixCells } from "./cells.ts";
import { matrixFit } from "./layout.ts";
import { crossHairMarks, type MatrixRequest, pinMarks, runsOf } from "./scene.ts";

function request(width: number): MatrixRequest {
  const attention = attentionOf(syntheticTrace({ layers: 1, heads: 1, tokens: 9 }), "self");
  const sizes = { width, height: width, rowLabel: 30, columnLabel: 30, full: false, largest: 44 };
  const fit = matrixFit({ ...sizes, rows: 9, columns: 9 });
  const cells = new MatrixCells(attention, 0, 0, NO_FILTER);
  return { cells, fit, camera: fit.home, theme: "light", ink: inkOf("light", "weight") };
}

it("the cross-hair lays nothing over cells: its lines run in the gaps beside them", () => {
  const at = request(400);
  const { cell, x, y } = at.camera;
  for (const near of [
    { row: 5, column: 3 },
    { row: 5, column: null },
    { row: null, column: 3 },
  ]) {
    const marks = crossHairMarks(at, near);
    expect(marks.map(({ kind }) => kind)).toEqual(
      near.row && near.column ? ["outlines", "outlines"] : ["outlines"],
    );
    for (const mark of marks) {
      if (mark.kind !== "outlines") continue;
      for (let i = 0; i < mark.boxes.length; i += 4) {
        const [left, top, width, height] = mark.boxes.subarray(i, i + 4) as unknown as number[];
        // The stroke is 1 px wide about its middle, the gap is the last pixel before the next cell.
        for (const [edge, start] of [
          [left!, x],
          [left! + width!, x],
          [top!, y],
          [top! + height!, y],
        ] as const) {
          const nearest = start + Math.round((edge + 0.5 - start) / cell) * cell;
          expect(edge + 0.5).toBe(Math.round(nearest));
        }
      }
    }
  }
});

it("the row ends and the column begins where cells do", () => {
  const at = request(400);
  const [bands] = crossHairMarks(at, { row: 5, column: 3 });
  if (bands?.kind !== "outlines") throw new Error("no outlines");
  const { cell, x, y } = at.camera;
  const place = (origin: number, count: number): number => Math.round(origin + count * cell) - 0.5;
  const [left, top, width, height] = [place(x, 0), place(y, 5), place(x, 6), place(y, 6)];
  expect([...bands.boxes.subarray(0, 4)]).toEqual([left, top, width - left, height - top]);
  expect(bands.boxes[5]).toBe(place(y, 3));
});

it("pinned neighbours share an outline", () => {
  expect(runsOf(new Set([4, 2, 3, 7]))).toEqual([
    [2, 5],
    [7, 8],
  ]);
  expect(runsOf([])).toEqual([]);
  const [outlines] = pinMarks(request(400), new Set([2, 3, 4, 7]), new Set());
  expect(outlines?.kind === "outlines" && outlines.boxes.length / 4).toBe(2);
});
