// Files with several pictures or runs: one is chosen, by its number, as a text of a batch is.

import { describe, expect, it } from "vitest";
import { readFound, traceOf, understand } from "./index.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const json = (value: unknown): Uint8Array => encode(JSON.stringify(value));

/** One layer of one head, each word attending to itself and the one before. */
const matrix = (n: number, own: number): number[][] =>
  Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, j) => (i === 0 && j === 0 ? 1 : i === j ? own : j === i - 1 ? 1 - own : 0)),
  );
const [cats, dogs] = [
  ["the", "cat", "##s"],
  ["\u0120Dogs", "\u0120ran"],
];
const params = (words: readonly string[], own: number, id = "1") =>
  `const params = ${JSON.stringify({
    attention: [{ name: null, attn: [[matrix(words.length, own)]], left_text: words, right_text: words }],
    root_div_id: `bertviz-${id}`,
  })};`;
const page = (...scripts: string[]) => encode(scripts.map((script) => `<script>${script}</script>`).join(""));
const cell = (script: string) => ({ outputs: [{ data: { "application/javascript": script } }] });
const notebook = (...scripts: string[]) => json({ nbformat: 4, cells: scripts.map(cell) });
const run = (tokens: readonly string[], own: number) => ({
  tokens,
  attention: [[matrix(tokens.length, own)]],
});

const FILES: Readonly<Record<string, readonly [bytes: Uint8Array, what: string, place: readonly string[]]>> =
  {
    "a page": [page(params(cats!, 0.75), params(dogs!, 0.5)), "pictures of attention", ["", ""]],
    "a notebook": [
      notebook(params(cats!, 0.75), "1", params(dogs!, 0.5)),
      "pictures of attention",
      ["cell 1, ", "cell 3, "],
    ],
    "a list of runs": [json([run(cats!, 0.75), run(dogs!, 0.5)]), "runs", ["", ""]],
    "lines of runs": [
      encode([run(cats!, 0.75), run(dogs!, 0.5)].map((one) => JSON.stringify(one)).join("\n")),
      "runs",
      ["", ""],
    ],
  };

describe("several in one file", () => {
  it.each(Object.entries(FILES))("%s: each is named, asked for and taken", (_, [bytes, what, place]) => {
    const found = readFound("a", bytes);
    const maker = what === "runs" ? "JSON" : "BertViz";
    const choices = [`${place[0]}${maker}, 3 words: the cats`, `${place[1]}${maker}, 2 words: Dogs ran`];
    const question = `The file holds 2 ${what}. Which one, 0 to 1?`;
    expect(understand(found)).toMatchObject({
      choices,
      arrays: [],
      questions: [{ about: "item", text: question }],
    });
    expect(() => traceOf(found)).toThrow(`${question} (0: ${choices[0]}; 1: ${choices[1]})`);
    expect(() => traceOf(found, { item: 2 })).toThrow("Number 2 was asked for; the file holds 0 to 1.");
    for (const [item, words, own] of [
      [0, cats!, 0.75],
      [1, dogs!, 0.5],
    ] as const) {
      expect(understand(found, { item })).toMatchObject({ choices, questions: [] });
      const trace = traceOf(found, { item });
      expect(trace.stream("text").tokens.map(({ raw }) => raw)).toEqual(words);
      expect([...trace.attention("self", 0, 0)]).toEqual(matrix(words.length, own).flat());
    }
  });

  it("two views of one run are one", () => {
    const found = readFound("a", notebook(params(cats!, 0.75), params(cats!, 0.75, "2")));
    expect(understand(found)).toMatchObject({ choices: [], questions: [] });
    expect(traceOf(found).stream("text").tokens).toHaveLength(3);
  });

  it("the same words with other numbers are two", () => {
    const found = readFound("a", notebook(params(cats!, 0.75), params(cats!, 0.5, "2")));
    expect(understand(found).choices).toHaveLength(2);
  });

  it("one that cannot be read leaves the others, and says why when it is chosen", () => {
    const ragged = params(cats!, 0.75).replace("[0.25,0.75,0]", "[0.25]");
    const found = readFound("a", page(ragged, params(dogs!, 0.5)));
    expect(understand(found).choices[0]).toBe("cannot be read");
    expect(understand(found, { item: 0 }).questions[0]!.text).toMatch(
      /has 1 entries, and the lists before it 3/,
    );
    expect(traceOf(found, { item: 1 }).stream("text").tokens).toHaveLength(2);
    expect(() => readFound("a", page(ragged))).toThrow(/has 1 entries/);
  });

  it("layers in a list, which share their words, are no runs", () => {
    const layers = [0.75, 0.5].map((own) => ({ tokens: cats, attention: matrix(3, own) }));
    expect(traceOf(readFound("a", json(layers))).manifest.blocks[0]!.layers).toBe(2);
  });

  it("a line that is not JSON is named", () => {
    const lines = `${JSON.stringify(run(cats!, 0.75))}\n{"tokens": `;
    expect(() => readFound("a", encode(lines))).toThrow("Line 2 of 2 is not JSON");
  });
});
