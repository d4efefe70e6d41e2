// Attention inside pages and notebooks: as BertViz, Tensor2Tensor and CircuitsVis write them, and headscope itself.

import { describe, expect, it } from "vitest";
import { syntheticTrace } from "../../test/synthetic.ts";
import { printHtml } from "../export/html.ts";
import { ownRun, readFound, traceOf } from "./index.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const words = (n: number, from = "w") => Array.from({ length: n }, (_, i) => `${from}${i}`);

/** Rows that sum to 1 and differ by layer and head, [layers][heads][n][m]. */
const rows = (layers: number, heads: number, n: number, m = n) =>
  Array.from({ length: layers }, (_, l) =>
    Array.from({ length: heads }, (_, h) =>
      Array.from({ length: n }, (_, i) => {
        const row = Array.from({ length: m }, (_, j) => 1 + ((i + 2 * j + 3 * h + 5 * l) % 7));
        const sum = row.reduce((a, b) => a + b);
        return row.map((value) => value / sum);
      }),
    ),
  );
const flat = (value: unknown): number[] => (Array.isArray(value) ? value.flatMap(flat) : [value as number]);

function expectRows(got: Float32Array, wanted: unknown): void {
  const numbers = flat(wanted);
  expect(got).toHaveLength(numbers.length);
  for (const [i, value] of numbers.entries()) expect(Math.abs(got[i]! - value)).toBeLessThan(1e-6);
}

const two = rows(2, 3, 4);
const PARAMS = JSON.stringify({
  attention: [{ name: null, attn: two, left_text: words(4), right_text: words(4) }],
  ...{ default_filter: "0", root_div_id: "bertviz-1", layer: null, heads: null, include_layers: [0, 1] },
});
const BERTVIZ = `require(["jquery", "d3"], function($, d3) {\n const params = ${PARAMS}; // HACK: ${PARAMS} is a template marker`;
const circuits = (name: string, before = "") =>
  `<div id="circuits-vis-1a2b-3" style="margin: 15px 0;"/>
    <script crossorigin type="module">
    import { render, ${name} } from "https://unpkg.com/circuitsvis@1.43.2/dist/cdn/esm.js";
    ${before}render(
      "circuits-vis-1a2b-3",
      ${before ? "CircuitsVis." : ""}${name},
      {"attention": ${JSON.stringify(two[0])}, "maxValue": null, "tokens": ["w0", "w1", "} w2", "\\"w3"]}
    )
    </script>`;

/** The object that Tensor2Tensor gives its page: rows of every part are the words that attend. */
const [enc, dec, cross] = [rows(2, 2, 3), rows(2, 2, 4), rows(2, 2, 4, 3)];
const T2T = {
  all: { att: rows(2, 2, 7), top_text: words(7), bot_text: words(7) },
  inp_inp: { att: enc, top_text: words(3, "e"), bot_text: words(3, "e") },
  inp_out: { att: cross, top_text: words(3, "e"), bot_text: words(4, "d") },
  out_out: { att: dec, top_text: words(4, "d"), bot_text: words(4, "d") },
};

const output = (data: Record<string, unknown>) => ({ cell_type: "code", source: [], outputs: [{ data }] });
const notebook = (...cells: unknown[]) => encode(JSON.stringify({ nbformat: 4, metadata: {}, cells }));

describe("pages", () => {
  it("of CircuitsVis, from its server or with its script inside", () => {
    const inside = circuits("AttentionHeads", 'var params={"gpu":1};CircuitsVis.');
    for (const html of [circuits("AttentionPatterns"), circuits("AttentionHeads"), inside]) {
      const found = readFound("a.html", encode(html));
      expect(found.maker).toBe("CircuitsVis");
      const trace = traceOf(found);
      expectRows(trace.attention("self", 0, 2), two[0]![2]);
      expect(trace.stream("text").tokens.map(({ raw }) => raw)).toEqual(["w0", "w1", "} w2", '"w3']);
    }
  });

  it("of Tensor2Tensor, as a script and as JSON alone", () => {
    const script = `<div id='vis'></div><script>window.attention = ${JSON.stringify(T2T)}</script>`;
    for (const text of [script, JSON.stringify(T2T)]) {
      const found = readFound("t2t.html", encode(text));
      expect(found.maker).toBe("Tensor2Tensor");
      const trace = traceOf(found);
      expect(trace.sides("cross")).toEqual({ queries: 4, keys: 3 });
      expectRows(trace.attention("encoder", 1, 0), enc[1]![0]);
      expectRows(trace.attention("decoder", 0, 1), dec[0]![1]);
      expectRows(trace.attention("cross", 1, 1), cross[1]![1]);
      expect(trace.stream("decoder").tokens[3]!.raw).toBe("d3");
      expect(trace.stream("encoder").tokens).toHaveLength(3);
    }
  });

  it("of BertViz's first versions, where sentence B begins in them", () => {
    const view = (n: number, from = "w") => ({
      att: rows(1, 2, n),
      left_text: words(n, from),
      right_text: words(n, from),
    });
    const first = { all: view(5), aa: view(3), bb: view(2), ab: view(3), ba: view(2) };
    const trace = traceOf(
      readFound("a.html", encode(`<script>window.attention = ${JSON.stringify(first)}</script>`)),
    );
    expect(trace.stream("text").tokens.map(({ segment }) => segment)).toEqual([0, 0, 0, 1, 1]);
    expectRows(trace.attention("self", 0, 1), first.all.att[0]![1]);
  });

  it("of headscope itself", async () => {
    const trace = syntheticTrace({ layers: 2, heads: 2, tokens: 5 });
    const selection = { block: "self", layer: 0, heads: [0], focus: 0, pins: [], side: "query" } as const;
    const { html } = await printHtml(trace, { selection, state: {}, script: "0" });
    const run = ownRun("run.html", encode(html))!;
    expect(run.stream("text").tokens).toEqual(trace.stream("text").tokens);
    const [got, wanted] = [run.attention("self", 1, 1), trace.attention("self", 1, 1)];
    for (const [i, value] of wanted.entries()) expect(Math.abs(got[i]! - value)).toBeLessThan(0.004);
    expect(ownRun("a.html", encode("<!doctype html><p>"))).toBeNull();
    const cut = html.slice(0, html.indexOf("headscope-trace") + 60);
    expect(() => ownRun("run.html", encode(cut))).toThrow(
      "run.html is a page of headscope that is cut short",
    );
    expect(() => ownRun("run.html", encode(`${cut}</script>`))).toThrow(
      /The run in run\.html, .*, is damaged/,
    );
  });

  it("with none, or one that is cut short, are told what to do", () => {
    expect(() => readFound("a.html", encode('<script>params = {"a": 1}</script>'))).toThrow(
      "holds no attention of BertViz, Tensor2Tensor or CircuitsVis",
    );
    expect(() => readFound("a.html", encode(`<script>${BERTVIZ.slice(0, 200)}`))).toThrow("cut short");
    const ecco = encode("<script>requirejs(['basic', 'ecco'], function(basic, ecco){})</script>");
    expect(() => readFound("a.html", ecco)).toThrow(/This page is Ecco's\. .*output\.attention_values/);
  });
});

describe("notebooks", () => {
  it.each([
    ["a script of BertViz", output({ "application/javascript": [`${BERTVIZ}\n`, "});"] }), two[1]![2], 1],
    ["CircuitsVis's HTML", output({ "text/html": circuits("AttentionPatterns") }), two[0]![2], 0],
    ["a script of an old notebook", { cell_type: "code", outputs: [{ javascript: BERTVIZ }] }, two[1]![2], 1],
  ] as const)("with %s among their outputs", (_, cell, wanted, layer) => {
    const text = { cell_type: "markdown", source: "params = {}" };
    expectRows(traceOf(readFound("a.ipynb", notebook(text, cell))).attention("self", layer, 2), wanted);
  });

  it("of the third format have their cells in worksheets", () => {
    const cells = [{ cell_type: "code", outputs: [{ html: circuits("AttentionHeads") }] }];
    const old = encode(JSON.stringify({ nbformat: 3, worksheets: [{ cells }] }));
    expectRows(traceOf(readFound("a.ipynb", old)).attention("self", 0, 0), two[0]![0]);
  });

  it("with none say what to do", () => {
    expect(() => readFound("a.ipynb", notebook(output({ "text/plain": "1" })))).toThrow(
      "No output of this notebook holds attention of BertViz or CircuitsVis: run its cells",
    );
    const ecco = output({
      "application/javascript": ["\n requirejs(['basic', 'ecco'], function(basic, ecco){"],
    });
    expect(() => readFound("a.ipynb", notebook(ecco))).toThrow("The outputs of this notebook are Ecco's.");
  });
});
