import { expect, it } from "vitest";
import { syntheticTrace, syntheticTranslation } from "../../test/synthetic.ts";
import { countVisible, reachOf } from "./reach.ts";
import { Trace } from "./trace.ts";

const causal = syntheticTrace({ layers: 2, heads: 1, tokens: 5, window: [1, 0] });

it("gives the cells that causality and window leave", () => {
  const reach = reachOf(causal, "self", 0);
  expect([0, 1, 4].map((q) => reach.range(q))).toEqual([
    [0, 1],
    [0, 2],
    [3, 5],
  ]);
  for (let query = 0; query < 5; query++) {
    const [first, end] = reach.range(query);
    for (let key = 0; key < 5; key++) expect(reach.visible(query, key)).toBe(key >= first && key < end);
  }
});

it("gives every key to queries that outnumber the keys", () => {
  const reach = reachOf(syntheticTranslation(3, 9, 1, 1), "cross", 0);
  expect(reach.range(8)).toEqual([0, 3]);
});

it("takes away what the masks of block and layer close", () => {
  const open = (...closed: number[]) => ({
    dtype: "U8" as const,
    shape: [5, 5],
    data: Uint8Array.from({ length: 25 }, (_, cell) => (closed.includes(cell) ? 0 : 1)),
  });
  const masked = new Trace(
    causal.manifest,
    new Map([...causal.parts().tensors, ["self.mask", open(12)], ["self.1.mask", open(18)]]),
  );
  const [first, second] = [reachOf(masked, "self", 0), reachOf(masked, "self", 1)];
  expect([first.visible(2, 2), first.visible(3, 3), second.visible(2, 2), second.visible(3, 3)]).toEqual([
    false,
    true,
    false,
    false,
  ]);
  expect([0, 1, 2, 3].map((query) => countVisible(second, query))).toEqual([1, 2, 1, 1]);
});
