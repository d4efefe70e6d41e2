import { describe, expect, it } from "vitest";
import { syntheticTrace } from "../../../test/synthetic.ts";
import { patternRows } from "./pattern-rows.ts";

const trace = syntheticTrace({ layers: 2, heads: 2, tokens: 6, headSize: 4, store: "qk" });

describe("rows of a layer", () => {
  it("are shared by all views of a trace", () => {
    const rows = patternRows(trace, "self", 0);
    const row = rows.row(1, 3);
    expect([...row]).toEqual([...trace.attention("self", 0, 1, 3, 4)]);
    expect(patternRows(trace, "self", 0).row(1, 3)).toBe(row);
    expect(patternRows(trace, "self", 1)).not.toBe(rows);
  });

  it("are kept where they are looked at, not where they are needed once", () => {
    const rows = patternRows(trace, "self", 1);
    rows.once(0, 2);
    expect([rows.has(0, 2), rows.size]).toEqual([false, 0]);
    rows.row(0, 2);
    expect([rows.has(0, 2), rows.size]).toEqual([true, 6]);
  });

  it("are there at once where the pattern is stored", () => {
    const stored = syntheticTrace({ layers: 1, heads: 1, tokens: 4 });
    const rows = patternRows(stored, "self", 0);
    expect([rows.has(0, 3), rows.size]).toEqual([true, 0]);
    expect([...rows.row(0, 3)]).toEqual([...stored.attention("self", 0, 0, 3, 4)]);
  });
});
