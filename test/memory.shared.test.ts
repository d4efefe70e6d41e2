// Memory stays level: 200 runs of one model, and 50 times opened and disposed of. Both series are printed; of the second
// half the slope of the straight line through it is bounded.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, it } from "vitest";

interface Series {
  readonly runs: readonly number[];
  readonly openings: readonly number[];
}

let series: Series;
beforeAll(() => {
  const script = fileURLToPath(new URL("support/memory-series.mjs", import.meta.url));
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--expose-gc", script], {
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([0, ""]);
  series = JSON.parse(stdout) as Series;
});

/** Slope of the least-squares line through the second half, in MB from one value to the next. */
function slope(values: readonly number[]): number {
  const half = values.slice(values.length / 2);
  const mean = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
  const [x, y] = [(half.length - 1) / 2, mean(half)];
  const rise = half.reduce((sum, value, i) => sum + (i - x) * (value - y), 0);
  return rise / half.reduce((sum, _, i) => sum + (i - x) ** 2, 0);
}

/**
 * Most MB that a step may add. Ten traces of 100 tokens have some 10 MB, and the weights in a session 4 MB or more, so
 * that keeping either would add as much with each step. Allocators give back late and unevenly, by less than this.
 */
const MOST = 1;

it.each(["runs", "openings"] as const)("%s", (kind) => {
  console.log(`${kind}, MB: ${series[kind].join(" ")}; slope ${slope(series[kind]).toFixed(3)} MB a step`);
  expect(slope(series[kind])).toBeLessThan(MOST);
});

it("a leak would be seen", () => {
  expect(slope([9, 1, 1, 1, 1, 1])).toBe(0);
  expect(slope(Array.from({ length: 20 }, (_, i) => 200 + 5 * i))).toBeCloseTo(5, 9);
});
