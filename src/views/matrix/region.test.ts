import { describe, expect, it } from "vitest";
import { syntheticTrace } from "../../../test/synthetic.ts";
import { wordsScore } from "../../analysis/index.ts";
import { attentionOf, Trace } from "../../trace/index.ts";
import { NO_FILTER, type Selection } from "../view.ts";
import { MatrixCells } from "./cells.ts";
import { MOST_ROWS, markedIn, meanWeight, regionBetween, tooLarge } from "./region.ts";
import { regionSaid, regionTip } from "./said.ts";

const trace = syntheticTrace({ layers: 1, heads: 2, tokens: 9, seed: 2 });
const attention = attentionOf(trace, "self");
const cells = new MatrixCells(attention, 0, 1, NO_FILTER);
const selection: Selection = { block: "self", layer: 0, heads: [1], focus: 1, pins: [2], side: "key" };
const region = regionBetween({ row: 6, column: 1 }, { row: 4, column: 3 });

describe("a region", () => {
  it("lies between two cells in any order, or is of whole rows", () => {
    expect(region).toEqual({ rows: [4, 6], columns: [1, 3] });
    expect(regionBetween({ row: 4, column: 3 }, { row: 6, column: 1 })).toEqual(region);
    expect(regionBetween({ row: 2, column: 5 }, { row: 3, column: 5 }, 9).columns).toEqual([0, 8]);
  });

  it("weighs what the score from words to words counts for this head", () => {
    const score = wordsScore(attention, [4, 5, 6], [1, 2, 3], "asked");
    expect(meanWeight(cells, region)).toBeCloseTo(score.values[1]!, 6);
    // Masked cells count as nothing, and whole rows of a distribution weigh 1.
    expect(meanWeight(cells, { rows: [0, 2], columns: [3, 8] })).toBe(0);
    expect(meanWeight(cells, { rows: [0, 8], columns: [0, 8] })).toBeCloseTo(1, 5);
  });

  it("pins its rows, and names the keys of its columns unless it has them all", () => {
    expect(markedIn(cells, selection, region)).toEqual({
      selection: { ...selection, side: "query", pins: [4, 5, 6] },
      keys: [1, 2, 3],
    });
    expect(markedIn(cells, selection, { rows: [3, 3], columns: [0, 8] }).keys).toEqual([]);
    const sliced = new MatrixCells(attention, 0, 1, { ...NO_FILTER, hideFirst: true });
    expect(markedIn(sliced, selection, region).keys).toEqual([2, 3, 4]);
  });

  it("without the column of sinks, which is no key", () => {
    const base = syntheticTrace({ layers: 1, heads: 2, tokens: 5 });
    const blocks = base.manifest.blocks.map((block) => ({
      ...block,
      recipe: { ...base.recipe("self", 0), sinks: true },
    }));
    const trace = new Trace({ ...base.manifest, blocks }, base.parts().tensors);
    const all = new MatrixCells(attentionOf(trace, "self"), 0, 1, NO_FILTER);
    expect(all.columns).toBe(6);
    expect(markedIn(all, selection, { rows: [2, 3], columns: [3, 5] }).keys).toEqual([3, 4]);
  });

  it("has at most 64 rows that can be pinned, and says so", () => {
    const many = new MatrixCells(
      attentionOf(syntheticTrace({ layers: 1, heads: 2, tokens: 80 }), "self"),
      0,
      1,
      NO_FILTER,
    );
    const large = { rows: [0, MOST_ROWS], columns: [0, 1] } as const;
    expect([tooLarge(large), tooLarge({ ...large, rows: [1, MOST_ROWS] })]).toEqual([true, false]);
    expect(regionTip(many, large).note).toBe("At most 64 rows can be pinned. Zoom in to mark fewer.");
    expect(regionSaid(many, large)).toBe("65 rows, 2 columns marked. At most 64 rows can be pinned.");
  });

  it("is said with its ends, its size and its weight", () => {
    const [first, last] = [cells.rowWords[4], cells.rowWords[6]];
    const tip = regionTip(cells, region);
    expect(tip.title).toBe(`${first} … ${last} → ${cells.columnWords[1]} … ${cells.columnWords[3]}`);
    expect(tip.rows.map(([name]) => name)).toEqual(["rows", "columns", "mean weight of a row"]);
    expect(regionSaid(cells, region)).toBe(`${tip.title}, 3 rows, 3 columns marked. Enter pins the rows.`);
    expect(regionSaid(cells, { rows: [1, 1], columns: [0, 0] }, true)).toBe("1 row, 1 column pinned.");
  });
});
