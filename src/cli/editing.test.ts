import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { fakeEnv, fakeModel } from "../../test/support/fake-model.ts";
import { readTable, type Table } from "../analysis/index.ts";
import { folderSource } from "../checkpoint/node.ts";
import { openModel, type RunInput, type RunOptions } from "../engine/index.ts";
import { nodeRuntime } from "../engine/runtime/node.ts";
import { lensCommand } from "./lens.ts";
import { patchCommand } from "./patch.ts";
import { traceCommand } from "./trace.ts";

const file = (name: string) => join(mkdtempSync(join(tmpdir(), "headscope-")), name);

async function trace(...args: string[]) {
  const asked: { input: RunInput; options: RunOptions | undefined }[] = [];
  const { env, said } = fakeEnv(fakeModel(asked));
  const status = await traceCommand(["m", "--text", "abc", "-o", file("t"), ...args], env);
  return { status, options: asked[0]?.options, ...said };
}

describe("--edit", () => {
  it("takes sentences, JSON and files, and the other run", async () => {
    const list = file("edits.txt");
    writeFileSync(list, "block 2>0 in 0.1\nscale pair 1 of 0.0 by 0\n");
    const json = '{"op":"patch","at":"z","layer":0,"from":"other"}';
    const { options, err } = await trace(
      "--edit",
      "zero head 0.1",
      "--edit",
      json,
      "--edit",
      `@${list}`,
      "--other-text",
      "abd",
    );
    expect(err).toBe("");
    expect(options!.edits).toEqual([
      { op: "scale", at: "z", layer: 0, head: 1, value: 0 },
      { op: "patch", at: "z", layer: 0, from: "other" },
      { op: "block", at: "scores", layer: 0, head: 1, query: 2, key: 0 },
      { op: "scale", at: "q", layer: 0, head: 0, unit: [1, 3], value: 0 },
    ]);
    expect(options!.other).toEqual({ text: "abd" });
    const ids = await trace("--edit", json, "--other-ids", "1,2,3", "--other-type-ids", "0,0,1");
    expect(ids.options!.other).toEqual({ ids: [1, 2, 3], typeIds: [0, 0, 1] });
    const aligned = await trace("--edit", json, "--other-text", "xabc", "--align", "tokens");
    expect([...(aligned.options!.align!.text as Int32Array)]).toEqual([1, 2, 3]);
    const listed = await trace("--edit", json, "--other-text", "ab", "--align", "0,1,-1");
    expect(listed.options!.align).toEqual({ text: [0, 1, -1] });
  });

  it.each([
    [["--edit", "erase head 0.1"], '"erase" is not understood'],
    [["--edit", ""], "holds no edit"],
    [["--edit", '{"op":"scale","at":"z","value":null}'], "expected a finite number"],
    [["--other-text", "abc"], "give --edit too"],
    [["--edit", "zero head 0.1", "--other-type-ids", "0"], "needs --other-text"],
    [["--edit", "zero head 0.1", "--other-text", "a", "--other-ids", "1"], "exclude each other"],
    [["--edit", "zero head 0.1", "--align", "tokens"], "give --other-text too"],
  ])("calls %j a wrong usage before anything is opened", async (args, message) => {
    const { status, err, opened } = await trace(...args);
    expect({ status, opened }).toEqual({ status: 2, opened: [] });
    expect(err).toContain(message);
  });
});

const stories = fileURLToPath(new URL("../../models/stories-gpt2", import.meta.url));
const open = async () =>
  fakeEnv(await openModel(await folderSource(stories), { runtime: await nodeRuntime() }));

it("says how far each edit reached", async () => {
  const { env, said } = await open();
  const edits = ["--edit", "zero head 4.1", "--edit", "block 2>0 in 0.1"];
  const status = await traceCommand(["m", "--text", "Lily saw a dog.", ...edits, "-o", file("t")], env);
  expect({ status, err: said.err }).toEqual({ status: 0, err: "" });
  expect(said.out.split("\n").slice(1)).toEqual([
    "  zero head 4.1: reached 5 places",
    "  block 2>0 in 0.1: reached 1 weight",
    "",
  ]);
});

async function patch(...args: string[]): Promise<Table> {
  const { env, said } = await open();
  const path = file("table.json");
  const status = await patchCommand(["stories-gpt2", ...args, "-o", path], env);
  expect({ status, err: said.err }).toEqual({ status: 0, err: "" });
  return readTable(readFileSync(path, "utf8"));
}

describe("headscope patch", () => {
  const texts = ["--clean", "Lily saw a dog. The", "--corrupt", "Lily saw a cat. The"];
  const words = ["--target", " dog", "--against", " cat"];

  it("gives the clean run's answer where the word that differs is patched before the first layer, and nowhere else", async () => {
    const { values, columns, references, rows } = await patch(...texts, ...words);
    expect(rows).toHaveLength(5);
    expect(columns).toEqual(["Lily", " saw", " a", " cat", ".", " The"]);
    expect(references!.clean).toBeGreaterThan(0);
    expect(references!.corrupted).toBeLessThan(0);
    expect(values[3]).toBeCloseTo(references!.clean!, 3);
    for (const position of [0, 1, 2, 4, 5]) expect(values[position]).toBeCloseTo(references!.corrupted!, 3);
  });

  it("sweeps heads, mlps, edges and silenced heads", async () => {
    expect((await patch(...texts, ...words, "--sweep", "heads")).columnsAre).toBe("head");
    expect((await patch(...texts, ...words, "--sweep", "mlp")).columnsAre).toBe("position");
    const edges = await patch(...texts, "--target", " dog", "--sweep", "edges", "--head", "4.2");
    expect(edges.values.filter(Number.isNaN)).toHaveLength(15);
    const silenced = await patch("--clean", "Lily saw a dog. The", "--sweep", "ablate", "--by", "mean");
    expect(silenced.values.every((value) => value >= 0)).toBe(true);
    expect(silenced.references).toEqual({ unchanged: 0 });
  });

  it.each([
    [["--clean", "a"], "needs --corrupt"],
    [["--corrupt", "a"], "give --clean"],
    [[...texts, "--sweep", "all"], '--sweep is "all"'],
    [[...texts, "--sweep", "edges"], "--head 4.11"],
    [[...texts, "--against", " cat"], "together with --target"],
    [[...texts, "--align", "words"], '--align is "words"'],
    [[...texts, "--head", "4"], '--head is "4"'],
  ])("calls %j a wrong usage", async (args, message) => {
    const { env, said } = fakeEnv(fakeModel());
    expect(await patchCommand(["m", ...args, "-o", file("t.csv")], env)).toBe(2);
    expect(said.err).toContain(message);
  });

  it("refuses words of several tokens and texts of several lengths", async () => {
    const run = async (...args: string[]) => {
      const { env, said } = await open();
      return { status: await patchCommand(["m", ...args, "-o", file("t.csv")], env), err: said.err };
    };
    expect(await run(...texts, "--target", " hippopotamus")).toEqual({
      status: 1,
      err: expect.stringContaining("give a word that is one token"),
    });
    const uneven = ["--clean", "Lily saw.", "--corrupt", "Lily saw a cat."];
    expect(await run(...uneven)).toEqual({
      status: 1,
      err: expect.stringMatching(/equal length.*--align tokens/),
    });
    for (const [list, message] of [
      ["0,1", "--align holds 2 numbers for 5 tokens"],
      ["0,1,-1,-1,7", "the alignment names token 7"],
      ["0,1,-1,-1,-2", "the alignment names token -2"],
    ] as const)
      expect(await run(...uneven, "--align", list)).toEqual({
        status: 1,
        err: expect.stringContaining(message),
      });
  });

  it("patches between texts of different length where tokens are aligned, and leaves the others out", async () => {
    const uneven = ["--clean", "Lily saw a dog. The", "--corrupt", "Lily saw a big cat. The", ...words];
    const { values, rows, columns, references } = await patch(...uneven, "--align", "tokens");
    expect(columns).toEqual(["Lily", " saw", " a", " big", " cat", ".", " The"]);
    const first = [...values].slice(0, columns.length);
    expect(first.map(Number.isNaN)).toEqual(columns.map((word) => word === " big" || word === " cat"));
    expect(first[0]).toBeCloseTo(references!.corrupted!, 4);
    const listed = await patch(...uneven, "--align", "0,1,2,-1,3,4,5");
    expect(listed.values.filter(Number.isNaN)).toHaveLength(rows.length);
    expect(listed.values[4]).toBeGreaterThan(references!.corrupted! + 0.5);
    const heads = await patch(...uneven, "--align", "tokens", "--sweep", "heads");
    expect(heads.values.some((value) => Math.abs(value - references!.corrupted!) > 0.01)).toBe(true);
  });
});

describe("headscope lens", () => {
  it("writes probability, rank and logit behind each layer", async () => {
    const { env, said } = await open();
    const path = file("lens.json");
    const args = ["stories-gpt2", "--text", "Lily saw a dog. The", "--target", " dog", "-o", path];
    expect(await lensCommand(args, env)).toBe(0);
    expect(said.err).toBe("");
    const tables = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
    expect(Object.keys(tables)).toEqual(["probability", "rank", "logit"]);
    const { rows, words } = readTable(JSON.stringify(tables.probability));
    expect(rows).toEqual(["embedding", "0", "1", "2", "3", "4"]);
    expect(words!.at(-1)).toBe(" dog");
  });
});
