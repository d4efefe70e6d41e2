import { describe, expect, it } from "vitest";
import { droppedFiles, filesSource, folderFiles, pickedFiles } from "./files.ts";
import { CheckpointError, readFile } from "./source.ts";

const blob = (text: string) => new Blob([text]);
const picked = (...paths: string[]) => paths.map((path) => ({ path, blob: blob(path) }));

describe("filesSource", () => {
  it("finds the checkpoint in the uppermost folder with a config", async () => {
    const source = filesSource(
      picked("m/onnx/config.json", "m/config.json", "m/a.txt", "m/onnx/x", "other.txt"),
    );
    expect(source.name).toBe("m");
    expect((await source.list()).map(({ path }) => path)).toEqual([
      "onnx/config.json",
      "config.json",
      "a.txt",
      "onnx/x",
    ]);
    expect(new TextDecoder().decode(await readFile(source, "a.txt"))).toBe("m/a.txt");
    expect(new TextDecoder().decode(await source.read("config.json", 2, 5))).toBe("con");
  });

  it("takes loose files", async () => {
    const source = filesSource(picked("config.json", "model.safetensors"), "mine");
    expect(source.name).toBe("mine");
    expect(await source.list()).toContainEqual({ path: "model.safetensors", size: 17 });
    expect(filesSource([]).name).toBe("no files");
  });

  it("refuses what it does not hold", async () => {
    const source = filesSource(picked("config.json"));
    await expect(source.read("none", 0, 1)).rejects.toThrow("has no file none");
    await expect(source.read("config.json", 0, 99)).rejects.toThrow("has 11 bytes");
    await expect(source.read("../config.json", 0, 1)).rejects.toThrow(CheckpointError);
  });

  it("says when a file has gone in the meantime", async () => {
    const gone = {
      size: 3,
      slice: () => ({ arrayBuffer: () => Promise.reject(new Error("NotReadableError")) }),
    };
    const source = filesSource([{ path: "config.json", blob: gone as unknown as Blob }]);
    await expect(source.read("config.json", 0, 3)).rejects.toThrow(
      "can no longer be read (NotReadableError)",
    );
  });
});

describe("files of a browser", () => {
  it("from an input keep their paths", () => {
    const file = (name: string, path: string) =>
      Object.assign(new Blob(), { name, webkitRelativePath: path }) as File;
    const files = pickedFiles([file("a", "m/a"), file("b", "")]);
    expect(files.map(({ path }) => path)).toEqual(["m/a", "b"]);
  });

  it("from a folder handle are found all the way down, but not in hidden folders", async () => {
    const file = (name: string) => ({ kind: "file", name, getFile: async () => blob(name) });
    const folder = (name: string, ...entries: object[]): object => ({
      kind: "directory",
      name,
      values: async function* () {
        yield* entries;
      },
    });
    const tree = folder("m", file("config.json"), folder("sub", file("x")), folder(".git", file("y")));
    const files = await folderFiles(tree as FileSystemDirectoryHandle);
    expect(files.map(({ path }) => path)).toEqual(["m/config.json", "m/sub/x"]);
  });

  it("from a drop are found all the way down, in portions", async () => {
    const file = (path: string) => ({
      isFile: true,
      name: path.split("/").at(-1),
      fullPath: path,
      file: (done: (f: Blob) => void) => done(blob(path)),
    });
    const folder = (path: string, ...entries: object[]): object => ({
      isFile: false,
      name: path.split("/").at(-1),
      fullPath: path,
      createReader: () => {
        const portions = [...entries.map((entry) => [entry]), []];
        return { readEntries: (done: (portion: object[]) => void) => done(portions.shift()!) };
      },
    });
    const tree = folder(
      "/m",
      file("/m/config.json"),
      folder("/m/sub", file("/m/sub/x")),
      folder("/m/.git", file("/m/.git/y")),
    );
    const items = [{ webkitGetAsEntry: () => tree }, { webkitGetAsEntry: () => null }];
    const files = await droppedFiles(items as unknown as DataTransferItem[]);
    expect(files.map(({ path }) => path)).toEqual(["m/config.json", "m/sub/x"]);
  });
});
