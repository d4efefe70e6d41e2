// A hub on this machine and an empty cache folder for each test.

import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import { type CacheOptions, cachedHubSource } from "../../src/checkpoint/remote/hub-cache.ts";
import { floatTensor, writeSafetensors } from "../../src/tensor/index.ts";
import { type HubServer, startHub } from "../hub-server.ts";

export const weights = writeSafetensors(
  new Map([["w", floatTensor([20_000], new Float32Array(20_000).fill(3))]]),
);
export const sha256 = createHash("sha256").update(weights).digest("hex");
export const config = '{"model_type":"gpt2"}';
export const git = createHash("sha1").update(`blob ${config.length}\0${config}`).digest("hex");
export const wait = async () => undefined;

/** The hub and the cache of the test that runs. */
export class TestHub {
  server!: HubServer;
  cache = "";

  get repo(): string {
    return join(this.cache, "models--org--name");
  }

  open(options: Partial<CacheOptions> = {}, spec = "org/name") {
    const { cache, server } = this;
    return cachedHubSource(spec, { fetch, endpoint: server.endpoint, cache, wait, ...options });
  }

  byteRequests() {
    return this.server.seen.filter(({ host }) => host === "cdn");
  }
}

/** A hub for each test of a file: one small model, and files that headscope does not need. */
export function useHub(): TestHub {
  const hub = new TestHub();
  beforeEach(async () => {
    hub.cache = await mkdtemp(join(tmpdir(), "headscope-hub-"));
    const extras = { "pytorch_model.bin": "unwanted", "onnx/model.onnx": "unwanted" };
    hub.server = await startHub({ "config.json": config, "model.safetensors": weights, ...extras });
  });
  afterEach(async () => {
    await hub.server.close();
    await rm(hub.cache, { recursive: true });
  });
  return hub;
}
