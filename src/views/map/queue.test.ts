import { expect, it } from "vitest";
import type { Thumbnail } from "../../analysis/index.ts";
import { type QueueOptions, ThumbnailQueue } from "./queue.ts";

const all = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Run a queue to its end; what arrived, in order. */
function run(source: QueueOptions["source"], count = 6, now?: () => number): Promise<[number, Thumbnail][]> {
  const arrived: [number, Thumbnail][] = [];
  return new Promise((done, fail) => {
    new ThumbnailQueue(
      {
        order: all(count),
        heads: 3,
        size: 4,
        source,
        onThumbnail: (index, thumbnail) => arrived.push([index, thumbnail]),
        onSlice: (finished) => finished && done(arrived),
        onError: fail,
      },
      now,
    );
  });
}

const code = (layer: number, head: number): Float32Array => Float32Array.of(layer, head);

it("asks for every head by layer and head", async () => {
  const arrived = await run(code);
  expect(arrived.map(([i, t]) => [i, ...t!])).toEqual(all(6).map((i) => [i, Math.floor(i / 3), i % 3]));
});

it("goes on over slices when the clock runs out", async () => {
  let time = 0;
  const arrived = await run(code, 6, () => (time += 15));
  expect(arrived).toHaveLength(6);
});

it("takes promises, more than are in flight at once", async () => {
  const arrived = await run((layer, head) => Promise.resolve(code(layer, head)), 50);
  expect(arrived.map(([i]) => i).sort((a, b) => a - b)).toEqual(all(50));
});

it("passes on that a head was not recorded", async () => {
  expect((await run(() => null, 1))[0]).toEqual([0, null]);
});

it("reports an error once and stops", async () => {
  await expect(run(() => Promise.reject(new Error("worker is gone")))).rejects.toThrow("worker is gone");
  await expect(
    run(() => {
      throw new Error("no attention");
    }),
  ).rejects.toThrow("no attention");
});

it("reports nothing after it was stopped", async () => {
  const arrived: number[] = [];
  const queue = new ThumbnailQueue({
    order: all(3),
    heads: 3,
    size: 4,
    source: async () => null,
    onThumbnail: (index) => arrived.push(index),
    onSlice: () => undefined,
    onError: () => undefined,
  });
  queue.stop();
  await new Promise((done) => setTimeout(done, 5));
  expect(arrived).toEqual([]);
});
