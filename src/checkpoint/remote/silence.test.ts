// Servers that take requests and fall silent, made of promises that never come: the limit of a millisecond only says
// how long the tests wait, never how they end.

import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UnreachableError } from "./http.ts";
import { cachedHubSource } from "./hub-cache.ts";
import { partsOf } from "./silence.ts";
import { urlSource } from "./url.ts";

const weights = new Uint8Array(9000).fill(7);
const files: Readonly<Record<string, Uint8Array>> = {
  "config.json": new TextEncoder().encode('{"model_type":"gpt2"}'),
  "model.safetensors": weights,
};
const hash = (kind: string, ...parts: (string | Uint8Array)[]) =>
  parts.reduce((all, part) => all.update(part), createHash(kind)).digest("hex");
const listing = {
  sha: "0123456789abcdef0123456789abcdef01234567",
  siblings: Object.entries(files).map(([rfilename, bytes]) => ({
    rfilename,
    size: bytes.length,
    blobId: hash("sha1", `blob ${bytes.length}\0`, bytes),
  })),
};

/** Resolves never, rejects where the signal says so. */
const never = (signal?: AbortSignal | null) =>
  new Promise<never>((_, reject) => {
    if (signal?.aborted) reject(signal.reason as Error);
    signal?.addEventListener("abort", () => reject(signal.reason as Error));
  });

/** A body of some bytes behind which nothing comes, not even its end. */
const hanging = (bytes: Uint8Array) =>
  new ReadableStream<Uint8Array>({ start: (stream) => stream.enqueue(bytes), pull: () => never() });

/** A hub that falls silent at one place: before an answer, or behind some bytes of a body. */
function hub(silentAt: string, behind?: number) {
  const asked: string[] = [];
  const serve = (async (input: URL, init: RequestInit) => {
    const name = input.pathname.split("/").at(-1)!;
    const isList = input.pathname.startsWith("/api/");
    const range = new Headers(init.headers).get("range");
    asked.push(`${isList ? "list" : name} ${range ?? ""}`.trim());
    const silent = (isList ? "list" : name) === silentAt;
    if (silent && behind === undefined) return never(init.signal);
    const whole = isList ? new TextEncoder().encode(JSON.stringify(listing)) : files[name];
    if (!whole) return new Response(null, { status: 404 });
    const [, from, to] = /bytes=(\d+)-(\d+)/.exec(range ?? "") ?? [];
    const part = from === undefined ? whole : whole.slice(Number(from), Number(to) + 1);
    const headers = { "content-range": `bytes ${from}-${to}/${whole.length}` };
    const body = silent ? hanging(part.slice(0, behind)) : part;
    return new Response(body as BodyInit, from === undefined ? {} : { status: 206, headers });
  }) as typeof fetch;
  return { serve, asked };
}

let cache: string;
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "headscope-silent-"));
});
afterEach(() => rm(cache, { recursive: true }));
const wait = async () => undefined;
const open = (serve: typeof fetch) =>
  cachedHubSource("org/name", { fetch: serve, endpoint: "http://hub.test", cache, wait, silence: 1 });

describe("a hub that takes a request and then says nothing", () => {
  it.each([
    ["before the listing", "list", undefined],
    ["in the middle of the listing", "list", 5],
    ["before the config", "config.json", undefined],
    ["in the middle of the config", "config.json", 5],
    ["before the weights", "model.safetensors", undefined],
    ["in the middle of the weights", "model.safetensors", 10],
  ])("%s is given up with a sentence", async (_, at, behind) => {
    const error = await open(hub(at, behind).serve).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(UnreachableError);
    expect((error as Error).message).toBe(
      "hub.test cannot be reached: it has said nothing for 0.001 seconds.",
    );
  });

  it("is asked for the rest as long as each try brings some", async () => {
    const { serve, asked } = hub("model.safetensors", 2000);
    const source = await open(serve);
    expect(await source.read("model.safetensors", 0, 9000)).toEqual(weights);
    expect(asked.filter((request) => request.startsWith("model"))).toEqual(
      [0, 2000, 4000, 6000, 8000].map((from) => `model.safetensors bytes=${from}-8999`),
    );
  });

  it("leaves the model that is in the cache", async () => {
    await open(hub("nowhere").serve);
    const source = await open(hub("list").serve);
    expect(await source.read("config.json", 0, 21)).toEqual(files["config.json"]);
    expect(await readFile(join(cache, "models--org--name", "refs", "main"), "utf8")).toBe(listing.sha);
  });

  it("is no answer to somebody who stops waiting", async () => {
    const stop = new AbortController();
    const { serve } = hub("list");
    const opening = cachedHubSource("org/name", {
      fetch: serve,
      endpoint: "http://hub.test",
      cache,
      wait,
      signal: stop.signal,
    });
    stop.abort(new Error("stopped"));
    await expect(opening).rejects.toThrow("stopped");
  });
});

it("an address that says nothing is given up, too", async () => {
  const { serve } = hub("config.json");
  const source = urlSource("http://hub.test/m/", { fetch: serve, wait, silence: 1 });
  await expect(source.list()).rejects.toThrow("it has said nothing for 0.001 seconds");
});

it("a byte now and then is no sign of life", async () => {
  const drip = new ReadableStream<Uint8Array>({
    pull: async (stream) => {
      await new Promise((resume) => setTimeout(resume, 2));
      stream.enqueue(new Uint8Array(1));
    },
  });
  const all = async () => {
    for await (const _ of partsOf(new Response(drip), 10));
  };
  await expect(all()).rejects.toThrow("it has said nothing for 0.01 seconds");
});
