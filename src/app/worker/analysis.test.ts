import { expect, test } from "vitest";
import { joinedWorker } from "../../../test/support/joined-worker.ts";
import { syntheticTrace } from "../../../test/synthetic.ts";
import { quietKeys, scoresOf, sliceOf, thumbnailOf } from "../../analysis/index.ts";
import { attentionOf } from "../../trace/index.ts";
import { NO_FILTER } from "../../views/view.ts";
import { AnalysisClient, AnalysisHost } from "./analysis.ts";
import { Looking } from "./looking.ts";

/** Both ends joined without a worker; what crosses is cloned as it would be. */
function joined() {
  const { worker, kinds, post } = joinedWorker((request) => {
    void host.serve(structuredClone(request) as Parameters<AnalysisHost["serve"]>[0]);
  });
  const host = new AnalysisHost((reply) => queueMicrotask(() => post(reply)));
  const sent = (kind = "trace") => kinds.filter((one) => one === kind).length;
  const nobody = { holds: () => false, look: () => Promise.reject(new Error("asked in vain")) };
  return { client: new Looking(() => nobody, new AnalysisClient(() => worker)), sent };
}

test("scores and thumbnails are those of the page itself, and a trace crosses once", async () => {
  const trace = syntheticTrace({ layers: 2, heads: 3, tokens: 9, store: "qk", headSize: 8 });
  const { client, sent } = joined();
  expect(await client.scores(trace, "self")).toEqual(scoresOf(trace, "self"));
  const where = { block: "self", layer: 1, head: 2, size: 6, filter: NO_FILTER } as const;
  expect(await client.thumbnail(trace, where)).toHaveLength(36);
  expect(sent()).toBe(1);
  await client.scores(syntheticTrace({ layers: 1, heads: 1, tokens: 4 }), "self");
  expect(sent()).toBe(2);
});

test("thumbnails that are asked for after scores do not wait for them", async () => {
  const trace = syntheticTrace({ layers: 5, heads: 3, tokens: 9, store: "qk", headSize: 8 });
  const { client } = joined();
  const order: string[] = [];
  const where = { block: "self", layer: 3, head: 2, size: 6, filter: NO_FILTER } as const;
  await Promise.all([
    client.scores(trace, "self").then(() => order.push("scores")),
    client.thumbnail(trace, where).then(() => order.push("thumbnail")),
  ]);
  expect(order).toEqual(["thumbnail", "scores"]);
});

test("what cannot be computed is told as an error, and so is a trace that cannot be read", async () => {
  const { client } = joined();
  const trace = syntheticTrace({ layers: 1, heads: 1, tokens: 4 });
  await expect(client.scores(trace, "cross")).rejects.toMatchObject({ name: "TraceError" });
  const unread = Object.assign(syntheticTrace({ layers: 1, heads: 1, tokens: 4 }), { manifest: null });
  await expect(client.scores(unread, "self")).rejects.toThrow();
  expect(await client.scores(trace, "self")).toEqual(scoresOf(trace, "self"));
});

test("thumbnails that are asked for together cross in messages of twelve, each to who asked for it", async () => {
  const trace = syntheticTrace({ layers: 5, heads: 3, tokens: 9, store: "qk", headSize: 8 });
  const { client, sent } = joined();
  const attention = attentionOf(trace, "self");
  const [slice, quiet] = [sliceOf(attention, NO_FILTER), quietKeys(attention)];
  const places = Array.from({ length: 15 }, (_, i) => ({ layer: Math.floor(i / 3), head: i % 3 }));
  const asked = (size: number) =>
    places.map((place) => client.thumbnail(trace, { block: "self", size, filter: NO_FILTER, ...place }));
  const found = await Promise.all([...asked(6), ...asked(5)]);
  const own = (size: number) =>
    places.map((place) => thumbnailOf(attention, { ...place, size, slice, quiet }));
  expect(found).toEqual([...own(6), ...own(5)]);
  expect(sent("thumbnails")).toBe(4);
});
