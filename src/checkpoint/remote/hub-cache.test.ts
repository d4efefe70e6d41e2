// Downloads into the hub's cache folder, from a local server that drops, lies and refuses.

import { createHash } from "node:crypto";
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type HubServer, startHub } from "../../../test/hub-server.ts";
import { floatTensor, writeSafetensors } from "../../tensor/index.ts";
import { cacheFolder, openSource } from "../resolve.ts";
import { CheckpointError } from "../source.ts";
import { openWeights } from "../weights.ts";
import { type CacheOptions, cachedHubSource } from "./hub-cache.ts";

const weights = writeSafetensors(new Map([["w", floatTensor([20_000], new Float32Array(20_000).fill(3))]]));
const sha256 = createHash("sha256").update(weights).digest("hex");
const config = '{"model_type":"gpt2"}';
const git = createHash("sha1").update(`blob ${config.length}\0${config}`).digest("hex");
const wait = async () => undefined;

let server: HubServer;
let cache: string;
let repo: string;
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "headscope-hub-"));
  repo = join(cache, "models--org--name");
  const extras = { "pytorch_model.bin": "unwanted", "onnx/model.onnx": "unwanted" };
  server = await startHub({
    "config.json": config,
    "model.safetensors": weights,
    ...extras,
  });
});
afterEach(async () => {
  await server.close();
  await rm(cache, { recursive: true });
});

function open(options: Partial<CacheOptions> = {}, spec = "org/name") {
  return cachedHubSource(spec, { fetch, endpoint: server.endpoint, cache, wait, ...options });
}

const byteRequests = () => server.seen.filter(({ host }) => host === "cdn");

describe("the cache folder", () => {
  it("has the layout that Python's huggingface_hub writes and reads", async () => {
    const source = await open();
    const { commit } = server.model;
    expect(await readFile(join(repo, "refs", "main"), "utf8")).toBe(commit);
    const link = await readlink(join(repo, "snapshots", commit, "model.safetensors"));
    expect(link).toBe(`../../blobs/${sha256}`);
    expect((await readdir(join(repo, "blobs"))).length).toBe(2);
    expect((await source.list()).map(({ path }) => path).sort()).toEqual([
      "config.json",
      "model.safetensors",
    ]);
    expect((await openWeights(source)).get("w")?.shape).toEqual([20_000]);
    expect(source).toMatchObject({ name: "org/name@main" });
    expect(source.folder).toContain(commit);
  });

  it("is used without any request for bytes the next time", async () => {
    await open();
    const before = byteRequests().length;
    await open();
    expect(byteRequests().length).toBe(before);
  });

  it("shares files that did not change between commits", async () => {
    await open();
    server.model.commit = "f".repeat(40);
    server.model.files["config.json"] = Buffer.from('{"model_type":"bert"}');
    const before = byteRequests().length;
    const source = await open();
    expect(byteRequests().length).toBe(before);
    expect(source.folder).toContain("ffff");
    expect((await readdir(join(repo, "snapshots"))).length).toBe(2);
  });

  it("is enough when the hub cannot be reached, or may not be asked", async () => {
    await open();
    const endpoint = "http://127.0.0.1:1";
    expect((await open({ endpoint })).folder).toContain(server.model.commit);
    expect((await open({ endpoint, offline: true })).folder).toContain(server.model.commit);
    expect((await open({ endpoint }, `org/name@${server.model.commit}`)).folder).toContain(
      server.model.commit,
    );
    await expect(open({ endpoint, offline: true }, "org/other")).rejects.toThrow("is not complete in");
    await expect(open({ endpoint }, "org/other")).rejects.toThrow("cannot be reached");
  });

  it("with a snapshot that lacks a shard is not enough", async () => {
    const folder = join(repo, "snapshots", "main");
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "config.json"), "{}");
    const index = JSON.stringify({ weight_map: { w: "1.safetensors" } });
    await writeFile(join(folder, "model.safetensors.index.json"), index);
    await expect(open({ offline: true })).rejects.toThrow("is not complete in");
    await writeFile(join(folder, "1.safetensors"), weights);
    expect((await open({ offline: true })).folder).toBe(folder);
  });

  it("still refuses a model that the hub refuses", async () => {
    await open();
    server.model.token = "right";
    await expect(open()).rejects.toThrow("There is no model org/name on the hub");
  });
});

describe("a download", () => {
  it("reports its bytes and resumes after a drop", async () => {
    server.faults.push({ kind: "status", status: 429 }, { kind: "drop", after: 40_000 });
    const progress: number[] = [];
    await open({ onProgress: (done, total) => void progress.push(done, total) });
    expect(progress.at(-2)).toBe(weights.length);
    expect(progress.at(-1)).toBe(weights.length);
  });

  it("that was given up is resumed the next time", async () => {
    await open({ accept: () => server.faults.push(...dropsAfter(50_000)) }).catch(() => undefined);
    expect(await readdir(join(repo, "blobs"))).toContain(`${sha256}.left.incomplete`);
    server.faults.length = 0;
    const before = byteRequests().length;
    await open();
    const ranges = byteRequests().slice(before);
    expect(ranges.length).toBe(1);
    expect(ranges[0]!.range).not.toMatch(/^bytes=0-/);
    expect((await readdir(join(repo, "blobs"))).sort()).toEqual([git, sha256].sort());
  });

  it("that goes on behind damaged bytes begins again", async () => {
    await open({ accept: () => server.faults.push(...dropsAfter(50_000)) }).catch(() => undefined);
    server.faults.length = 0;
    const left = join(repo, "blobs", `${sha256}.left.incomplete`);
    await writeFile(left, new Uint8Array((await stat(left)).size));
    expect((await openWeights(await open())).size).toBe(1);
    expect(await readFile(join(repo, "blobs", sha256))).toEqual(Buffer.from(weights));
  });

  it("leaves alone what huggingface_hub is downloading, and its locks", async () => {
    const theirs = join(repo, "blobs", `${sha256}.incomplete`);
    const lock = join(cache, ".locks", "models--org--name", `${sha256}.lock`);
    for (const path of [theirs, lock]) {
      await mkdir(join(path, ".."), { recursive: true });
      await writeFile(path, "abc");
    }
    expect((await openWeights(await open())).size).toBe(1);
    for (const path of [theirs, lock]) expect(await readFile(path, "utf8")).toBe("abc");
  });

  it("starts again where the server does not resume", async () => {
    await open({ accept: () => server.faults.push(...dropsAfter(50_000)) }).catch(() => undefined);
    server.faults.length = 0;
    server.model.ranges = false;
    expect((await openWeights(await open())).size).toBe(1);
  });

  it("with a wrong checksum is deleted", async () => {
    const wrong = weights.slice();
    wrong.set([wrong.at(-1)! ^ 1], wrong.length - 1);
    const opened = open({ accept: () => server.faults.push({ kind: "bytes", bytes: wrong }) });
    await expect(opened).rejects.toThrow(`but the hub announced ${sha256}. It was deleted`);
    expect((await readdir(join(repo, "blobs"))).filter((name) => name.startsWith(sha256))).toEqual([]);
  });

  it("is not begun for a model that the config rules out", async () => {
    const accept = () => {
      throw new Error("not supported");
    };
    await expect(open({ accept })).rejects.toThrow("not supported");
    expect(byteRequests()).toEqual([]);
  });

  it("is not begun where there are no safetensors", async () => {
    delete server.model.files["model.safetensors"];
    await expect(open()).rejects.toThrow("holds PyTorch weights (pytorch_model.bin)");
  });

  it("takes the shards that the index names", async () => {
    const { files, large } = server.model;
    delete files["model.safetensors"];
    files["model.safetensors.index.json"] = Buffer.from(
      JSON.stringify({ weight_map: { w: "1.safetensors" } }),
    );
    files["1.safetensors"] = weights;
    files["2.safetensors"] = weights;
    large.add("1.safetensors");
    const names = (await (await open()).list()).map(({ path }) => path);
    expect(names.sort()).toEqual(["1.safetensors", "config.json", "model.safetensors.index.json"]);
  });

  it("never leaves its folder, whatever the hub says", async () => {
    server.model.files["../../evil.json"] = Buffer.from("{}");
    await expect(open()).rejects.toThrow("not a path inside");
  });
});

function dropsAfter(after: number) {
  return [
    { kind: "drop" as const, after },
    ...Array.from({ length: 9 }, () => ({ kind: "drop" as const, after: 0 })),
  ];
}

describe("what is kept", () => {
  const blob = () => join(repo, "blobs", sha256);
  const damage = async (path = blob()) => {
    const bytes = await readFile(path);
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(path, bytes);
    await utimes(path, 1e9, 1e9);
  };

  it("is fetched again where its bytes are others, whoever wrote it", async () => {
    await open();
    await rm(join(repo, ".headscope"), { recursive: true }); // as huggingface_hub leaves it
    await damage();
    const before = byteRequests().length;
    await open();
    expect(byteRequests().length).toBe(before + 1);
    expect(await readFile(blob())).toEqual(Buffer.from(weights));
    const small = join(repo, "blobs", git);
    await damage(small);
    await open();
    expect(await readFile(small, "utf8")).toBe(config);
  });

  it("is read against its checksum once, and again only when the file has changed", async () => {
    await open();
    await utimes(blob(), 1e9, 1e9);
    const read: number[] = [];
    const onProgress = (done: number) => void read.push(done);
    await open({ onProgress });
    expect(read).toEqual([weights.length, weights.length]); // while it was read, and then
    await damage(); // leaves size, inode and time: nothing can tell but reading it
    read.length = 0;
    await open({ onProgress });
    expect(read).toEqual([weights.length]);
    await utimes(blob(), 2e9, 2e9);
    const before = byteRequests().length;
    await open();
    expect(byteRequests().length).toBe(before + 1);
  });

  it("is named where it is damaged and nobody can be asked", async () => {
    const endpoint = "http://127.0.0.1:1";
    await open();
    await rm(join(repo, ".headscope"), { recursive: true });
    expect((await open({ endpoint, offline: true })).folder).toContain(server.model.commit);
    await damage();
    const said = `model.safetensors of org/name is damaged in the cache`;
    await expect(open({ endpoint, offline: true })).rejects.toThrow(said);
    await expect(open({ endpoint })).rejects.toThrow(`or delete ${blob()}`);
    await open();
    await damage(join(repo, "blobs", git));
    await expect(open({ endpoint })).rejects.toThrow("config.json of org/name is damaged");
  });

  it("may lack what headscope does not need", async () => {
    await open();
    const folder = join(repo, "snapshots", server.model.commit);
    await symlink("../../blobs/gone", join(folder, "vocab.txt"));
    expect((await open({ offline: true })).folder).toBe(folder);
  });

  it("is named where it cannot be read", async () => {
    await open();
    await rm(join(repo, ".headscope"), { recursive: true });
    await rm(blob());
    await mkdir(blob()); // no file, whoever asks
    await expect(open({ offline: true })).rejects.toThrow(`${blob()} cannot be read`);
  });

  it("is noted where huggingface_hub does not look", async () => {
    await open();
    expect((await readdir(repo)).sort()).toEqual([".headscope", "blobs", "refs", "snapshots"]);
    expect((await readdir(join(repo, ".headscope"))).sort()).toEqual(
      [`${git}.proven`, `${sha256}.proven`].sort(),
    );
  });
});

describe("openSource", () => {
  const env = () => ({ HF_ENDPOINT: server.endpoint, HF_HUB_CACHE: cache });

  it("takes a hub id and the address of a model's page", async () => {
    expect((await openSource("org/name@main", { env: env() })).folder).toContain("snapshots");
    expect((await openSource(`${server.endpoint}/org/name/tree/main`, { env: env() })).name).toBe(
      "org/name@main",
    );
  });

  it("takes another address", async () => {
    const source = await openSource(`${server.endpoint}/org/name/resolve/main/sub/`, {
      env: { HF_HUB_CACHE: cache },
    });
    expect(source.name).toBe("sub");
  });

  it("sends HF_TOKEN", async () => {
    server.model.token = "right";
    await openSource("org/name", { env: { ...env(), HF_TOKEN: "right" } });
    await expect(openSource("org/name", { env: env() })).rejects.toThrow(
      "There is no folder org/name here. As a model on the hub: There is no model org/name",
    );
  });

  it("says what was tried", async () => {
    await expect(openSource("./none", { env: env() })).rejects.toThrow(CheckpointError);
    await expect(openSource("./none", { env: env() })).rejects.toThrow(
      "there is no such folder, and it is neither",
    );
    await expect(openSource("a/b/c", { env: env() })).rejects.toThrow('"a/b/c" names no model');
  });

  it("finds the cache as Python does", () => {
    expect(cacheFolder({ HF_HUB_CACHE: "/a" })).toBe("/a");
    expect(cacheFolder({ HF_HOME: "/b" })).toBe(join("/b", "hub"));
    expect(cacheFolder({ XDG_CACHE_HOME: "/c" })).toBe(join("/c", "huggingface", "hub"));
    expect(cacheFolder({})).toMatch(/\.cache.huggingface.hub$/);
  });
});

describe("a cache that several use", () => {
  it("gives each of them the model, and keeps one copy and no part", async () => {
    const sources = await Promise.all(Array.from({ length: 6 }, () => open()));
    for (const source of sources) expect((await openWeights(source)).get("w")?.shape).toEqual([20_000]);
    const { commit } = server.model;
    expect((await readdir(join(repo, "blobs"))).length).toBe(2);
    expect((await readdir(join(repo, "snapshots", commit))).sort()).toEqual([
      "config.json",
      "model.safetensors",
    ]);
    expect(await readdir(join(repo, "refs"))).toEqual(["main"]);
  });

  it("holds only files that are needed, and names one that is too large", async () => {
    server.model.files["evil.json"] = Buffer.from("[]");
    server.model.files[`${"a".repeat(300)}.json`] = Buffer.from("[]");
    expect((await (await open()).list()).map(({ path }) => path).sort()).toEqual([
      "config.json",
      "model.safetensors",
    ]);
    const listing = { sha: server.model.commit, siblings: [{ rfilename: "tokenizer.json", size: 3e8 }] };
    const lying = (async () => new Response(JSON.stringify(listing))) as typeof fetch;
    await expect(open({ fetch: lying })).rejects.toThrow("tokenizer.json of org/name has 300000000 bytes");
    listing.siblings = Array.from({ length: 9 }, (_, i) => ({ rfilename: `${i}.model`, size: 1e8 }));
    await expect(open({ fetch: lying })).rejects.toThrow(
      "The 9 files beside the weights of org/name have 900000000 bytes",
    );
  });

  it("takes no listing without an end", async () => {
    const endless = (async () =>
      new Response(
        new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1 << 20).fill(32)) }),
      )) as typeof fetch;
    await expect(open({ fetch: endless })).rejects.toThrow("not as a Hugging Face hub does");
  });
});
