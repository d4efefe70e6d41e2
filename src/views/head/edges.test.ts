import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { syntheticTrace } from "../../../test/synthetic.ts";
import { attentionOf } from "../../trace/index.ts";
import { LayerRows } from "../read/layer-rows.ts";
import { chooseEdges, type EdgeQuery, omission, strongestCut } from "./edges.ts";

const trace = syntheticTrace({ layers: 1, heads: 3, tokens: 20 });
const rows = new LayerRows(attentionOf(trace, "self"), 0);

function ask(changes: Partial<EdgeQuery> = {}): EdgeQuery {
  return {
    heads: [0, 2],
    queries: Array.from({ length: 20 }, (_, i) => i),
    keep: new Uint8Array(20).fill(1),
    range: (query) => [0, query + 1],
    cells: (query) => query + 1,
    strongest: 1,
    floor: 0,
    budget: 10_000,
    ...changes,
  };
}

describe("chooseEdges", () => {
  it("takes every unmasked cell where nothing limits it", () => {
    const edges = chooseEdges(rows, ask());
    expect(edges.count).toBe(2 * 210);
    expect(edges.cells).toBe(2 * 210);
    expect(edges.shown).toBeCloseTo(40, 4);
    expect(omission(edges)).toBeNull();
  });

  it("gives the weights of the trace", () => {
    const edges = chooseEdges(rows, ask());
    for (let i = 0; i < edges.count; i += 17) {
      const head = [0, 2][edges.heads[i]!]!;
      const row = trace.attention("self", 0, head, edges.queries[i]!, edges.queries[i]! + 1);
      expect(edges.weights[i]).toBe(row[edges.keys[i]!]);
    }
  });

  it("keeps the budget with the strongest edges, weak to strong", () => {
    const all = chooseEdges(rows, ask());
    const some = chooseEdges(rows, ask({ budget: 50 }));
    expect(some.count).toBeLessThanOrEqual(50);
    expect(some.count).toBeGreaterThan(25);
    const left = [...all.weights].sort((a, b) => b - a).slice(0, some.count);
    expect(Math.min(...some.weights)).toBeCloseTo(left.at(-1)!, 6);
    expect(some.weights.at(-1)).toBeGreaterThanOrEqual(some.weights[0]!);
  });

  it("leaves out keys, other queries and weights under the floor, and still counts them", () => {
    const keep = new Uint8Array(20).fill(1);
    keep[0] = 0;
    const edges = chooseEdges(rows, ask({ keep, queries: [5, 6], heads: [1], floor: 0.01 }));
    expect([...edges.keys]).not.toContain(0);
    expect(new Set(edges.queries)).toEqual(new Set([5, 6]));
    expect(Math.min(...edges.weights)).toBeGreaterThanOrEqual(0.01);
    expect(edges.cells).toBe(13);
    expect(edges.mass).toBeCloseTo(2, 5);
  });
});

describe("strongestCut", () => {
  it("keeps the fewest weights that reach the share", () => {
    const weight = fc.float({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(weight, { minLength: 1, maxLength: 40 }),
        fc.double({ min: 0.05, max: 0.99, noNaN: true }),
        (list, share) => {
          const row = Float32Array.from(list);
          const cut = strongestCut(row, new Uint8Array(row.length).fill(1), 0, row.length, share);
          const total = row.reduce((a, b) => a + b, 0);
          const kept = row.filter((w) => w >= cut).reduce((a, b) => a + b, 0);
          const above = row.filter((w) => w > cut).reduce((a, b) => a + b, 0);
          expect(kept).toBeGreaterThanOrEqual(share * total - 1e-6);
          if (total > 0) expect(above).toBeLessThan(share * total + 1e-6);
        },
      ),
    );
  });

  it("looks only at kept keys in range", () => {
    const row = Float32Array.from([0.5, 0.3, 0.1, 0.1]);
    expect(strongestCut(row, Uint8Array.from([0, 1, 1, 1]), 0, 3, 0.7)).toBeCloseTo(0.3);
    expect(strongestCut(row, new Uint8Array(4).fill(1), 0, 4, 1)).toBe(0);
  });
});

it("omission names numbers and mass", () => {
  expect(omission({ count: 412, cells: 65536, mass: 100, shown: 96 })).toBe(
    "412 of 65,536 edges, 96 % of the attention mass",
  );
  expect(omission({ count: 4, cells: 45, mass: 9, shown: 4.5 }, "change", 0.05)).toBe(
    "4 of 45 edges from .05 on, 50 % of the change",
  );
  expect(omission({ count: 9, cells: 45, mass: 9, shown: 8.999 })).toContain("over 99.9 %");
  expect(omission({ count: 9, cells: 45, mass: 9, shown: 8.99 })).toBe(
    "9 of 45 edges, 99.9 % of the attention mass",
  );
});
