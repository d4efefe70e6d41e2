import { mkdir, readdir, readFile, readlink, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { config, git, sha256, useHub, weights } from "../../../test/support/hub-cache.ts";
import { openWeights } from "../weights.ts";

const hub = useHub();

describe("the cache folder", () => {
  it("has the layout that Python's huggingface_hub writes and reads", async () => {
    const source = await hub.open();
    const { commit } = hub.server.model;
    expect(await readFile(join(hub.repo, "refs", "main"), "utf8")).toBe(commit);
    const link = await readlink(join(hub.repo, "snapshots", commit, "model.safetensors"));
    expect(link).toBe(`../../blobs/${sha256}`);
    expect((await readdir(join(hub.repo, "blobs"))).length).toBe(2);
    expect((await source.list()).map(({ path }) => path).sort()).toEqual([
      "config.json",
      "model.safetensors",
    ]);
    expect((await openWeights(source)).get("w")?.shape).toEqual([20_000]);
    expect(source).toMatchObject({ name: "org/name@main" });
    expect(source.folder).toContain(commit);
  });

  it("is used without any request for bytes the next time", async () => {
    await hub.open();
    const before = hub.byteRequests().length;
    await hub.open();
    expect(hub.byteRequests().length).toBe(before);
  });

  it("shares files that did not change between commits", async () => {
    await hub.open();
    hub.server.model.commit = "f".repeat(40);
    hub.server.model.files["config.json"] = Buffer.from('{"model_type":"bert"}');
    const before = hub.byteRequests().length;
    const source = await hub.open();
    expect(hub.byteRequests().length).toBe(before);
    expect(source.folder).toContain("ffff");
    expect((await readdir(join(hub.repo, "snapshots"))).length).toBe(2);
  });

  it("is enough when the hub cannot be reached, or may not be asked", async () => {
    await hub.open();
    const endpoint = "http://127.0.0.1:1";
    expect((await hub.open({ endpoint })).folder).toContain(hub.server.model.commit);
    expect((await hub.open({ endpoint, offline: true })).folder).toContain(hub.server.model.commit);
    expect((await hub.open({ endpoint }, `org/name@${hub.server.model.commit}`)).folder).toContain(
      hub.server.model.commit,
    );
    await expect(hub.open({ endpoint, offline: true }, "org/other")).rejects.toThrow("is not complete in");
    await expect(hub.open({ endpoint }, "org/other")).rejects.toThrow("cannot be reached");
  });

  it("with a snapshot that lacks a shard is not enough", async () => {
    const folder = join(hub.repo, "snapshots", "main");
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "config.json"), "{}");
    const index = JSON.stringify({ weight_map: { w: "1.safetensors" } });
    await writeFile(join(folder, "model.safetensors.index.json"), index);
    await expect(hub.open({ offline: true })).rejects.toThrow("is not complete in");
    await writeFile(join(folder, "1.safetensors"), weights);
    expect((await hub.open({ offline: true })).folder).toBe(folder);
  });

  it("still refuses a model that the hub refuses", async () => {
    await hub.open();
    hub.server.model.token = "right";
    await expect(hub.open()).rejects.toThrow("There is no model org/name on the hub");
  });
});

describe("what is kept", () => {
  const blob = () => join(hub.repo, "blobs", sha256);
  const damage = async (path = blob()) => {
    const bytes = await readFile(path);
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(path, bytes);
    await utimes(path, 1e9, 1e9);
  };

  it("is fetched again where its bytes are others, whoever wrote it", async () => {
    await hub.open();
    await rm(join(hub.repo, ".headscope"), { recursive: true }); // as huggingface_hub leaves it
    await damage();
    const before = hub.byteRequests().length;
    await hub.open();
    expect(hub.byteRequests().length).toBe(before + 1);
    expect(await readFile(blob())).toEqual(Buffer.from(weights));
    const small = join(hub.repo, "blobs", git);
    await damage(small);
    await hub.open();
    expect(await readFile(small, "utf8")).toBe(config);
  });

  it("is read against its checksum once, and again only when the file has changed", async () => {
    await hub.open();
    await utimes(blob(), 1e9, 1e9);
    const read: number[] = [];
    const onProgress = (done: number) => void read.push(done);
    await hub.open({ onProgress });
    expect(read).toEqual([weights.length, weights.length]); // while it was read, and then
    await damage(); // leaves size, inode and time: nothing can tell but reading it
    read.length = 0;
    await hub.open({ onProgress });
    expect(read).toEqual([weights.length]);
    await utimes(blob(), 2e9, 2e9);
    const before = hub.byteRequests().length;
    await hub.open();
    expect(hub.byteRequests().length).toBe(before + 1);
  });

  it("is named where it is damaged and nobody can be asked", async () => {
    const endpoint = "http://127.0.0.1:1";
    await hub.open();
    await rm(join(hub.repo, ".headscope"), { recursive: true });
    expect((await hub.open({ endpoint, offline: true })).folder).toContain(hub.server.model.commit);
    await damage();
    const said = `model.safetensors of org/name is damaged in the cache`;
    await expect(hub.open({ endpoint, offline: true })).rejects.toThrow(said);
    await expect(hub.open({ endpoint })).rejects.toThrow(`or delete ${blob()}`);
    await hub.open();
    await damage(join(hub.repo, "blobs", git));
    await expect(hub.open({ endpoint })).rejects.toThrow("config.json of org/name is damaged");
  });

  it("may lack what headscope does not need", async () => {
    await hub.open();
    const folder = join(hub.repo, "snapshots", hub.server.model.commit);
    await symlink("../../blobs/gone", join(folder, "vocab.txt"));
    expect((await hub.open({ offline: true })).folder).toBe(folder);
  });

  it("is named where it cannot be read", async () => {
    await hub.open();
    await rm(join(hub.repo, ".headscope"), { recursive: true });
    await rm(blob());
    await mkdir(blob()); // no file, whoever asks
    await expect(hub.open({ offline: true })).rejects.toThrow(`${blob()} cannot be read`);
  });

  it("is noted where huggingface_hub does not look", async () => {
    await hub.open();
    expect((await readdir(hub.repo)).sort()).toEqual([".headscope", "blobs", "refs", "snapshots"]);
    expect((await readdir(join(hub.repo, ".headscope"))).sort()).toEqual(
      [`${git}.proven`, `${sha256}.proven`].sort(),
    );
  });
});

describe("a cache that several use", () => {
  it("gives each of them the model, and keeps one copy and no part", async () => {
    const sources = await Promise.all(Array.from({ length: 6 }, () => hub.open()));
    for (const source of sources) expect((await openWeights(source)).get("w")?.shape).toEqual([20_000]);
    const { commit } = hub.server.model;
    expect((await readdir(join(hub.repo, "blobs"))).length).toBe(2);
    expect((await readdir(join(hub.repo, "snapshots", commit))).sort()).toEqual([
      "config.json",
      "model.safetensors",
    ]);
    expect(await readdir(join(hub.repo, "refs"))).toEqual(["main"]);
  });

  it("holds only files that are needed, and names one that is too large", async () => {
    hub.server.model.files["evil.json"] = Buffer.from("[]");
    hub.server.model.files[`${"a".repeat(300)}.json`] = Buffer.from("[]");
    expect((await (await hub.open()).list()).map(({ path }) => path).sort()).toEqual([
      "config.json",
      "model.safetensors",
    ]);
    const listing = { sha: hub.server.model.commit, siblings: [{ rfilename: "tokenizer.json", size: 3e8 }] };
    const lying = (async () => new Response(JSON.stringify(listing))) as typeof fetch;
    await expect(hub.open({ fetch: lying })).rejects.toThrow(
      "tokenizer.json of org/name has 300000000 bytes",
    );
    listing.siblings = Array.from({ length: 9 }, (_, i) => ({ rfilename: `${i}.model`, size: 1e8 }));
    await expect(hub.open({ fetch: lying })).rejects.toThrow(
      "The 9 files beside the weights of org/name have 900000000 bytes",
    );
  });

  it("takes no listing without an end", async () => {
    const endless = (async () =>
      new Response(
        new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1 << 20).fill(32)) }),
      )) as typeof fetch;
    await expect(hub.open({ fetch: endless })).rejects.toThrow("not as a Hugging Face hub does");
  });
});
