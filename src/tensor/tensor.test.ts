import { describe, expect, it } from "vitest";
import { at, floatTensor, sizeOf } from "./tensor.ts";

describe("a float tensor", () => {
  const tensor = floatTensor([2, 3], new Float32Array([1, 2, 3, 4, 5, 6]));

  it("must be filled exactly", () => {
    expect(() => floatTensor([2, 2], new Float32Array(3))).toThrow("3 values do not fill the shape [2, 2]");
  });

  it("gives its rows without copying", () => {
    const row = at(tensor, 1);
    expect(row.shape).toEqual([3]);
    expect([...row.data]).toEqual([4, 5, 6]);
    expect(row.data.buffer).toBe(tensor.data.buffer);
  });

  it.each([-1, 2])("has no row %s", (index) => {
    expect(() => at(tensor, index)).toThrow("is outside 0 to 1");
  });

  it("counts the elements of a shape", () => {
    expect([sizeOf([]), sizeOf([0, 5]), sizeOf([2, 3, 4])]).toEqual([1, 0, 24]);
  });
});
