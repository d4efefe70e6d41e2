import { describe, expect, it } from "vitest";
import { inkOf } from "../look/ink.ts";
import { type Pixels, paintMatrix } from "./picture.ts";

const WHITE_TILE = 0xfff4f1f1;
const FULL = 0xff30120e;

function canvas(side: number, ratio = 1): Pixels {
  return { data: new Uint32Array(side * side), width: side, height: side, ratio };
}

/** Paint a matrix given by rows. */
function painted(rows: number[][], cell: number, side: number, ratio = 1, at = 0): Pixels {
  const pixels = canvas(side, ratio);
  paintMatrix(pixels, {
    camera: { cell, x: at, y: at },
    frame: { left: 0, top: 0, right: side / ratio, bottom: side / ratio },
    ink: inkOf("light", "weight"),
    cells: {
      rows: rows.length,
      columns: rows[0]!.length,
      has: () => true,
      part: (row, first, end) => ({ first, weights: Float32Array.from(rows[row]!.slice(first, end)) }),
    },
  });
  return pixels;
}

const grid = (pixels: Pixels): string[] =>
  Array.from({ length: pixels.height }, (_, y) =>
    [...pixels.data.subarray(y * pixels.width, (y + 1) * pixels.width)]
      .map((p) => (p === 0 ? "." : p === WHITE_TILE ? "o" : p === FULL ? "#" : "?"))
      .join(""),
  );

describe("a painted matrix", () => {
  it("has one square per cell, tile colour for zero, nothing where masked", () => {
    const pixels = painted(
      [
        [1, Number.NaN],
        [0.003, 1],
      ],
      2,
      5,
    );
    expect(grid(pixels)).toEqual(["##...", "##...", "oo##.", "oo##.", "....."]);
  });

  it("leaves a pixel between large cells", () => {
    expect(grid(painted([[1, 1]], 16, 33))[3]).toBe("###############.###############..");
  });

  it("keeps the largest weight where cells share a pixel", () => {
    const rows = Array.from({ length: 8 }, (_, i) => Array.from({ length: 8 }, (_, j) => (i === j ? 1 : 0)));
    expect(grid(painted(rows, 0.5, 4))).toEqual(["#ooo", "o#oo", "oo#o", "ooo#"]);
  });

  it("is cut off by the frame when it is moved", () => {
    const rows = Array.from({ length: 4 }, (_, i) => Array.from({ length: 4 }, (_, j) => (i === j ? 1 : 0)));
    expect(grid(painted(rows, 2, 4, 1, -4))).toEqual(["##oo", "##oo", "oo##", "oo##"]);
  });

  it("skips rows that are not there yet", () => {
    const pixels = canvas(4);
    paintMatrix(pixels, {
      camera: { cell: 2, x: 0, y: 0 },
      frame: { left: 0, top: 0, right: 4, bottom: 4 },
      ink: inkOf("light", "weight"),
      cells: {
        rows: 2,
        columns: 2,
        has: (row) => row === 1,
        part: (_row, first, end) => ({ first, weights: new Float32Array(end - first).fill(1) }),
      },
    });
    expect(grid(pixels)).toEqual(["....", "....", "####", "####"]);
  });
});
