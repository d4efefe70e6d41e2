import fc from "fast-check";
import { expect, it } from "vitest";
import { later } from "../../test/later.ts";
import { syntheticTrace } from "../../test/synthetic.ts";
import { headName } from "./attention.ts";
import { meanOfHeads } from "./mean.ts";
import { attentionOf } from "./recorded.ts";

const run = (store: "pattern" | "qk") =>
  syntheticTrace({ layers: 2, heads: 4, kvHeads: 2, tokens: 6, headSize: 8, store });

it("is the sum of the chosen heads' rows over their number", () => {
  const store = fc.constantFrom("pattern" as const, "qk" as const);
  const heads = fc.uniqueArray(fc.integer({ min: 0, max: 3 }), { minLength: 1 });
  fc.assert(
    fc.property(store, heads, fc.integer({ min: 0, max: 5 }), (how, chosen, query) => {
      const trace = run(how);
      const row = meanOfHeads(attentionOf(trace, "self"), chosen).row(1, 0, query)!;
      for (let key = 0; key < 6; key++) {
        let sum = 0;
        for (const head of chosen) sum += trace.attention("self", 1, head)[query * 6 + key]!;
        expect(row[key]).toBeCloseTo(sum / chosen.length, 6);
      }
    }),
    { numRuns: 40 },
  );
});

it("is one head, named after those it averages", () => {
  const mean = meanOfHeads(attentionOf(run("pattern"), "self"), [3, 1, 1]);
  expect([mean.heads(0), mean.unit, headName(mean, 1, 0)]).toEqual([
    1,
    "attention, mean of 2 heads",
    "the mean of heads 1.1, 1.3",
  ]);
  const many = syntheticTrace({ layers: 1, heads: 8, tokens: 3 });
  const all = meanOfHeads(attentionOf(many, "self"), [0, 1, 2, 3, 4, 5, 6, 7]);
  expect(headName(all, 0, 0)).toBe("the mean of 8 heads of layer 0");
  expect(headName(attentionOf(many, "self"), 0, 5)).toBe("head 0.5");
});

it("leaves out layers and heads that are not there", () => {
  const trace = syntheticTrace({ layers: 2, heads: 2, tokens: 3, recorded: [1] });
  const mean = meanOfHeads(attentionOf(trace, "self"), [1, 7]);
  expect([mean.state(0), mean.state(1), mean.row(0, 0, 0)]).toEqual(["absent", "here", undefined]);
  expect([...mean.row(1, 0, 2)!]).toEqual([...trace.attention("self", 1, 1, 2, 3)]);
  expect(() => meanOfHeads(attentionOf(trace, "self"), [])).toThrow("There are no heads to average");
});

it("waits for all of them", async () => {
  const pending = later(attentionOf(run("pattern"), "self"));
  const mean = meanOfHeads(pending, [0, 2]);
  expect([mean.state(1), mean.row(1, 0, 4)]).toEqual(["pending", undefined]);
  await mean.want([{ layer: 1, head: 0, query: 4 }]);
  expect(mean.row(1, 0, 4)).toHaveLength(6);
});
