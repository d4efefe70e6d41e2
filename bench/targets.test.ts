import { describe, expect, it } from "vitest";
import { engineTargets, type LengthRow } from "./engine-targets.ts";
import { notebookTargets, type Output } from "./notebook-targets.ts";
import { localTargets } from "./page-local-targets.ts";
import { type Row, viewTargets } from "./views-targets.ts";

const times = (painted: number, complete: number) => ({ done: 0.001, painted, complete });
const row = (
  view: Row["view"],
  tool: Row["tool"],
  [layers, heads, tokens]: number[],
  by: Row["times"],
): Row => ({
  view,
  tool,
  shape: { layers: layers!, heads: heads!, tokens: tokens!, headSize: 64 },
  times: by,
  memory: 1,
});
const SMALL = [12, 12, 64];

describe("targets of the views", () => {
  it("are shares of BertViz's time at 64 tokens, the same moment for both", () => {
    const found = viewTargets([
      row("head", "BertViz", SMALL, { hover: times(0.1, 9), "switch layer": times(0.5, 9) }),
      row("head", "headscope", SMALL, { hover: times(0.01, 7), "switch layer": times(0.02, 7) }),
    ]);
    expect(found.map(({ measured }) => measured)).toEqual(["0.100", "0.040"]);
    expect(found.map(({ share }) => share <= 1)).toEqual([false, true]);
    expect(found.every(({ target }) => target.endsWith("of BertViz"))).toBe(true);
  });

  it("are multiples of headscope's own time where BertViz cannot go", () => {
    const first = (complete: number) => ({ first: times(0.01, complete) });
    const found = viewTargets([
      row("model", "headscope", SMALL, first(0.2)),
      row("model", "headscope", [12, 12, 1024], first(1)),
      row("model", "headscope", [48, 64, 256], first(2)),
    ]);
    expect(found.map(({ measured, share }) => [measured, share <= 1])).toEqual([
      ["5.00", true],
      ["10.00", false],
    ]);
  });

  it("are left out where a side was not measured", () => {
    expect(viewTargets([row("model", "headscope", SMALL, { first: times(0.1, 0.2) })])).toEqual([]);
  });
});

describe("targets of the engine", () => {
  const at = (n: number): LengthRow => ({ n, attention: 6, qkv: 3, eagerAll: 10, eagerLast: 5, sdpa: 2 });
  const of = (n: number) => engineTargets({ gpt2: { lengths: [at(n)], speeds: [] } });

  it("hold to the lengths that they are stated for", () => {
    const anchors = (n: number) => of(n).map(({ target }) => target);
    expect(anchors(512)).toHaveLength(3);
    expect(anchors(1024)).toEqual([
      "at most 0.6 of eager with all logits",
      "at most 1 of sdpa without attention",
    ]);
    expect(anchors(2048)).toEqual([]);
  });

  it("are ratios of one run, process start too", () => {
    expect(of(1024).map(({ share }) => share)).toEqual([1, 1.5]);
    const start = { ours: { ready: 0.1, first: 0.3 }, theirs: { ready: 2, first: 1 } };
    const found = engineTargets({ start });
    expect(found.map(({ measured, share }) => [measured, share <= 1])).toEqual([
      ["0.05", true],
      ["0.30", false],
    ]);
    expect(found.some(({ target }) => /\bm?s$/.test(target))).toBe(false);
  });
});

describe("targets of the page on a local checkpoint", () => {
  it("set native runs against Node, and against WebAssembly where texts are long", () => {
    const row = { node: 1, native: 1.2, web: 3 };
    const found = localTargets([
      { n: 16, ...row },
      { n: 128, ...row },
    ]);
    expect(found.map(({ measured, share }) => [measured, share <= 1])).toEqual([
      ["1.20", true],
      ["1.20", true],
      ["0.40", false],
    ]);
    expect(found[2]!.target).toBe("at most 0.35 of WebAssembly in the same page");
  });
});

describe("targets of a notebook's output", () => {
  const output = (tool: string, tokens: number, bytes: number): Output => ({
    ...{ tool, view: "model", tokens, bytes, call: 1, drawn: 1 },
  });

  it("are shares of BertViz's bytes at 128 tokens", () => {
    const rows = [output("headscope", 64, 9), output("BertViz", 64, 10), output("headscope", 128, 4)];
    const found = notebookTargets([...rows, output("BertViz", 128, 100), output("circuitsvis", 128, 1)]);
    expect(found.map(({ measured }) => measured)).toEqual(["0.040"]);
    expect(found[0]!.share).toBeCloseTo(0.8, 9);
    expect(notebookTargets([...rows, output("BertViz", 128, 50)])[0]!.share).toBeGreaterThan(1);
  });

  it("are left out where BertViz was not measured", () => {
    expect(notebookTargets([output("headscope", 128, 4)])).toEqual([]);
  });
});
