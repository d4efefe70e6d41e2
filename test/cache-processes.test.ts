// Several processes on one cache of the hub, some of them killed: who goes on has the right bytes, goes on where the dead
// one was, and waits for no lock.

import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { build } from "../scripts/build.mjs";
import { type HubServer, startHub } from "./hub-server.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const GOLDEN = join(ROOT, "test/fixtures/goldens/gpt2");
const weights = readFileSync(join(GOLDEN, "model.safetensors"));
const sha256 = createHash("sha256").update(weights).digest("hex");
const HALF = Math.floor(weights.length / 2);

let folder: string;
let blobs: string;
let server: HubServer;
beforeAll(() => build());
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "processes-"));
  blobs = join(folder, "cache/models--org--name/blobs");
  const small = ["config.json", "tokenizer.json"].map((name) => [name, readFileSync(join(GOLDEN, name))]);
  server = await startHub({ ...Object.fromEntries(small), "model.safetensors": weights });
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

function start(name: string): ChildProcess {
  const args = ["trace", "org/name", "--ids", "1,2", "-o", join(folder, name)];
  return spawn(process.execPath, [join(ROOT, "bin/headscope.mjs"), ...args], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, CI: "1", HF_ENDPOINT: server.endpoint, HF_HUB_CACHE: join(folder, "cache") },
  });
}

/** What a process said when it ended; "" where all went well. */
async function ended(child: ChildProcess): Promise<string> {
  let said = "";
  child.stderr!.on("data", (part) => {
    said += part;
  });
  const status = await new Promise((resolve) => child.on("close", resolve));
  return status === 0 ? "" : `${status}: ${said}`;
}

const parts = () => readdirSync(blobs).filter((name) => name.endsWith(".incomplete"));
const cdn = () => server.seen.filter(({ host }) => host === "cdn");

/** Resolves once half of the weights lie in a part. */
async function halfWay(): Promise<void> {
  const size = () => {
    try {
      return Math.max(0, ...parts().map((name) => statSync(join(blobs, name)).size));
    } catch {
      return 0; // not there yet, or just renamed
    }
  };
  while (size() < HALF) await new Promise((resolve) => setTimeout(resolve, 20));
}

function expectWhole(): void {
  expect(readFileSync(join(blobs, sha256)).equals(weights)).toBe(true);
  expect(parts()).toEqual([]);
}

const stall = { kind: "stall", after: HALF, on: "model.safetensors" } as const;

describe("processes on one cache", () => {
  it("six at once all end well", async () => {
    const said = await Promise.all(Array.from({ length: 6 }, (_, i) => ended(start(`${i}`))));
    expect(said).toEqual(["", "", "", "", "", ""]);
    expectWhole();
  });

  it("one that is killed leaves what the next goes on with, under a name that nobody trusts", async () => {
    server.faults.push(stall);
    const first = start("first");
    const end = ended(first);
    await halfWay();
    first.kill("SIGKILL");
    expect(await end).toMatch(/^null/);
    expect(readdirSync(blobs)).not.toContain(sha256);
    const before = cdn().length;
    expect(await ended(start("second"))).toBe("");
    const ranges = cdn().slice(before);
    expect(ranges.map(({ range }) => range)).toEqual([`bytes=${HALF}-${weights.length - 1}`]);
    expectWhole();
  });

  it("one that is killed does not keep the other, whose part is left alone meanwhile", async () => {
    server.faults.push(stall);
    const first = start("first");
    const end = ended(first);
    await halfWay();
    expect(await ended(start("second"))).toBe("");
    expect(parts()).toHaveLength(1);
    first.kill("SIGKILL");
    await end;
    expect(readFileSync(join(blobs, sha256)).equals(weights)).toBe(true);
    rmSync(join(blobs, sha256));
    expect(await ended(start("third"))).toBe("");
    expectWhole();
  });

  it("one that is stopped and goes on later ends well, although another was faster", async () => {
    server.faults.push(stall);
    const first = start("first");
    const end = ended(first);
    await halfWay();
    first.kill("SIGSTOP");
    expect(await ended(start("second"))).toBe("");
    first.kill("SIGCONT");
    server.dropAll();
    expect(await end).toBe("");
    expectWhole();
  });
});
