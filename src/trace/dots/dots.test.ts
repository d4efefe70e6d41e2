import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { compiledDots } from "../../../scripts/make-dots.mjs";
import { attendRows, type HeadInputs } from "../attend.ts";
import { DOTS } from "./bytes.ts";
import { type HeadVectors, pairDots, setPairDots } from "./pair-dots.ts";
import { useSimd } from "./simd.ts";

afterEach(() => setPairDots(null));

const heads = fc
  .record({
    queries: fc.integer({ min: 4, max: 11 }),
    keys: fc.integer({ min: 1, max: 23 }),
    headSize: fc.integer({ min: 1, max: 17 }),
    seed: fc.nat(),
  })
  .map(({ queries, keys, headSize, seed }) => {
    let state = seed >>> 0;
    const next = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 31 - 1;
    };
    const numbers = (count: number) => Float32Array.from({ length: count * headSize }, next);
    return { queries, keys, headSize, q: numbers(queries), k: numbers(keys) };
  });

/** What both are to give, one product at a time. */
function slow({ q, k, headSize }: HeadVectors, query: number, key: number): number {
  let sum = 0;
  for (let i = 0; i < headSize; i++) sum += q[query * headSize + i]! * k[key * headSize + i]!;
  return sum;
}

describe("products of two queries with many keys", () => {
  it("are compiled from the source beside them", async () => {
    expect(DOTS).toBe(await compiledDots());
  });

  for (const [name, start] of [
    ["in plain loops", () => true],
    ["in vectors", useSimd],
  ] as const)
    it(`${name} equal one product at a time, for heads of any size after one another`, () => {
      expect(start()).toBe(true);
      fc.assert(
        fc.property(heads, fc.nat(), fc.nat(), (head, one, other) => {
          const [from, to] = [one % head.keys, (other % head.keys) + 1].sort((a, b) => a - b) as [
            number,
            number,
          ];
          const [a, b] = [one % head.queries, other % head.queries];
          const found = pairDots(head, head.queries)(a, b, from, to);
          for (const [row, query] of [
            [found[0], a],
            [a === b ? found[0] : found[1], b],
          ] as const)
            for (let key = from; key < to; key++) expect(row[key]!).toBeCloseTo(slow(head, query, key), 12);
        }),
      );
    });

  it("are plain loops where a head cannot be prepared", () => {
    setPairDots(() => null);
    const head = { q: Float32Array.of(1, 2), k: Float32Array.of(3, 4), headSize: 2, keys: 1 };
    expect(pairDots(head, 8)(0, 0, 0, 1)[0][0]).toBe(11);
  });

  it("give the same attention: causal, in a window, capped, with a sink and a mask", () => {
    fc.assert(
      fc.property(heads, fc.boolean(), fc.option(fc.nat(5)), fc.boolean(), (made, causal, window, more) => {
        const head: HeadInputs = {
          ...made,
          queryOffset: causal ? Math.max(0, made.keys - made.queries) : 0,
          recipe: {
            scale: 0.7,
            causal,
            window: window === null ? null : [window, causal ? 0 : 2],
            softcap: more ? 3 : null,
            sinks: more,
            bias: null,
          } as unknown as HeadInputs["recipe"],
          ...(more && { sink: 0.4, visible: (query: number, key: number) => (query + key) % 3 !== 0 }),
        };
        const queries = Array.from({ length: made.queries }, (_, i) => i);
        setPairDots(null);
        const plain = attendRows(head, queries);
        expect(useSimd()).toBe(true);
        const fast = attendRows(head, queries);
        for (const [i, weight] of plain.entries()) expect(fast[i]!).toBeCloseTo(weight, 6);
      }),
    );
  });
});
