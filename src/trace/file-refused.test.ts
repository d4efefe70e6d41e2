// Trace files that are refused, by what is wrong with them, and damaged ones.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { file, least, q, rich } from "../../test/support/trace-files.ts";
import { floatTensor, writeSafetensors } from "../tensor/index.ts";
import { toSqrt } from "./coding.ts";
import { readTrace, writeTrace } from "./file.ts";
import type { Trace } from "./trace.ts";
import { TraceError } from "./types.ts";

/** Reads, and asks for every head; anything but a TraceError fails the test. */
function survives(bytes: Uint8Array): void {
  try {
    const trace = readTrace(bytes);
    for (const { name, layers, heads } of trace.manifest.blocks) {
      if (layers * heads > 64) continue;
      for (let i = 0; i < layers * heads; i++) askFor(trace, name, Math.floor(i / heads), i % heads);
    }
  } catch (error) {
    if (!(error instanceof TraceError)) throw error;
  }
}

function askFor(
  trace: Trace,
  block: "self" | "encoder" | "decoder" | "cross",
  layer: number,
  head: number,
): void {
  if (!trace.hasAttention(block, layer)) return;
  const { queries, keys } = trace.sides(block);
  expect(trace.attention(block, layer, head)).toHaveLength(queries * keys);
}

/** Every path into a JSON value. */
function placesOf(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [[...path]];
  return [[...path], ...Object.entries(value).flatMap(([key, inner]) => placesOf(inner, [...path, key]))];
}

function replaced(value: unknown, path: readonly string[], by: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return by;
  const copy = structuredClone(value) as Record<string, unknown>;
  copy[key] = replaced(copy[key], rest, by);
  return copy;
}

describe("bad files", () => {
  const cases: [string, Uint8Array, RegExp][] = [
    ["an empty file", new Uint8Array(0), /0 bytes/],
    ["weights, not a trace", writeSafetensors(new Map([["w", q]])), /not a trace/],
    [
      "another version",
      writeSafetensors(new Map(), { format: "headscope.trace", version: "2", manifest: "{}" }),
      /version 2/,
    ],
    [
      "broken JSON",
      writeSafetensors(new Map(), { format: "headscope.trace", version: "1", manifest: "{" }),
      /not valid JSON/,
    ],
    ["no block", file({}), /names no block/],
    ["an unknown block", file({ blocks: [{ name: "selfish" }] }), /blocks\[0\]\.name is "selfish"/],
    ["a block without tensors", file(least), /blocks\[0\]\.layers is 0/],
    [
      "a layer too many",
      file({ blocks: [{ name: "self", layers: 1 }] }, { "self.1.q": q }),
      /self\.1\.q is of layer 1/,
    ],
    [
      "a wrong shape",
      file({ blocks: [{ name: "self", heads: 3 }] }, { "self.0.q": q }),
      /self\.0\.q has the shape \[2, 3, 4\].*heads 3, queries 3, headSize 4/,
    ],
    [
      "heads that cannot be shared",
      file({ blocks: [{ name: "self", kvHeads: 3 }] }, { "self.0.q": q }),
      /cannot share/,
    ],
    [
      "too few tokens",
      file({ ...least, streams: [{ name: "text", tokens: ["a"] }] }, { "self.0.q": q }),
      /queries 1/,
    ],
    [
      "a token that is a number",
      file({ ...least, streams: [{ name: "text", tokens: [7] }] }, { "self.0.q": q }),
      /streams\[0\]\.tokens\[0\] is 7/,
    ],
    [
      "a segment of 2",
      file({ ...least, streams: [{ name: "text", tokens: [{ raw: "a", segment: 2 }] }] }, { "self.0.q": q }),
      /segment is 2/,
    ],
    [
      "a window of one side",
      file({ blocks: [{ name: "self", recipe: { window: [3] } }] }, { "self.0.q": q }),
      /expected \[before, after\]/,
    ],
    [
      "codes that are not named",
      file(least, { "self.0.pattern": toSqrt(floatTensor([1, 2, 2], new Float32Array(4)), 8) }),
      /stored as U8/,
    ],
    [
      "a coded q",
      file({ ...least, stored: { "self.0.q": "sqrt" } }, { "self.0.q": q }),
      /only a pattern can be/,
    ],
    ["an unknown coding", file({ ...least, stored: { "self.0.q": "log" } }, { "self.0.q": q }), /"log"/],
    [
      "a coding of nothing",
      file({ ...least, stored: { "self.9.pattern": "sqrt" } }, { "self.0.q": q }),
      /not in the file/,
    ],
    [
      "a huge axis of nothing",
      file(least, { "self.0.q": { dtype: "F32", shape: [1, 9e15, 0], data: new Float32Array(0) } }),
      /9000000000000000/,
    ],
    [
      "a stream twice",
      file(
        {
          ...least,
          streams: [
            { name: "text", tokens: ["a"] },
            { name: "text", tokens: ["a"] },
          ],
        },
        { "self.0.q": q },
      ),
      /twice/,
    ],
  ];
  it.each(cases)("%s", (_, bytes, message) => {
    expect(() => readTrace(bytes)).toThrow(TraceError);
    expect(() => readTrace(bytes)).toThrow(message);
  });
});

describe("mutated files", () => {
  const good = writeTrace(rich());

  it("survives changed bytes", () => {
    const change = fc.tuple(fc.nat(good.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (changes) => {
        const bytes = good.slice();
        for (const [at, value] of changes) bytes[at] = value;
        survives(bytes);
      }),
      { seed: 1, numRuns: 400 },
    );
  });

  it("survives being cut", () => {
    fc.assert(
      fc.property(fc.nat(good.length), (length) => survives(good.slice(0, length))),
      { seed: 2, numRuns: 200 },
    );
  });

  it("survives any JSON at any place of the manifest", () => {
    const before = rich();
    const tensors = Object.fromEntries(before.names.map((name) => [name, before.raw(name)!]));
    const paths = placesOf(before.manifest);
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
        survives(file(replaced(before.manifest, path, value), tensors));
      }),
      { seed: 3, numRuns: 1000 },
    );
  });
});
