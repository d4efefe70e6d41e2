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

  it("draws the difference to a recorded run, with what has no counterpart hatched", async () => {
    const [she, he] = ["she", "he"].map((name) => john.replace("gpt2-john-smith", `stories-gpt2-${name}`));
    const svg = join(folder, "compared.svg");
    const place = ["--layer", "3", "--head", "2"];
    for (const view of ["matrix", "head", "model"]) {
      const { status } = await run(she!, "--compare", he!, "--view", view, ...place, "-o", svg);
      expect(status).toBe(0);
      const compared = readFileSync(svg, "utf8");
      await run(she!, "--view", view, ...place, "-o", svg);
      expect(compared).not.toBe(readFileSync(svg, "utf8"));
      expect(compared).toMatch(/difference|change/);
    }
    const uneven = await run(john, "--compare", he!, ...place, "-o", svg);
    expect(uneven).toMatchObject({ status: 2, err: expect.stringContaining("has 5 layers, this one 12") });
    const neuron = await run(she!, "--compare", he!, "--view", "neuron", ...place, "-o", svg);
    expect(neuron).toMatchObject({ status: 2, err: expect.stringContaining("head, model and matrix") });
    const merged = await run(she!, "--compare", he!, "--merge-words", ...place, "-o", svg);
    expect(merged).toMatchObject({ status: 2, err: expect.stringContaining("no other reading") });
    const both = await run(she!, "--compare", he!, "--hatch", he!, "-o", svg);
    expect(both).toMatchObject({ status: 2, err: expect.stringContaining("exclude each other") });
  });

  it("draws words along the top and the bottom, and refuses that of another view", async () => {
    const names = ["svg", "png", "pdf"].map((kind) => join(folder, `across.${kind}`));
    const across = ["--orientation", "horizontal", "--layer", "4", "--head", "11", "--pin", "8"];
    const files = names.flatMap((name) => ["-o", name]);
    expect((await run(john, ...across, "--view", "head", ...files)).status).toBe(0);
    const [svg, png, pdf] = names.map((name) => readFileSync(name));
    const tops = [...svg!.toString().matchAll(/ y="([\d.]+)"[^>]*class="word"/g)].map(([, y]) => y);
    expect(new Set(tops).size).toBe(2);
    expect(PNG.sync.read(png!).width).toBeGreaterThan(1000);
    expect(pdf!.subarray(0, 5).toString()).toBe("%PDF-");
    const { status, err } = await run(john, ...across, "--view", "matrix", "-o", names[0]!);
    expect(status).not.toBe(0);
    expect(err).toContain("--orientation is of the head view");
  });

  it("says which characters the embedded fonts lack, and embeds a font that is named", async () => {
    const model = ["stories-gpt2", "--text", "A 〖cat〗."];
    const math = fileURLToPath(
      new URL("../../node_modules/dejavu-fonts-ttf/ttf/DejaVuMathTeXGyre.ttf", import.meta.url),
    );
    const [plain, named] = ["plain", "named"].map((name) =>
      ["png", "pdf"].map((kind) => join(folder, `${name}.${kind}`)),
    );
    const outputs = (names: readonly string[]) => names.flatMap((name) => ["-o", name]);
    const before = await run(...model, ...outputs(plain!));
    expect(before.err).toMatch(
      /embedded fonts lack 2 characters of this text \(〖 〗\), drawn as boxes\. .*--font FILE/,
    );
    const after = await run(...model, "--font", math, ...outputs(named!));
    expect(after.err).not.toContain("lack");
    expect(readFileSync(named![1]!).toString("latin1")).toMatch(/\/BaseFont \/\w+\+DejaVuMathTeXGyre/);
    expect(readFileSync(plain![0]!).equals(readFileSync(named![0]!))).toBe(false);
    const wrong = await run(...model, "--font", "none.ttf", ...outputs(plain!));
    expect([wrong.status, wrong.err]).toEqual([expect.any(Number), expect.stringContaining("none.ttf")]);
    expect(wrong.status).not.toBe(0);
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

  it("weighs attention by what the model's output matrix makes of values, and merges words", async () => {
    const [plain, weighed, words] = ["d.csv", "e.csv", "f.csv"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    const asked = ["stories-gpt2", "--text", "A crocodile sat.", "--layer", "2", "--head", "1"];
    for (const [path, more] of [
      [plain, []],
      [weighed, ["--weigh", "z"]],
      [words, ["--merge-words"]],
    ] as const)
      expect((await run(...asked, ...more, "-o", path)).status).toBe(0);
    const last = (path: string): number[] =>
      readFileSync(path, "utf8").trim().split("\r\n").at(-1)!.split(",").slice(2).map(Number);
    const ratios = last(weighed).map((weight, key) => weight / last(plain)[key]!);
    expect(Math.max(...ratios)).toBeLessThanOrEqual(1.00001);
    expect(new Set(ratios.map((ratio) => ratio.toFixed(4))).size).toBeGreaterThan(2);
    expect(last(words).length).toBeLessThan(last(plain).length);
    expect(last(words).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
  });

  it("writes tokens as the tokenizer spells them, in figures and tables", async () => {
    const [svg, csv] = ["svg", "csv"].map((kind) => join(folder, `raw.${kind}`));
    const she = john.replace("gpt2-john-smith", "stories-gpt2-she");
    const place = ["--layer", "3", "--head", "2", "--pin", "12", "--raw-tokens"];
    expect((await run(she, ...place, "--view", "head", "-o", svg!)).status).toBe(0);
    expect(readFileSync(svg!, "utf8")).toContain(">ĠShe</text>");
    expect((await run(she, ...place, "-o", csv!)).status).toBe(0);
    const lines = readFileSync(csv!, "utf8").split("\r\n");
    expect(lines[13]).toMatch(/^12,ĠShe,/);
    await run(she, ...place.slice(0, -1), "-o", csv!);
    expect(readFileSync(csv!, "utf8").split("\r\n")[13]).toBe(lines[13]!.replace("Ġ", ""));
    const map = await run(she, ...place, "--view", "model", "-o", svg!);
    expect(map).toMatchObject({
      status: 2,
      err: expect.stringContaining('no "raw tokens"; head and matrix do'),
    });
    const none = await run(john, "--raw-tokens", "-o", csv!);
    expect(none).toMatchObject({
      status: 2,
      err: expect.stringContaining("Every token is spelled as it is shown"),
    });
  });

  it("cuts to rows and columns, draws strong lines alone, and says both", async () => {
    const [csv, svg] = [join(folder, "h.csv"), join(folder, "h.svg")];
    const cut = ["--rows-from", "6", "--rows-to", "8", "--columns-to", "4", "--least", "0.2"];
    const place = ["--layer", "1", "--head", "10"];
    const { err } = await run(john, ...place, ...cut, "-o", csv, "-o", svg);
    expect(err).toContain("Words that attend: positions 6 to 8 of 9.");
    expect(err).toContain("Words attended to: positions 0 to 4 of 9.");
    const lines = readFileSync(csv, "utf8").trim().split("\r\n");
    expect([lines.length, lines[0]!.split(",").length]).toEqual([4, 7]);
    await run(john, ...place, "--view", "head", "--least", "0.2", "-o", svg);
    expect(readFileSync(svg, "utf8")).toMatch(/\d+ of 45 edges from \.20 on/);
  });

  it("cuts the map to layers and heads, in figures and tables, and says so", async () => {
    const [svg, csv] = ["svg", "csv"].map((kind) => join(folder, `few.${kind}`));
    const cut = ["--include-layers", "0-2,4", "--include-heads", "11, 3"];
    const few = await run(john, "--view", "model", ...cut, "-o", svg!, "-o", csv!);
    expect(few.status).toBe(0);
    expect(few.err).toContain("Only layers 0 to 2, 4 and heads 3, 11 are drawn, of 12 layers with 12 heads.");
    const numbers = [...readFileSync(svg!, "utf8").matchAll(/>(\d+)<\/text>/g)].map(([, n]) => n);
    expect(numbers.slice(0, 6)).toEqual(["0", "1", "2", "4", "3", "11"]);
    const lines = readFileSync(csv!, "utf8").trim().split("\r\n").slice(1);
    const heads = lines.map((line) => line.split(",").slice(0, 2).join("."));
    expect(heads).toEqual(["0.3", "0.11", "1.3", "1.11", "2.3", "2.11", "4.3", "4.11"]);
    for (const [args, message] of [
      [
        ["--view", "model", "--include-layers", "12"],
        '--include-layers is "12"; expected a number from 0 to 11',
      ],
      [["--view", "model", "--include-heads", "4-2"], 'the range "4-2"; the first number must not be larger'],
      [["--view", "matrix", "--include-heads", "1"], "are of the model map: give --view model"],
    ] as const) {
      const wrong = await run(john, ...args, "-o", svg!);
      expect(wrong).toMatchObject({ status: 2, err: expect.stringContaining(message) });
    }
  });

  it("draws layers beside each other, a pointer, the bar, and all attentions as one", async () => {
    const svg = join(folder, "i.svg");
    const drawn = async (...args: string[]): Promise<string> => {
      const { status, err } = await run(...args, "-o", svg);
      expect([status, err]).toEqual([0, expect.any(String)]);
      return readFileSync(svg, "utf8");
    };
    const head = [john, "--view", "head", "--layer", "4", "--head", "11"];
    const plain = await drawn(...head);
    const beside = await drawn(...head, "--beside", "7,1");
    expect([...beside.matchAll(/>Layer (\d+)</g)].map(([, layer]) => layer)).toEqual(["1", "4", "7"]);
    expect(beside).toContain("layers 1, 4, 7, head 11");
    expect(await drawn(...head, "--hover", "Fred")).not.toBe(plain);
    const bar = await drawn(...head, "--with-bar");
    expect([...bar.matchAll(/class="square"[^>]*>(\d+)</g)].map(([, head]) => Number(head))).toEqual([
      ...Array(12).keys(),
    ]);
    const matrix = [john, "--layer", "4", "--head", "11"];
    expect(await drawn(...matrix, "--hover", "5", "--hover-key", "2")).not.toBe(await drawn(...matrix));
    const translation = john.replace("gpt2-john-smith", "opus-mt-en-de-elephant");
    const all = await drawn(translation, "--block", "all", "--view", "head", "--layer", "5", "--head", "7");
    expect([all.includes(">Source<"), all.includes(">Target<")]).toEqual([true, true]);
    const csv = join(folder, "i.csv");
    await run(...head, "--beside", "7", "--pin", "8", "-o", csv);
    expect(readFileSync(csv, "utf8").split("\r\n")[0]).toBe("position,word,4.11 Smith at 8,7.11 Smith at 8");
  });

  it("marks heads by the weight between words and by a pattern of one's own, in picture and table", async () => {
    const [svg, csv] = [join(folder, "j.svg"), join(folder, "j.csv")];
    const model = [john, "--view", "model", "--sort", "score"];
    const files = ["-o", svg, "-o", csv];
    expect((await run(...model, "--pin", "8", "--to", "7", "--score", "words", ...files)).status).toBe(0);
    expect(readFileSync(svg, "utf8")).toContain("bars: Smith → Fred");
    const [columns, first] = readFileSync(csv, "utf8").split("\r\n");
    expect(columns).toMatch(/^layer,head,Smith → Fred,/);
    expect(first).toMatch(/^0,0,0?\.\d+,/);
    const pattern = ["--find", "from `Fred` to the word before it"];
    expect((await run(...model, ...pattern, ...files)).status).toBe(0);
    expect(readFileSync(svg, "utf8")).toContain("from `Fred` to the word before it");
  });

  it("an HTML file opens with the view that is named", async () => {
    const html = join(folder, "k.html");
    for (const [args, view] of [
      [[], "panel"],
      [["--view", "matrix", "--colors", "log"], "matrix"],
      [["--view", "model", "--include-heads", "3"], "model"],
    ] as const) {
      const { status, err } = await run(john, ...args, "-o", html);
      if (err.includes("npm run build")) return console.warn("The script of HTML files is not built.");
      expect(status).toBe(0);
      expect(readFileSync(html, "utf8")).toContain(`"view":"${view}"`);
    }
  });

  it("names the averaged heads in the caption and in the unit", async () => {
    const svg = join(folder, "g.svg");
    const { status } = await run(
      john,
      "--head",
      "3,7",
      "--layer",
      "4",
      "--average",
      "--view",
      "head",
      "-o",
      svg,
    );
    expect(status).toBe(0);
    const text = readFileSync(svg, "utf8");
    expect(text).toContain("the mean of heads 4.3, 4.7");
    expect(text).toContain("attention, mean of 2 heads");
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
    [["--weigh", "q", "-o", "x.svg"], /--weigh is "q"; expected v \(\|v\|\) or z/],
    [["--weigh", "v", "--average", "-o", "x.svg"], /exclude each other/],
    [["--average", "-o", "x.svg"], /Choose several heads to average them/],
    [["--average", "--view", "model", "-o", "x.svg"], /The model view has no "average of heads"/],
    [["--weigh", "z", "-o", "x.svg"], /Values were not recorded in this run/],
    [["--rows-from", "5", "--rows-to", "2", "-o", "x.svg"], /--rows-from is 5 and --rows-to is 2/],
    [["--columns-to", "9", "-o", "x.svg"], /--columns-to is "9"; expected a number from 0 to 8/],
    [["--least", "2", "-o", "x.svg"], /--least is "2"; expected a number from 0 to 1/],
    [["--beside", "99", "--view", "head", "-o", "x.svg"], /--beside is "99"; expected a number from 0 to 11/],
    [["--beside", "2", "-o", "x.svg"], /--beside is of the head view: give --view head/],
    [["--hover", "Jones", "-o", "x.svg"], /--hover "Jones" is no token of this text/],
    [
      ["--hover", "2", "--view", "model", "-o", "x.svg"],
      /--hover and --hover-key are of the views head and matrix/,
    ],
    [
      ["--to", "2", "--view", "model", "-o", "x.svg"],
      /--to ranks heads by the weight from pinned words: give --pin/,
    ],
    [["--find", "near", "--view", "model", "-o", "x.svg"], /--find: "near" is no pattern/],
    [["--block", "all", "-o", "x.svg"], /--block is "all"; this run has self/],
    [["--colors", "pink", "-o", "x.svg"], /--colors is "pink"; expected root, linear, log, rank/],
    [["--filter", "AB", "-o", "x.svg"], /--filter is "AB"; expected A-A, A-B/],
    [[], /Nowhere to write/],
  ])("%j is a mistake that is named", async (args, message) => {
    const { status, err } = await run(john, ...args);
    expect(status).toBe(2);
    expect(err).toMatch(message);
  });
});
