// Recordings that BertViz and CircuitsVis wrote, in ../shared/data/recorded: every one opens with equal numbers, and
// the one that is marked INVALID is refused.

import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { readFound, traceOf } from "./index.ts";

const ROOT = new URL("../../../shared/data/recorded/", import.meta.url);
const files = ["bertviz", "circuitsvis"].flatMap((folder) =>
  readdirSync(new URL(folder, ROOT))
    .filter((name) => name.endsWith(".json.gz"))
    .map((name) => `${folder}/${name}`),
);

/** Attention of the first layer's first head in a recording, whatever its generation. */
function firstHead(saved: Record<string, never>): number[] {
  const { attention, att } = saved as { attention?: never; att?: number[][][][] };
  const views = attention as never as { all?: { attn: number[][][][] } } & { attn: number[][][][] }[];
  const layers = att ?? views.all?.attn ?? views[0]?.attn;
  return (layers ? layers[0]![0]! : (attention as never as number[][][])[0]!).flat();
}

describe("recordings of others", () => {
  it.each(files.filter((name) => !name.includes("INVALID")))("%s", (name) => {
    for (const unpacked of [false, true]) {
      const packed = readFileSync(new URL(name, ROOT));
      const bytes = new Uint8Array(unpacked ? gunzipSync(packed) : packed);
      const trace = traceOf(readFound(name, bytes));
      const [block] = trace.manifest.blocks;
      const expected = firstHead(JSON.parse(gunzipSync(packed).toString()));
      expect([...trace.attention(block!.name, 0, 0)]).toEqual([...Float32Array.from(expected)]);
    }
  });

  it("the bias that was recorded in place of attention is refused", () => {
    const name = files.find((file) => file.includes("INVALID"))!;
    expect(() => traceOf(readFound(name, new Uint8Array(readFileSync(new URL(name, ROOT)))))).toThrow(
      /layer 0: the value at head 0, row 0, column 0 is 3\.5\. Attention is 0 to 1: these look like scores/,
    );
  });
});
