import { expect, test } from "vitest";
import { keepSizes, keptSizes, leftSpan, OWN_SIZES } from "./panel-sizes.ts";

test("the map's column has its layout's width, or the one asked for as far as the window goes", () => {
  expect(leftSpan(null, 1440)).toEqual({ least: 280, most: 660, size: 400 });
  expect(leftSpan(600, 1440).size).toBe(600);
  expect(leftSpan(5000, 1440).size).toBe(660);
  expect(leftSpan(10, 1440).size).toBe(280);
  expect(leftSpan(null, 1920).size).toBe(464);
  expect(leftSpan(null, 1024)).toEqual({ least: 280, most: 604, size: 344 });
  expect(leftSpan(600, 721)).toEqual({ least: 280, most: 344, size: 344 });
});

test("sizes are kept, and what is none is not read", () => {
  const items = new Map<string, string>();
  const storage = () => ({
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
  });
  expect(keptSizes(storage)).toEqual(OWN_SIZES);
  keepSizes(storage, { left: 500, dock: null });
  expect(keptSizes(storage)).toEqual({ left: 500, dock: null });
  const [key] = [...items.keys()];
  for (const damaged of ["{", "null", "7", '{"left":"wide","dock":-3}', '{"left":1e99}', "[]"]) {
    items.set(key!, damaged);
    expect(keptSizes(storage), damaged).toEqual(OWN_SIZES);
  }
});

test("a browser that keeps nothing is no reason to fail", () => {
  const refuses = () => {
    throw new DOMException("denied", "SecurityError");
  };
  expect(() => keepSizes(refuses, OWN_SIZES)).not.toThrow();
  expect(keptSizes(refuses)).toEqual(OWN_SIZES);
});
