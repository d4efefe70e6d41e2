// Downloads onto a disk that takes less than it is given, and one that is full: the writes of the cache's files are bent.

import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type HubServer, startHub } from "../../../test/hub-server.ts";
import { cachedHubSource } from "./hub-cache.ts";

const disk = vi.hoisted(() => ({ most: Infinity, room: Infinity }));

/** Writes take at most `most` bytes, and fail once there is no room. */
function bend(handle: FileHandle): FileHandle {
  const write = handle.write.bind(handle) as (...args: unknown[]) => Promise<{ bytesWritten: number }>;
  const bent = async (bytes: Uint8Array, from: number, length: number, at: number) => {
    if (disk.room === 0)
      throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    const taken = Math.min(length, disk.most, disk.room);
    disk.room -= taken;
    return write(bytes, from, taken, at);
  };
  return Object.assign(handle, { write: bent });
}

vi.mock("node:fs/promises", async (original) => {
  const real = await original<typeof import("node:fs/promises")>();
  return { ...real, open: async (...args: Parameters<typeof real.open>) => bend(await real.open(...args)) };
});

const weights = Uint8Array.from({ length: 50_000 }, (_, i) => i % 251);
const sha256 = createHash("sha256").update(weights).digest("hex");
let server: HubServer;
let cache: string;
beforeEach(async () => {
  Object.assign(disk, { most: Infinity, room: Infinity });
  cache = await mkdtemp(join(tmpdir(), "headscope-disk-"));
  server = await startHub({ "config.json": '{"model_type":"gpt2"}', "model.safetensors": weights });
});
afterEach(async () => {
  await server.close();
  await rm(cache, { recursive: true });
});

const open = () =>
  cachedHubSource("org/name", { fetch, endpoint: server.endpoint, cache, wait: async () => undefined });
const blobs = () => join(cache, "models--org--name", "blobs");

it("a write that took less than it was given is gone on with", async () => {
  disk.most = 700;
  await open();
  expect(new Uint8Array(await readFile(join(blobs(), sha256)))).toEqual(weights);
});

it("a full disk is said, keeps what has arrived, and is gone on from once there is room", async () => {
  disk.room = 30_000;
  await expect(open()).rejects.toThrow(/cannot be written: the disk is full\. What has arrived is kept\./);
  expect(await readdir(blobs())).not.toContain(sha256);
  disk.room = Infinity;
  const before = server.seen.length;
  await open();
  expect(new Uint8Array(await readFile(join(blobs(), sha256)))).toEqual(weights);
  const again = server.seen.slice(before).map(({ path, range }) => `${path} ${range ?? ""}`);
  expect(again.find((request) => request.includes("model.safetensors"))).toMatch(/bytes=(29|30)\d{3}-/);
});
