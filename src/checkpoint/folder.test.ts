import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { folderSource } from "./folder.ts";
import { openSource } from "./resolve.ts";
import { CheckpointError, readFile } from "./source.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "headscope-"));
  await mkdir(join(root, "model", "onnx"), { recursive: true });
  await writeFile(join(root, "secret"), "secret");
  await writeFile(join(root, "model", "config.json"), "0123456789");
  await writeFile(join(root, "model", "onnx", "part.bin"), "xyz");
  await writeFile(join(root, "model", ".hidden"), "");
  await symlink(join(root, "secret"), join(root, "model", "model.safetensors"));
  await symlink(join(root, "nowhere"), join(root, "model", "dangling"));
});
afterAll(() => rm(root, { recursive: true }));

describe("folderSource", () => {
  it("lists files with sizes, follows links, leaves out hidden and dangling ones", async () => {
    const source = await folderSource(join(root, "model"));
    const files = [...(await source.list())].sort((a, b) => a.path.localeCompare(b.path));
    expect(files).toEqual([
      { path: "config.json", size: 10 },
      { path: "model.safetensors", size: 6 },
      { path: "onnx/part.bin", size: 3 },
    ]);
    expect(source.name).toBe("model");
    expect(source.folder).toMatch(/model$/);
  });

  it("reads ranges as plain byte arrays of their own", async () => {
    const source = await folderSource(join(root, "model"));
    const bytes = await source.read("config.json", 2, 5);
    expect(bytes.constructor).toBe(Uint8Array);
    expect(bytes.buffer.byteLength).toBe(3);
    expect(new TextDecoder().decode(bytes)).toBe("234");
    expect(new TextDecoder().decode(await readFile(source, "model.safetensors"))).toBe("secret");
    expect(await readFile(source, "none")).toBeUndefined();
  });

  it.each([
    ["../secret", 0, 1, "not a path inside"],
    ["onnx/../../secret", 0, 1, "not a path inside"],
    ["/etc/hosts", 0, 1, "not a path inside"],
    ["config.json\0", 0, 1, "not a path inside"],
    ["none", 0, 1, "cannot be opened"],
    ["config.json", 5, 11, "has 10 bytes; bytes 5 to 11"],
    ["config.json", 0, 2 ** 52, "has 10 bytes"],
    ["config.json", 5, 4, "bytes 5 to 4"],
    ["config.json", Number.NaN, 4, "bytes NaN to 4"],
  ])("refuses %s from %s to %s", async (path, start, end, message) => {
    const read = (await folderSource(join(root, "model"))).read(path, start, end);
    await expect(read).rejects.toThrow(CheckpointError);
    await expect(read).rejects.toThrow(message);
  });

  it("says what is wrong with the place itself", async () => {
    await expect(folderSource(join(root, "none"))).rejects.toThrow("There is no folder");
    await expect(folderSource(join(root, "secret"))).rejects.toThrow("is a file; expected the folder");
  });
});

describe("a folder of the hub's cache", () => {
  const cache = (name: string) => join(root, `models--me--${name}`);
  const snapshot = async (name: string, id: string) => {
    await mkdir(join(cache(name), "snapshots", id), { recursive: true });
    await writeFile(join(cache(name), "snapshots", id, "config.json"), id);
  };
  const configOf = async (name: string) => {
    const source = await openSource(cache(name));
    return { name: source.name, config: new TextDecoder().decode(await readFile(source, "config.json")) };
  };

  it("stands for its only snapshot", async () => {
    await snapshot("one", "abc");
    expect(await configOf("one")).toEqual({ name: "me/one/snapshots/abc", config: "abc" });
  });

  it("stands for the snapshot that refs/main names", async () => {
    await snapshot("two", "abc");
    await snapshot("two", "def");
    await expect(configOf("two")).rejects.toThrow("holds 2 snapshots (abc, def), and refs/main names none");
    await mkdir(join(cache("two"), "refs"));
    await writeFile(join(cache("two"), "refs", "main"), "def\n");
    expect(await configOf("two")).toEqual({ name: "me/two/snapshots/def", config: "def" });
  });

  it("is a plain folder where it holds a config.json itself", async () => {
    await snapshot("three", "abc");
    await writeFile(join(cache("three"), "config.json"), "own");
    expect(await configOf("three")).toEqual({ name: "models--me--three", config: "own" });
  });
});

describe("openSource", () => {
  it("opens a folder", async () => {
    expect((await openSource(join(root, "model"))).name).toBe("model");
  });
});
