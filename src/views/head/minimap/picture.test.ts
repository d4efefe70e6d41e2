import { describe, expect, it } from "vitest";
import { syntheticTrace } from "../../../../test/synthetic.ts";
import { attentionOf } from "../../../trace/index.ts";
import { NO_FILTER, type Selection } from "../../view.ts";
import { type Active, HeadData } from "../data.ts";
import { minimapPicture, startFor } from "./picture.ts";
import { minimapMarks, THICK } from "./scene.ts";

const attention = attentionOf(syntheticTrace({ layers: 1, heads: 2, tokens: 200 }), "self");
const selection: Selection = { block: "self", layer: 0, heads: [1], focus: 1, pins: [150], side: "query" };
const ROW = 10;

function picture(active: Active, length: number, filter = NO_FILTER) {
  const data = new HeadData({ attention, selection, filter }, null);
  const queries = data.slice.queries;
  const weights = data.weights(selection.heads, active, queries, "mean", () => false)!;
  const along = (_: string, row: number): number => (row + 0.5) * ROW;
  return {
    data,
    weights,
    picture: minimapPicture({ spot: { data, active, weights }, along, extent: data.count * ROW, length }),
  };
}

describe("a minimap", () => {
  it("has the strongest weight of the words that share a pixel, as a part of the strongest of all", () => {
    const { picture: strip, weights } = picture({ side: "query", positions: [150] }, 50);
    const row = attention.row(0, 1, 150)!;
    const most = Math.max(...row);
    for (let at = 0; at < 50; at++) {
      const shared = row.slice(4 * at, 4 * at + 4);
      expect(strip.strengths[at]).toBeCloseTo(Math.max(...shared) / most, 6);
    }
    expect(weights.mean[150]).toBe(row[150]);
    expect([strip.side, strip.chosen]).toEqual(["key", [37]]);
  });

  it("of pinned keys has who attends to them; without pins what is received", () => {
    const taken = picture({ side: "key", positions: [20] }, 200).picture;
    expect([taken.side, taken.chosen]).toEqual(["query", [20]]);
    expect(taken.strengths.findIndex((strength) => strength !== 0)).toBeGreaterThanOrEqual(20);
    const received = picture({ side: "query", positions: [] }, 200).picture;
    expect([received.side, received.chosen]).toEqual(["key", []]);
    expect(Math.max(...received.strengths)).toBe(1);
  });

  it("follows the rows that a filter leaves", () => {
    const { picture: strip } = picture({ side: "query", positions: [150] }, 200, {
      ...NO_FILTER,
      rows: [100, 199],
      columns: [100, 199],
    });
    expect(strip.chosen).toEqual([101]);
  });

  it("stands without weights that are not worked out yet, and is nowhere longer than its strip", () => {
    const { data } = picture({ side: "query", positions: [] }, 10);
    const strip = minimapPicture({
      spot: { data, active: { side: "query", positions: [0, 199] }, weights: null },
      along: (_, row) => row * 1000,
      extent: 2000,
      length: 10,
    });
    expect([...strip.strengths]).toEqual(Array(10).fill(0));
    expect(strip.chosen).toEqual([0, 9]);
  });

  it("puts the point under the pointer into the middle, within the text", () => {
    expect([startFor(50, 100, 1000, 100), startFor(0, 100, 1000, 100), startFor(99, 100, 1000, 100)]).toEqual(
      [450, 0, 900],
    );
  });

  it("is the same along both axes", () => {
    const { picture: strip } = picture({ side: "query", positions: [150] }, 50);
    const look = { theme: "light", signed: false, sight: [10, 20] } as const;
    const [down, right] = (["y", "x"] as const).map((axis) => minimapMarks(strip, { ...look, axis }));
    expect(right!.map(({ kind }) => kind)).toEqual(down!.map(({ kind }) => kind));
    for (const [i, mark] of down!.entries()) {
      const other = right![i]!;
      if (!("boxes" in mark) || !("boxes" in other)) throw new Error("no boxes");
      for (let b = 0; b < mark.boxes.length; b += 4) {
        const [x, y, width, height] = mark.boxes.subarray(b, b + 4) as unknown as number[];
        expect([...other.boxes.subarray(b, b + 4)]).toEqual([y, x, height, width]);
        expect(x! + width!).toBeLessThanOrEqual(THICK);
      }
    }
  });
});
