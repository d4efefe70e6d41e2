import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readTrace } from "../trace/index.ts";
import { convertCommand } from "./convert.ts";
import { openSpec } from "./env.ts";
import { viewCommand } from "./view.ts";

const folder = mkdtempSync(join(tmpdir(), "headscope-convert-"));
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

async function run(command: typeof convertCommand, ...args: string[]) {
  const said = { out: "", err: "" };
  const env = {
    open: openSpec,
    signal: new AbortController().signal,
    stdout: { write: (text: string) => (said.out += text) },
    stderr: { write: (text: string) => (said.err += text) },
  };
  return { status: await command(args, env), ...said };
}

const attention = [
  [
    [
      [1, 0],
      [0.25, 0.75],
    ],
  ],
];

describe("headscope convert", () => {
  it("writes a trace of attention made elsewhere, which view reads too", async () => {
    const path = file("a.json", JSON.stringify({ attention, tokens: ["a", "b"] }));
    const out = join(folder, "a.safetensors");
    const { status } = await run(convertCommand, path, "--name", "mine", "-o", out);
    expect(status).toBe(0);
    const trace = readTrace(new Uint8Array(readFileSync(out)));
    expect(trace.manifest.model.name).toBe("mine");
    expect([...trace.attention("self", 0, 0)]).toEqual([1, 0, 0.25, 0.75]);
    const csv = join(folder, "a.csv");
    await run(viewCommand, path, "-o", csv);
    expect(readFileSync(csv, "utf8")).toBe("position,word,0 a,1 b\r\n0,a,1,\r\n1,b,0.25,0.75\r\n");
  });

  it("says what it understood and what is missing, and takes what is given", async () => {
    const path = file("b.json", JSON.stringify({ mine: attention[0], other: [[1, 2, 3]] }));
    const asked = await run(convertCommand, path);
    expect(asked.err).toContain("mine: 1 × 2 × 2, not used");
    expect(asked.err).toContain("None of the arrays is called attention. Which one is it?");
    const words = file("words.txt", "eins\nzwei\n");
    const out = join(folder, "b.safetensors");
    const { status } = await run(convertCommand, path, "--array", "mine=self", "--tokens", words, "-o", out);
    expect(status).toBe(0);
    const { tokens } = readTrace(new Uint8Array(readFileSync(out))).stream("text");
    expect(tokens.map((token) => token.raw)).toEqual(["eins", "zwei"]);
  });

  it.each([
    [["--array", "x"], 2, /--array is "x"; expected NAME=self/],
    [["--item", "-1"], 2, /--item is "-1"/],
    [["--item", "3"], 1, /Text 3 was asked for|batch/],
    [["--tokens", "WORDS"], 1, /1 tokens, but the matrix is 2 × 2/],
  ])("%j", async (args, status, message) => {
    const path = file(
      "c.json",
      JSON.stringify({ attention: [[...attention[0]!, ...attention[0]!]], tokens: ["a", "b"] }),
    );
    const words = file("one.txt", "eins\n");
    const more = args.map((arg) => (arg === "WORDS" ? words : arg));
    const batch = args.includes("3")
      ? file("d.json", JSON.stringify({ attention: [[attention[0]!, attention[0]!]], tokens: ["a", "b"] }))
      : path;
    const result = await run(convertCommand, batch, ...more, "-o", join(folder, "c.safetensors"));
    expect(result.status).toBe(status);
    expect(result.err).toMatch(message);
  });

  it("of a file with several runs, one is chosen by its number", async () => {
    const runs = [
      { tokens: ["a", "b"], attention },
      { tokens: ["c", "d"], attention },
    ];
    const path = file("runs.json", JSON.stringify(runs));
    const asked = await run(convertCommand, path);
    expect(asked).toMatchObject({ status: 0 });
    expect(asked.err).toBe(
      "0: JSON, 2 words: a b\n1: JSON, 2 words: c d\nThe file holds 2 runs. Which one, 0 to 1?\n",
    );
    const out = join(folder, "run.safetensors");
    expect(await run(convertCommand, path, "-o", out)).toMatchObject({ status: 1 });
    expect(await run(convertCommand, path, "--item", "1", "-o", out)).toMatchObject({ status: 0 });
    const { tokens } = readTrace(new Uint8Array(readFileSync(out))).stream("text");
    expect(tokens.map((token) => token.raw)).toEqual(["c", "d"]);
    const viewed = await run(viewCommand, path, "-o", join(folder, "run.svg"));
    expect(viewed.err).toMatch(/Which one, 0 to 1\?.* Answer with `headscope convert`/);
  });
});
