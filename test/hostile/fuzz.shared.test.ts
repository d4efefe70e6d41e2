// 10,000 damaged files of 17 kinds, every kind as many: printed are how they ended and the slowest; the memory is bounded, because
// a reader that believes a file takes gigabytes at once, however fast the machine is.

import { expect, it } from "vitest";
import { fuzz, peakMemory } from "./fuzz.ts";
import { KINDS } from "./kinds.ts";

const kinds = Object.keys(KINDS);
const cases = Math.ceil(10_000 / kinds.length);
/** Megabytes that all kinds together may add to what the process had before. */
const MOST = 500;
const before = peakMemory();

it.each(kinds)(`%s: ${cases} damaged files`, async (kind) => {
  const { right, refused, slowest, peak } = await fuzz(kind, 1000, 1000 + cases);
  const added = Math.round(peak - before);
  console.log(`${kind}: ${right} right, ${refused} refused, slowest ${slowest.toFixed(2)} s, ${added} MB`);
  expect(right + refused).toBe(cases);
  expect(added).toBeLessThan(MOST);
});
