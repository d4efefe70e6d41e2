import { expect, test } from "vitest";
import { keepWhere, keptWhere } from "./kept-where.ts";

test("a choice of where models run is kept, and what is none is not read", () => {
  const items = new Map<string, string>();
  const storage = () => ({
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
  });
  expect(keptWhere(storage)).toBeNull();
  keepWhere(storage, "webgpu");
  expect(keptWhere(storage)).toBe("webgpu");
  items.set([...items.keys()][0]!, "elsewhere");
  expect(keptWhere(storage)).toBeNull();
});

test("a browser that keeps nothing is no reason to fail", () => {
  const refuses = () => {
    throw new DOMException("denied", "SecurityError");
  };
  expect(() => keepWhere(refuses, "webgpu")).not.toThrow();
  expect(keptWhere(refuses)).toBeNull();
});
