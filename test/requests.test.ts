// How often a server is asked when a model is opened and prepared, and for how many bytes: from the headers of files to
// the weights of every session. The runtime reads all weights and computes nothing, so that a large checkpoint is quick.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sourceOf } from "../src/app/worker/sources.ts";
import { type ChunkStore, hubSource, type Source, urlSource } from "../src/checkpoint/index.ts";
import { catalog } from "../src/cli/catalog.ts";
import { handler } from "../src/cli/serve.ts";
import { readExternals } from "../src/engine/externals.ts";
import { openModel, type Runtime } from "../src/engine/index.ts";
import { type Tensor, writeSafetensors } from "../src/tensor/index.ts";
import { counting } from "../src/wire/host.ts";
import { PAGE_CAPTURES } from "../src/wire/protocol.ts";
import { type HubServer, startHub } from "./hub-server.ts";

const LAYERS = 33;
const CONFIG = {
  model_type: "llama",
  hidden_size: 512,
  intermediate_size: 256,
  num_hidden_layers: LAYERS,
  num_attention_heads: 8,
  num_key_value_heads: 2,
  vocab_size: 4000,
  max_position_embeddings: 512,
  tie_word_embeddings: true,
};
const WEIGHTS = "model.safetensors";

/** A checkpoint of 299 tensors in ten parts, 74 MB of zeros in half precision. */
function llama(): Record<string, Uint8Array | string> {
  const { hidden_size: hidden, intermediate_size: units } = CONFIG;
  const tensors = new Map<string, Tensor>();
  const add = (name: string, ...shape: number[]) => {
    const data = new Uint16Array(shape.reduce((product, side) => product * side, 1));
    tensors.set(`model.${name}`, { dtype: "BF16", shape, data });
  };
  add("embed_tokens.weight", CONFIG.vocab_size, hidden);
  // Names in a file are sorted as texts, so layer 10 lies before layer 2.
  const layers = Array.from({ length: LAYERS }, (_, i) => `layers.${i}`).sort();
  for (const layer of layers) {
    add(`${layer}.input_layernorm.weight`, hidden);
    add(`${layer}.mlp.down_proj.weight`, hidden, units);
    add(`${layer}.mlp.gate_proj.weight`, units, hidden);
    add(`${layer}.mlp.up_proj.weight`, units, hidden);
    add(`${layer}.post_attention_layernorm.weight`, hidden);
    add(`${layer}.self_attn.k_proj.weight`, 128, hidden);
    add(`${layer}.self_attn.o_proj.weight`, hidden, hidden);
    add(`${layer}.self_attn.q_proj.weight`, hidden, hidden);
    add(`${layer}.self_attn.v_proj.weight`, 128, hidden);
  }
  add("norm.weight", hidden);
  return { "config.json": JSON.stringify(CONFIG), [WEIGHTS]: writeSafetensors(tensors) };
}

const files = llama();
const weightBytes = files[WEIGHTS]!.length;
const fileBytes = Object.values(files).reduce((sum, { length }) => sum + length, 0);

let sessions = 0;
let held = 0;
/** Opens sessions that hold nothing; `held` is the most bytes of weights that one of them was given. */
const runtime: Runtime = {
  name: "web",
  threads: 1,
  async session(graph, source, options) {
    sessions++;
    const externals = await readExternals(graph, source, options);
    held = Math.max(
      held,
      externals.reduce((sum, { data }) => sum + data.length, 0),
    );
    return { run: () => Promise.reject(new Error("computes nothing")), dispose: async () => {} };
  },
};

/** Open and prepare as the page does; gives what was told about the bytes. */
async function open(source: Source): Promise<{ readonly done: number; readonly total: number }[]> {
  const told: { done: number; total: number }[] = [];
  const counted = counting(source, (done, total) => void told.push({ done, total }));
  const model = await openModel(counted, { runtime });
  await model.prepare({ captures: PAGE_CAPTURES, writing: true });
  await model.dispose();
  return told;
}

/** Names of the files that were asked for, without the listing; the bytes of all answers. */
interface Asked {
  readonly path: string;
  readonly bytes: number;
}
const sumOf = (asked: readonly Asked[]) => asked.reduce((sum, { bytes }) => sum + bytes, 0);
const ofWeights = (asked: readonly Asked[]) => asked.filter(({ path }) => path.endsWith(WEIGHTS));

describe("the page's own server", () => {
  const bundled = fileURLToPath(new URL("../models", import.meta.url));
  const folder = mkdtempSync(join(tmpdir(), "headscope-requests-"));
  const asked: Asked[] = [];
  let server: Server;
  let address = "";

  beforeAll(async () => {
    mkdirSync(join(folder, "wide"));
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, "wide", name), content);
    const serves = (models: string) => handler({ app: folder, gallery: folder, models, port: 0 });
    const [own, wide] = [serves(bundled), serves(folder)];
    server = createServer((request, response) => {
      const path = request.url!;
      response.on("finish", () => asked.push({ path, bytes: Number(response.getHeader("content-length")) }));
      (path.startsWith("/models/wide/") ? wide : own)(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  });

  const listed = async (models: string, name: string) => {
    asked.length = 0;
    const { files } = (await catalog(models)).find((model) => model.name === name)!;
    return { files, source: sourceOf({ kind: "listed", url: `${address}/models/${name}/`, name, files }) };
  };

  it.each(["stories-gpt2", "stories-bert", "translate-en-de"])(
    "is asked once for each file of %s",
    async (name) => {
      const { files, source } = await listed(bundled, name);
      await open(source);
      const paths = asked.map(({ path }) => path);
      expect(new Set(paths).size).toBe(paths.length);
      expect(paths.length).toBeLessThanOrEqual(files.length);
      expect(sumOf(asked)).toBeLessThanOrEqual(files.reduce((sum, { size }) => sum + size, 0));
    },
  );

  it("sends the weights of a large model once, in few answers, and says how far it has come", async () => {
    const { source } = await listed(folder, "wide");
    [sessions, held] = [0, 0];
    const told = await open(source);
    expect(sessions).toBe(10);
    expect(ofWeights(asked).length).toBeLessThanOrEqual(3 * sessions);
    expect(sumOf(ofWeights(asked))).toBeLessThanOrEqual(weightBytes);
    expect(sumOf(asked)).toBeLessThanOrEqual(fileBytes);
    expect(held).toBeLessThan(weightBytes / 5);
    expect(told.every(({ done }, i) => done >= (told[i - 1]?.done ?? 0))).toBe(true);
    expect(told.length).toBeGreaterThan(sessions);
    expect(told.at(-1)).toEqual({ done: fileBytes, total: fileBytes });
  });

  it("is not listened to any longer once opening was stopped", async () => {
    const { source } = await listed(folder, "wide");
    const stop = new AbortController();
    const heard = (bytes: number) => bytes > 0 && stop.abort(new Error("stopped"));
    const read = source.read(WEIGHTS, weightBytes - 30e6, weightBytes, stop.signal, heard);
    await expect(read).rejects.toThrow("stopped");
    const answer = await source.read(WEIGHTS, weightBytes - 10, weightBytes);
    expect(answer).toHaveLength(10);
  });
});

describe("another server", () => {
  let hub: HubServer;
  beforeAll(async () => {
    hub = await startHub(files);
  });
  afterAll(() => hub.close());
  /** Requests for the weights since the last call, with the bytes that they asked for. */
  const asked = (): Asked[] =>
    hub.seen
      .splice(0)
      .filter(({ host }) => host === "cdn")
      .map(({ path, range }) => {
        const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range!)!;
        return { path, bytes: Number(to) - Number(from) + 1 };
      });

  const kept = new Map<string, Uint8Array>();
  const store: ChunkStore = {
    get: async (key) => kept.get(key),
    has: async (key) => kept.has(key),
    put: async (key, bytes) => void kept.set(key, bytes),
  };
  const fromHub = () => hubSource("org/name", { fetch, endpoint: hub.endpoint, store });

  it("that announces checksums sends the weights once, 32 MiB at a time, and nothing at the next visit", async () => {
    await open(fromHub());
    const first = asked();
    expect(sumOf(first)).toBe(weightBytes);
    // The header comes with the first eight.
    expect(first.length).toBeLessThanOrEqual(1 + Math.ceil(weightBytes / 2 ** 25));
    await open(fromHub());
    expect(asked()).toEqual([]);
  });

  it("goes on where an earlier visit was stopped", async () => {
    const [digests, ...chunks] = [...kept.keys()].filter((key) => key.includes(WEIGHTS)).reverse();
    expect(digests).toMatch(/digests$/);
    kept.delete(digests!);
    for (const key of chunks.slice(0, 3)) kept.delete(key);
    await open(fromHub());
    expect(sumOf(asked())).toBe(chunks.slice(0, 3).length * 2 ** 23 - (2 ** 23 - (weightBytes % 2 ** 23)));
  });

  it("that is a plain one sends what is wanted, and its probe", async () => {
    await open(urlSource(`${hub.endpoint}/org/name/resolve/main/`, { fetch }));
    const seen = asked();
    expect(sumOf(seen)).toBeLessThanOrEqual(weightBytes + 1);
    expect(seen.length).toBeLessThanOrEqual(31);
  });
});
