import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PNG } from "pngjs";
import { describe, expect, it } from "vitest";
import { openSpec } from "./env.ts";
import { viewCommand } from "./view.ts";

const folder = mkdtempSync(join(tmpdir(), "headscope-view-"));
const john = fileURLToPath(new URL("../../gallery/traces/gpt2-john-smith.safetensors", import.meta.url));

async function run(...args: string[]) {
  const said = { out: "", err: "" };
  const env = {
    open: openSpec,
    signal: new AbortController().signal,
    stdout: { write: (text: string) => (said.out += text) },
    stderr: { write: (text: string) => (said.err += text) },
  };
  return { status: await viewCommand(args, env), ...said };
}

describe("headscope view", () => {
  it("writes several files of one head at once", async () => {
    const names = ["svg", "png", "pdf", "csv"].map((kind) => join(folder, `a.${kind}`));
    const place = ["--layer", "4", "--head", "11", "--pin", "8", "--width", "85mm"];
    const { status, out } = await run(john, ...place, ...names.flatMap((name) => ["-o", name]));
    expect(status).toBe(0);
    expect(out.trim().split("\n")).toEqual(names);
    const [svg, png, pdf, csv] = names.map((name) => readFileSync(name));
    expect(svg!.toString()).toMatch(/^<svg .*width="240\.945pt"/);
    expect(svg!.toString()).toContain("gpt2 · head 4.11");
    expect(PNG.sync.read(png!).width).toBe(1004); // 85 mm at 300 dpi
    expect(pdf!.subarray(0, 5).toString()).toBe("%PDF-");
    expect(csv!.toString().split("\r\n")[9]).toMatch(/^8,Smith,/);
  });

  it("runs a model on a text, and finds a word", async () => {
    const path = join(folder, "b.csv");
    const { status } = await run(
      "stories-gpt2",
      "--text",
      "A cat sat.",
      "--pin",
      "cat",
      "--view",
      "neuron",
      "-o",
      path,
    );
    expect(status).toBe(0);
    expect(readFileSync(path, "utf8")).toMatch(/^position,word,score,weight,q0·k0,/);
  });

  it("letters become paths where they are asked to", async () => {
    const path = join(folder, "c.svg");
    await run(john, "--paths", "--no-caption", "-o", path);
    const svg = readFileSync(path, "utf8");
    expect(svg).not.toContain("<text");
    expect(svg.match(/<path /g)!.length).toBeGreaterThan(20);
  });

  it.each([
    [["--layer", "12", "-o", "x.svg"], /--layer is "12"; expected a number from 0 to 11/],
    [["--head", "3,99", "-o", "x.svg"], /--head is "99"; expected a number from 0 to 11/],
    [["--pin", "Smith", "-o", "x.svg"], /"Smith" stands at 1, 8/],
    [["--pin", "Jones", "-o", "x.svg"], /"Jones" is no token of this text; there are: 0 John, 1 Smith/],
    [["--view", "lines", "-o", "x.svg"], /--view is "lines"; expected/],
    [["--width", "85", "-o", "x.svg"], /--width is "85"; expected for example 85mm/],
    [["-o", "x.gif"], /x\.gif ends in "\.gif"; expected \.svg, \.png, \.pdf, \.csv or \.html/],
    [["--score", "beauty", "-o", "x.svg"], /--score is "beauty"; this run has/],
    [["--filter", "AB", "-o", "x.svg"], /--filter is "AB"; expected A-A, A-B/],
    [[], /Nowhere to write/],
  ])("%j is a mistake that is named", async (args, message) => {
    const { status, err } = await run(john, ...args);
    expect(status).toBe(2);
    expect(err).toMatch(message);
  });
});
