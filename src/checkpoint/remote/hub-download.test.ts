import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { git, sha256, useHub, weights } from "../../../test/support/hub-cache.ts";
import { openWeights } from "../weights.ts";

const hub = useHub();

function dropsAfter(after: number) {
  return [
    { kind: "drop" as const, after },
    ...Array.from({ length: 9 }, () => ({ kind: "drop" as const, after: 0 })),
  ];
}

describe("a download", () => {
  it("reports its bytes and resumes after a drop", async () => {
    hub.server.faults.push({ kind: "status", status: 429 }, { kind: "drop", after: 40_000 });
    const progress: number[] = [];
    await hub.open({ onProgress: (done, total) => void progress.push(done, total) });
    expect(progress.at(-2)).toBe(weights.length);
    expect(progress.at(-1)).toBe(weights.length);
  });

  it("that was given up is resumed the next time", async () => {
    await hub.open({ accept: () => hub.server.faults.push(...dropsAfter(50_000)) }).catch(() => undefined);
    expect(await readdir(join(hub.repo, "blobs"))).toContain(`${sha256}.left.incomplete`);
    hub.server.faults.length = 0;
    const before = hub.byteRequests().length;
    await hub.open();
    const ranges = hub.byteRequests().slice(before);
    expect(ranges.length).toBe(1);
    expect(ranges[0]!.range).not.toMatch(/^bytes=0-/);
    expect((await readdir(join(hub.repo, "blobs"))).sort()).toEqual([git, sha256].sort());
  });

  it("that goes on behind damaged bytes begins again", async () => {
    await hub.open({ accept: () => hub.server.faults.push(...dropsAfter(50_000)) }).catch(() => undefined);
    hub.server.faults.length = 0;
    const left = join(hub.repo, "blobs", `${sha256}.left.incomplete`);
    await writeFile(left, new Uint8Array((await stat(left)).size));
    expect((await openWeights(await hub.open())).size).toBe(1);
    expect(await readFile(join(hub.repo, "blobs", sha256))).toEqual(Buffer.from(weights));
  });

  it("leaves alone what huggingface_hub is downloading, and its locks", async () => {
    const theirs = join(hub.repo, "blobs", `${sha256}.incomplete`);
    const lock = join(hub.cache, ".locks", "models--org--name", `${sha256}.lock`);
    for (const path of [theirs, lock]) {
      await mkdir(join(path, ".."), { recursive: true });
      await writeFile(path, "abc");
    }
    expect((await openWeights(await hub.open())).size).toBe(1);
    for (const path of [theirs, lock]) expect(await readFile(path, "utf8")).toBe("abc");
  });

  it("starts again where the server does not resume", async () => {
    await hub.open({ accept: () => hub.server.faults.push(...dropsAfter(50_000)) }).catch(() => undefined);
    hub.server.faults.length = 0;
    hub.server.model.ranges = false;
    expect((await openWeights(await hub.open())).size).toBe(1);
  });

  it("with a wrong checksum is deleted", async () => {
    const wrong = weights.slice();
    wrong.set([wrong.at(-1)! ^ 1], wrong.length - 1);
    const opened = hub.open({ accept: () => hub.server.faults.push({ kind: "bytes", bytes: wrong }) });
    await expect(opened).rejects.toThrow(`but the hub announced ${sha256}. It was deleted`);
    expect((await readdir(join(hub.repo, "blobs"))).filter((name) => name.startsWith(sha256))).toEqual([]);
  });

  it("is not begun for a model that the config rules out", async () => {
    const accept = () => {
      throw new Error("not supported");
    };
    await expect(hub.open({ accept })).rejects.toThrow("not supported");
    expect(hub.byteRequests()).toEqual([]);
  });

  it("is not begun where there are no safetensors", async () => {
    delete hub.server.model.files["model.safetensors"];
    await expect(hub.open()).rejects.toThrow("holds PyTorch weights (pytorch_model.bin)");
  });

  it("takes the shards that the index names", async () => {
    const { files, large } = hub.server.model;
    delete files["model.safetensors"];
    files["model.safetensors.index.json"] = Buffer.from(
      JSON.stringify({ weight_map: { w: "1.safetensors" } }),
    );
    files["1.safetensors"] = weights;
    files["2.safetensors"] = weights;
    large.add("1.safetensors");
    const names = (await (await hub.open()).list()).map(({ path }) => path);
    expect(names.sort()).toEqual(["1.safetensors", "config.json", "model.safetensors.index.json"]);
  });

  it("never leaves its folder, whatever the hub says", async () => {
    hub.server.model.files["../../evil.json"] = Buffer.from("{}");
    await expect(hub.open()).rejects.toThrow("not a path inside");
  });
});
