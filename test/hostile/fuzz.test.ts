// Damaged files of every kind end in a named error or a right answer: a few hundred here, 10,000 in npm run test:shared.

import { expect, it } from "vitest";
import { fuzz } from "./fuzz.ts";
import { KINDS } from "./kinds.ts";

it.each(Object.keys(KINDS))("%s: 30 damaged files", async (kind) => {
  const { right, refused } = await fuzz(kind, 1, 31);
  expect(right + refused).toBe(30);
  expect(refused).toBeGreaterThan(0);
});
