import { describe, expect, it } from "vitest";
import { readRecorded } from "../../test/figures/recorded.ts";
import { syntheticTrace, syntheticTranslation } from "../../test/synthetic.ts";
import { readTrace, writeTrace } from "../trace/index.ts";
import type { Selection } from "../views/index.ts";
import { smallTrace } from "./small-trace.ts";

const john = readRecorded("gallery/traces/gpt2-john-smith.safetensors");
const lily = readRecorded("test/fixtures/views/stories260k-lily.safetensors");
const selected = (layer: number, head: number): Selection => {
  return { block: "self", layer, heads: [head], focus: head, pins: [], side: "query" };
};

describe("a small trace", () => {
  it("holds every head within .004, and q, k, v of the heads in focus, through the file", () => {
    const { trace, leftOut } = smallTrace(lily, selected(4, 4), 2e6);
    const again = readTrace(writeTrace(trace));
    expect(leftOut).toEqual([]);
    for (let layer = 0; layer < 5; layer++) {
      for (let head = 0; head < lily.heads("self", layer); head++) {
        const [a, b] = [lily.attention("self", layer, head), again.attention("self", layer, head)];
        expect(Math.max(...a.map((x, i) => Math.abs(x - b[i]!)))).toBeLessThan(4e-3);
      }
    }
    expect(again.hasQueriesAndKeys("self", 4, 4)).toBe(true);
    expect(again.hasQueriesAndKeys("self", 4, 3)).toBe(false);
    expect(again.hasQueriesAndKeys("self", 3, 4)).toBe(false);
    const [q, own] = [lily.entry("self.4.q", 4)!, again.entry("self.4.q", 4)!];
    expect(Math.max(...q.data.map((x, i) => Math.abs(x - own.data[i]!)))).toBeLessThan(1e-2);
  });

  it("leaves out far layers first, and names them", () => {
    const all = writeTrace(smallTrace(john, selected(4, 11), 1e9).trace).length;
    const { trace, leftOut } = smallTrace(john, selected(4, 11), all / 20);
    expect(trace.hasAttention("self", 4)).toBe(true);
    expect(trace.hasAttention("self", 11)).toBe(false);
    expect(leftOut.at(-1)).toMatch(/^To stay small this page leaves out layers .*11\.$/);
  });

  it("keeps all blocks of a translation, and runs without queries and keys", () => {
    const { trace } = smallTrace(syntheticTranslation(), { ...selected(5, 7), block: "cross" }, 1e9);
    expect(trace.manifest.blocks.map(({ name }) => name)).toContain("cross");
    expect(readTrace(writeTrace(trace)).hasAttention("cross", 5)).toBe(true);
    const plain = smallTrace(syntheticTrace({ layers: 2 }), selected(0, 0), 1e9);
    expect(readTrace(writeTrace(plain.trace)).hasAttention("self", 1)).toBe(true);
  });
});
