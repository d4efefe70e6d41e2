import { describe, expect, it } from "vitest";
import { syntheticTrace } from "../../test/synthetic.ts";
import type { Edit } from "../trace/index.ts";
import { edgeSweep, type Metric, mlpSweep, residSweep, runSweep } from "./patching.ts";
import type { Table } from "./table.ts";

const trace = syntheticTrace({ layers: 2, heads: 2, tokens: 4 });
const metric: Metric = { name: "calls", of: () => ++counted };
let counted = 0;

describe("a sweep", () => {
  it("that was stopped goes on where it was, and runs nothing twice", async () => {
    counted = 0;
    const stop = new AbortController();
    let kept: Table | undefined;
    const run = async () => trace;
    const first = runSweep(residSweep(trace), run, metric, {
      signal: stop.signal,
      onProgress: (done, _, table) => {
        kept = { ...table, values: table.values.slice() };
        if (done === 3) stop.abort();
      },
    });
    await expect(first).rejects.toThrow();
    expect([...kept!.values].filter((value) => !Number.isNaN(value))).toEqual([3, 2, 1]);
    const whole = await runSweep(residSweep(trace), run, metric, { known: kept!.values });
    expect([...whole.values]).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
  });

  it("leaves out what has no counterpart in the other run", () => {
    const align = { text: [0, -1, 1, 2] };
    const position = (edits: readonly Edit[] | null) => edits && "position" in edits[0]! && edits[0].position;
    const columns = [0, 1, 2, 3];
    for (const sweep of [residSweep(trace, undefined, align), mlpSweep(trace, undefined, align)])
      expect(columns.map((at) => position(sweep.edits(1, at)))).toEqual([0, null, 2, 3]);
    const edges = edgeSweep(trace, { block: "self", layer: 0, head: 1 }, align);
    expect(columns.map((key) => edges.edits(3, key) !== null)).toEqual([true, false, true, true]);
    expect(columns.map((query) => edges.edits(query, 0) !== null)).toEqual([true, false, true, true]);
  });
});
