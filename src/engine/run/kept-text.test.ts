// What a model that also writes does not run twice: no graph is opened for writing, and no known token is fed again.

import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { folderSource } from "../../checkpoint/node.ts";
import type { GenerateOptions, Model } from "../model.ts";
import { openModel } from "../open.ts";
import { nodeRuntime } from "../runtime/node.ts";
import type { Runtime } from "../runtime/runtime.ts";

const folder = fileURLToPath(new URL("../../../test/fixtures/goldens/gpt2", import.meta.url));
const PROMPT = [40, 50, 60, 70];

let runtime: Runtime;
let opened = 0;
/** Tokens that were fed, call by call. */
let fed: number[] = [];
let model: Model;

beforeAll(async () => {
  const inner = await nodeRuntime();
  runtime = {
    ...inner,
    async session(...args) {
      opened++;
      const session = await inner.session(...args);
      return {
        ...session,
        run: (feeds, outputs) => {
          if (feeds.ids) fed.push(feeds.ids.data.length);
          return session.run(feeds, outputs);
        },
      };
    },
  };
});
beforeEach(async () => {
  model = await openModel(await folderSource(folder), { runtime });
  await model.prepare({ writing: true });
  [opened, fed] = [0, []];
});
afterEach(() => model.dispose());

async function written(options: Partial<GenerateOptions> = {}, ids = PROMPT): Promise<(number | null)[]> {
  const all: (number | null)[] = [];
  for await (const { token } of model.generate({ ids }, { tokens: 4, ignoreEos: true, ...options }))
    all.push(token.id);
  return all;
}

/** The same by a model that keeps nothing. */
async function alone(options: Partial<GenerateOptions> = {}, ids = PROMPT): Promise<(number | null)[]> {
  const other = await openModel(await folderSource(folder), { runtime: await nodeRuntime() });
  const all: (number | null)[] = [];
  for await (const { token } of other.generate({ ids }, { tokens: 4, ignoreEos: true, ...options }))
    all.push(token.id);
  await other.dispose();
  return all;
}

function gap(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0);
}

describe("a model that also writes", () => {
  it("takes the first token from the run and opens nothing", async () => {
    await model.run({ ids: PROMPT });
    expect(await written()).toEqual(await alone());
    expect(fed).toEqual([4, 1, 1, 1]);
    await model.run({ ids: PROMPT });
    await model.run({ ids: PROMPT });
    expect(opened).toBe(0);
  });

  it("goes on where it ended, with the draws of one longer call", async () => {
    const drawn = { temperature: 2, topK: 50, seed: 7 };
    const first = await written(drawn);
    fed = [];
    const second = await written({ ...drawn, tokens: 9 });
    expect(second.slice(0, 4)).toEqual(first);
    expect(second).toEqual(await alone({ ...drawn, tokens: 9 }));
    expect(fed).toEqual([1, 1, 1, 1, 1]);
  });

  it("goes on after the run of what it wrote", async () => {
    const first = await written();
    await model.run({ ids: PROMPT, continuation: first as number[] });
    fed = [];
    expect(await written({ tokens: 8 })).toEqual(await alone({ tokens: 8 }));
    expect(fed).toEqual([1, 1, 1]);
  });

  it("goes on after it was stopped between two tokens", async () => {
    for await (const _ of model.generate({ ids: PROMPT }, { tokens: 4, ignoreEos: true })) break;
    fed = [];
    expect(await written()).toEqual(await alone());
    expect(fed).toEqual([1, 1, 1]);
  });

  it("feeds only what differs of another text, and draws anew under other settings", async () => {
    await model.run({ ids: PROMPT });
    fed = [];
    const other = [40, 50, 61, 70, 80];
    expect(await written({}, other)).toEqual(await alone({}, other));
    expect(fed).toEqual([3, 1, 1, 1]);
    const settings = { temperature: 2, seed: 3 };
    expect(await written(settings, other)).toEqual(await alone(settings, other));
  });

  it("records the same with keys and values before, which are none", async () => {
    const { trace } = await model.run({ ids: PROMPT }, { captures: ["q", "k", "v", "last_logits"] });
    const plain = await openModel(await folderSource(folder), { runtime: await nodeRuntime() });
    const expected = await plain.run({ ids: PROMPT }, { captures: ["q", "k", "v", "last_logits"] });
    await plain.dispose();
    expect(trace.names).toEqual(expected.trace.names);
    // Prepacked weights sum in another order: float32 rounding of values up to 10.
    for (const name of trace.names)
      expect(gap(trace.tensor(name)!.data, expected.trace.tensor(name)!.data)).toBeLessThan(1e-5);
  });

  it("serves two that write at once, each with its own tokens", async () => {
    await model.run({ ids: PROMPT });
    const other = [1, 2, 3];
    const both = await Promise.all([written({ tokens: 6 }), written({ tokens: 6 }, other)]);
    expect(both).toEqual([await alone({ tokens: 6 }), await alone({ tokens: 6 }, other)]);
  });
});
