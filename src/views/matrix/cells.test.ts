import { describe, expect, it } from "vitest";
import { syntheticTrace, syntheticTranslation } from "../../../test/synthetic.ts";
import { floatTensor } from "../../tensor/index.ts";
import { attentionOf, joinedOf, Trace } from "../../trace/index.ts";
import { inkOf } from "../look/ink.ts";
import { formatNumber } from "../look/palette.ts";
import { NO_FILTER } from "../view.ts";
import { coarseFirst, MatrixCells } from "./cells.ts";

const trace = syntheticTrace({ layers: 1, heads: 2, tokens: 6, headSize: 8, store: "qk" });
const cells = new MatrixCells(attentionOf(trace, "self"), 0, 1, NO_FILTER);

describe("cells", () => {
  it("are the head's weights, NaN where masked", () => {
    const weights = trace.attention("self", 0, 1);
    expect(cells.weight(3, 2)).toBe(weights[3 * 6 + 2]);
    expect(cells.weight(3, 4)).toBeNaN();
    const line = new Float32Array(3);
    cells.readRow(3, 2, 5, line);
    expect([...line]).toEqual([weights[20], weights[21], Number.NaN]);
  });

  it("are counted in what a filter leaves", () => {
    const sliced = new MatrixCells(attentionOf(trace, "self"), 0, 1, { ...NO_FILTER, hideFirst: true });
    expect([sliced.rows, sliced.columns]).toEqual([6, 5]);
    expect(sliced.weight(3, 1)).toBe(cells.weight(3, 2));
    expect(sliced.place(3, 1)).toEqual({ query: 3, key: 2 });
  });

  it("have a weight, a score and a rank in the row", () => {
    const facts = [0, 1, 2, 3].map((column) => new Map(cells.facts(3, column)));
    const score = trace.scores("self", 0, 1)[3 * 6 + 2]!;
    expect(facts[2]!.get("score")).toBe(formatNumber(score));
    expect(facts.map((f) => f.get("rank in row")).sort()).toEqual(["1 of 4", "2 of 4", "3 of 4", "4 of 4"]);
    const stored = syntheticTrace({ layers: 1, heads: 1, tokens: 4 });
    const names = new MatrixCells(attentionOf(stored, "self"), 0, 0, NO_FILTER)
      .facts(1, 0)
      .map(([name]) => name);
    expect(names).toEqual(["weight", "rank in row"]);
  });

  it("know how far rows and columns reach", () => {
    expect([0, 3, 5].map((row) => cells.rowEnd(row))).toEqual([1, 4, 6]);
    expect([0, 3, 5].map((column) => cells.columnStart(column))).toEqual([0, 3, 5]);
  });

  it("have a mean over rows, in which a masked cell counts as nothing", () => {
    const mean = cells.mean([1, 3]);
    expect(mean[0]).toBeCloseTo((cells.weight(1, 0) + cells.weight(3, 0)) / 2, 6);
    expect(mean[3]).toBeCloseTo(cells.weight(3, 3) / 2, 6);
    expect(mean[4]).toBeNaN();
    expect(mean.filter((w) => !Number.isNaN(w)).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
  });

  it("have colours by rank: the share of the cells that are smaller", () => {
    const ink = cells.ink("light", "rank");
    const all = [...Array(6).keys()].flatMap((row) =>
      [...Array(row + 1).keys()].map((c) => cells.weight(row, c)),
    );
    const plain = inkOf("light", "weight", "linear");
    for (const weight of all) {
      const smaller = all.filter((other) => other < weight).length;
      expect(ink.rgb(weight)).toEqual(plain.rgb(smaller / (all.length - 1)));
    }
    expect(cells.ink("light", "rank")).toBe(ink);
    expect(cells.ink("light", "log")).toBe(inkOf("light", "weight", "log"));
  });

  it("close a row with a sink to 1", () => {
    const base = syntheticTrace({ layers: 1, heads: 1, tokens: 2 });
    const [block] = base.manifest.blocks;
    const recipe = { ...base.recipe("self", 0), sinks: true };
    const manifest = { ...base.manifest, blocks: [{ ...block!, recipe }] };
    const pattern = floatTensor([1, 2, 2], Float32Array.of(0.75, 0, 0.25, 0.25));
    const sinks = new MatrixCells(
      attentionOf(new Trace(manifest, new Map([["self.0.pattern", pattern]])), "self"),
      0,
      0,
      NO_FILTER,
    );
    expect([sinks.columns, sinks.weight(0, 2), sinks.weight(1, 2)]).toEqual([3, 0.25, 0.5]);
    const line = new Float32Array(3);
    sinks.readRow(1, 0, 3, line);
    expect([...line]).toEqual([0.25, 0.25, 0.5]);
    expect(sinks.place(1, 2)).toEqual({ query: 1, key: null });
    expect(sinks.facts(1, 2)).toEqual([["weight", ".500"]]);
  });
});

it("are those of source and target words in a joined run", () => {
  const run = syntheticTranslation(3, 4, 2, 2);
  const joined = new MatrixCells(joinedOf(run)!, 0, 1, NO_FILTER);
  expect(joined.weight(1, 4)).toBeNaN();
  expect(joined.weight(4, 1)).toBe(run.attention("cross", 0, 1)[1 * 3 + 1]);
  expect(joined.borders).toEqual([3, 3]);
  const later = joined.part(2, 0, 7);
  expect([...later.weights].filter((weight) => !Number.isNaN(weight))).toHaveLength(3);
});

it("orders rows coarse first, each once", () => {
  const order = coarseFirst(3, 40);
  expect(order.slice(0, 4)).toEqual([3, 19, 35, 11]);
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 37 }, (_, i) => i + 3));
});
