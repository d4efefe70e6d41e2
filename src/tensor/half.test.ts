import { describe, expect, it } from "vitest";
import {
  allHalvesFinite,
  bfloatsToFloats,
  floatsToHalves,
  floatToHalf,
  halfToFloat,
  halvesToFloats,
} from "./half.ts";

describe("halfToFloat", () => {
  it.each([
    [0x0000, 0],
    [0x8000, -0],
    [0x0001, 2 ** -24],
    [0x03ff, 1023 * 2 ** -24],
    [0x0400, 2 ** -14],
    [0x3555, 0.333251953125],
    [0x3c00, 1],
    [0xc000, -2],
    [0x7bff, 65504],
    [0x7c00, Number.POSITIVE_INFINITY],
    [0xfc00, Number.NEGATIVE_INFINITY],
    [0x7e00, Number.NaN],
  ])("reads %s as %s", (bits, value) => {
    expect(halfToFloat(bits)).toBe(value);
  });
});

describe("floatToHalf", () => {
  it("gives back every one of the 65,536 bit patterns", () => {
    for (let bits = 0; bits < 65536; bits++) {
      const value = halfToFloat(bits);
      if (Number.isNaN(value)) expect(halfToFloat(floatToHalf(value))).toBeNaN();
      else if (floatToHalf(value) !== bits) expect.fail(`${bits} came back as ${floatToHalf(value)}`);
    }
  });

  it.each([
    ["a tie goes to the even neighbour below", 1 + 2 ** -11, 0x3c00],
    ["a tie goes to the even neighbour above", 1 + 3 * 2 ** -11, 0x3c02],
    ["above a tie goes up", 1 + 2 ** -11 + 2 ** -20, 0x3c01],
    ["rounds up into the next exponent", 2 - 2 ** -13, 0x4000],
    ["rounds up from the largest subnormal", 1023.6 * 2 ** -24, 0x0400],
    ["half of the smallest subnormal is a tie to zero", 2 ** -25, 0],
    ["just above half of the smallest subnormal", 2 ** -25 + 2 ** -40, 1],
    ["below that zero with its sign", -(2 ** -30), 0x8000],
    ["65,519 is still the largest half", 65519, 0x7bff],
    ["65,520 is infinity", 65520, 0x7c00],
    ["1e30 is infinity", 1e30, 0x7c00],
    ["minus infinity", Number.NEGATIVE_INFINITY, 0xfc00],
  ])("%s", (_, value, bits) => {
    expect(floatToHalf(value)).toBe(bits);
  });
});

describe("whole arrays", () => {
  it("convert like single values", () => {
    const values = new Float32Array([0, -1.5, 1e-7, 65504, Number.POSITIVE_INFINITY]);
    const halves = floatsToHalves(values);
    expect([...halves]).toEqual([...values].map(floatToHalf));
    expect([...halvesToFloats(halves)]).toEqual([...halves].map(halfToFloat));
  });

  it("know whether one of them is no finite number, whichever of the 65,536 it is", () => {
    for (let bits = 0; bits < 65536; bits++)
      expect(allHalvesFinite(Uint16Array.of(0, bits))).toBe(Number.isFinite(halfToFloat(bits)));
  });

  it("read bfloat16 as the upper half of a float32", () => {
    expect([...bfloatsToFloats(new Uint16Array([0x3f80, 0xc000, 0x7f80, 0x0080]))]).toEqual([
      1,
      -2,
      Number.POSITIVE_INFINITY,
      2 ** -126,
    ]);
  });
});
