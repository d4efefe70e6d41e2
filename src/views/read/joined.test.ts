import { expect, it } from "vitest";
import { syntheticTrace, syntheticTranslation } from "../../../test/synthetic.ts";
import { MatrixCells } from "../matrix/cells.ts";
import { NO_FILTER } from "../view.ts";
import { joinTrace } from "./joined.ts";

const run = syntheticTranslation(3, 4, 2, 2);
const joined = joinTrace(run)!;

it("puts encoder, cross and decoder attention into one matrix and renormalises nothing", () => {
  const all = joined.attention("self", 1, 0);
  expect(all).toHaveLength(49);
  expect([...all.subarray(7, 10)]).toEqual([...run.attention("encoder", 1, 0, 1, 2)]);
  expect([...all.subarray(7 * 5, 7 * 5 + 3)]).toEqual([...run.attention("cross", 1, 0, 2, 3)]);
  expect([...all.subarray(7 * 5 + 3, 7 * 6)]).toEqual([...run.attention("decoder", 1, 0, 2, 3)]);
  expect(joined.attention("self", 1, 0, 6, 7).reduce((sum, weight) => sum + weight)).toBeCloseTo(2, 5);
});

it("has no cells from source to target, nor to words that come later", () => {
  const cells = new MatrixCells(joined, "self", 0, 1, NO_FILTER);
  expect(cells.weight(1, 4)).toBeNaN();
  expect(cells.weight(4, 1)).toBe(run.attention("cross", 0, 1)[1 * 3 + 1]);
  expect(cells.weight(4, 5)).toBeNaN();
  expect(cells.borders).toEqual([3, 3]);
  const later = cells.part(2, 0, 7);
  expect([...later.weights].filter((weight) => !Number.isNaN(weight))).toHaveLength(3);
});

it("knows which words a model wrote", () => {
  const written = syntheticTranslation(3, 4, 2, 2);
  Object.assign(written, {
    manifest: { ...written.manifest, generated: { stream: "decoder", start: 1 } },
  });
  expect(joinTrace(written)!.manifest.generated).toEqual({ stream: "text", start: 4 });
  expect(joined.manifest.generated).toBeNull();
});

it("is there for encoder-decoder runs only", () => {
  expect(joinTrace(syntheticTrace({ layers: 1, heads: 1, tokens: 3 }))).toBeNull();
});
