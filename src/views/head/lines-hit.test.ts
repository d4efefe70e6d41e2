import { describe, expect, it } from "vitest";
import type { Lines } from "../scene/scene.ts";
import { lineAt, riseAt } from "./lines-hit.ts";

const list: Lines = {
  kind: "lines",
  count: 3,
  from: 100,
  to: 300,
  left: Float32Array.from([10, 10, 90]),
  right: Float32Array.from([10, 90, 10]),
  widths: Float32Array.from([1, 1, 4]),
  opacities: Float32Array.from([1, 1, 1]),
  colors: Uint16Array.from([0, 0, 0]),
  palette: ["#000000"],
  curved: false,
};

describe("lineAt", () => {
  it("finds the nearest line", () => {
    expect(lineAt(list, 150, 11, 5)).toBe(0);
    expect(lineAt(list, 150, 31, 5)).toBe(1);
    expect(lineAt(list, 150, 70, 5)).toBe(2);
  });
  it("prefers the later, stronger one where lines cross", () => {
    expect(lineAt(list, 200, 50, 5)).toBe(2);
  });
  it("finds none far away or outside", () => {
    expect(lineAt(list, 150, 50, 5)).toBe(-1);
    expect(lineAt(list, 90, 10, 5)).toBe(-1);
  });
  it("finds lines that run along y", () => {
    expect(lineAt({ ...list, axis: "y" }, 31, 150, 5)).toBe(1);
    expect(lineAt({ ...list, axis: "y" }, 150, 31, 5)).toBe(-1);
  });
  it("follows curves", () => {
    const curved = { ...list, curved: true };
    expect(lineAt(curved, 130, 10 + 80 * riseAt(0.15), 1)).toBe(1);
  });
});

it("riseAt goes from 0 through the middle to 1", () => {
  expect(riseAt(0)).toBeCloseTo(0, 5);
  expect(riseAt(0.5)).toBeCloseTo(0.5, 5);
  expect(riseAt(1)).toBeCloseTo(1, 5);
  expect(riseAt(0.2)).toBeLessThan(0.2);
});
