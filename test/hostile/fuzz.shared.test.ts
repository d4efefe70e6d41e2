// 10,000 damaged files, every kind as many: printed are how they ended, the slowest, and the memory at the end of each kind.

import { expect, it } from "vitest";
import { fuzz } from "./fuzz.ts";
import { KINDS } from "./kinds.ts";

const kinds = Object.keys(KINDS);
const cases = Math.ceil(10_000 / kinds.length);

it.each(kinds)(`%s: ${cases} damaged files`, async (kind) => {
  const { right, refused, slowest } = await fuzz(kind, 1000, 1000 + cases);
  const memory = Math.round(process.memoryUsage.rss() / 1e6);
  console.log(`${kind}: ${right} right, ${refused} refused, slowest ${slowest.toFixed(2)} s, ${memory} MB`);
  expect(right + refused).toBe(cases);
});
