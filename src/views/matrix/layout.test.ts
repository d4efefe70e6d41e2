import { describe, expect, it } from "vitest";
import { cellAt, gapOf, labelStep, matrixFit, nearestCell, panBy, reveal, span, zoomAt } from "./layout.ts";

const request = {
  width: 400,
  height: 400,
  rows: 9,
  columns: 9,
  rowLabel: 34,
  columnLabel: 34,
  full: false,
  largest: 44,
};
const fit = matrixFit(request);

describe("a matrix that fits", () => {
  it("has square cells inside its frame and no larger than asked", () => {
    expect(fit.home.cell).toBeCloseTo((400 - 30 - 58) / 9, 5);
    expect(matrixFit({ ...request, rows: 2, columns: 2 }).home.cell).toBe(44);
  });

  it("leaves room for the list when it is full", () => {
    expect(matrixFit({ ...request, width: 900, full: true }).frame.right).toBe(900 - 250 - 24);
  });

  it("survives a box without room", () => {
    expect(matrixFit({ ...request, width: 0, height: 0 }).home.cell).toBeGreaterThan(0);
  });
});

describe("the camera", () => {
  it("keeps the point under the wheel in place", () => {
    const before = cellAt(fit, fit.home, 200, 210);
    const camera = zoomAt(fit, fit.home, 1.5, 200, 210);
    expect(camera.cell).toBeCloseTo(fit.home.cell * 1.5);
    expect(cellAt(fit, camera, 200, 210)).toEqual(before);
  });

  it("goes home when zoomed out, and no further in than cells can be read", () => {
    const near = zoomAt(fit, fit.home, 100, 200, 200);
    expect(near.cell).toBeCloseTo(70.4);
    expect(zoomAt(fit, near, 0.001, 10, 10)).toEqual(fit.home);
  });

  it("never leaves the matrix", () => {
    const near = zoomAt(fit, fit.home, 2, 200, 200);
    const far = panBy(fit, near, 1e6, -1e6);
    expect(far.x).toBe(fit.frame.left);
    expect(far.y).toBeCloseTo(fit.frame.bottom - 9 * near.cell);
    expect(panBy(fit, fit.home, 50, 50)).toEqual(fit.home);
  });

  it("reveals a cell that is outside", () => {
    const near = zoomAt(fit, fit.home, 2, fit.frame.left, fit.frame.top);
    const moved = reveal(fit, near, 8, 8);
    expect(moved.x + 9 * moved.cell).toBeCloseTo(fit.frame.right);
    expect(cellAt(fit, moved, fit.frame.right - 2, fit.frame.bottom - 2)).toEqual({ row: 8, column: 8 });
  });
});

it("finds no cell outside", () => {
  expect(cellAt(fit, fit.home, 5, 200)).toBeNull();
  expect(cellAt(fit, fit.home, fit.home.x + 9 * fit.home.cell + 1, 200)).toBeNull();
});

it("finds the nearest cell in sight of any point", () => {
  expect(nearestCell(fit, fit.home, -50, 1e4)).toEqual({ row: 8, column: 0 });
  expect(nearestCell(fit, fit.home, 1e4, -50)).toEqual({ row: 0, column: 8 });
  const near = zoomAt(fit, fit.home, 2, fit.frame.left, fit.frame.top);
  const { frame } = fit;
  expect(nearestCell(fit, near, 1e4, 1e4)).toEqual(cellAt(fit, near, frame.right - 1, frame.bottom - 1));
});

it("spans what touches a stretch", () => {
  expect(span(10, 5, 20, 10, 30)).toEqual([0, 4]);
  expect(span(10, 5, 20, 12, 31)).toEqual([0, 5]);
  expect(span(-100, 5, 20, 0, 30)).toEqual([20, 20]);
});

it("thins labels and gaps with the cells", () => {
  expect([44, 11, 5, 0.5].map((cell) => labelStep(10.5, cell))).toEqual([1, 1, 2, 20]);
  expect([44, 13, 12, 5].map((cell) => labelStep(10.5, cell, 56))).toEqual([1, 1, 2, 3]);
  expect([20, 10, 5].map(gapOf)).toEqual([1, 0.5, 0]);
});
