// The paper's findings on attention that was really recorded from GPT-2 and BERT (see gallery/SOURCES.md).

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readTrace, type Trace } from "../trace/index.ts";
import { blockText } from "./block-text.ts";
import { headRows } from "./head-rows.ts";
import { type ScoreTable, scoreHead, scoreTables } from "./score-tables.ts";
import { meanOver, scoreById } from "./scores.ts";

const open = (name: string): Trace =>
  readTrace(readFileSync(new URL(`../../gallery/traces/${name}.safetensors`, import.meta.url)));

const fox = open("gpt2-quick-brown-fox");
const store = open("gpt2-at-the-store");
const john = open("gpt2-john-smith");
const rug = open("bert-cat-rug");

function tableOf(trace: Trace, id: string): ScoreTable {
  return scoreTables(trace, "self", [scoreById(id)!])[0]!;
}

function ranked({ values, heads }: ScoreTable): string[] {
  const order = [...values.keys()].sort((a, b) => values[b]! - values[a]!);
  return order.map((i) => `${Math.floor(i / heads)}.${i % heads}`);
}

function of(table: ScoreTable, layer: number, head: number): number {
  return table.values[layer * table.heads + head]!;
}

describe("V1: GPT-2 4.11 attends to the previous token", () => {
  it.each([
    ["fox", fox],
    ["store", store],
    ["john", john],
  ])("on %s", (_, trace) => {
    const table = tableOf(trace, "previous");
    expect(of(table, 4, 11)).toBeGreaterThan(0.995);
    expect(ranked(table)[0]).toBe("4.11");
    expect(Math.max(...table.values.filter((_, i) => i !== 4 * 12 + 11))).toBeLessThan(0.62);
  });
});

describe("V2: GPT-2 1.10 spreads evenly over the words after the first", () => {
  it.each([
    ["fox", fox],
    ["store", store],
    ["john", john],
  ])("on %s it is the broadest of 144 heads, with almost nothing on the first token", (_, trace) => {
    const broad = tableOf(trace, "broad");
    expect(ranked(broad)[0]).toBe("1.10");
    expect(of(broad, 1, 10)).toBeGreaterThan(0.97);
    expect(of(tableOf(trace, "first"), 1, 10)).toBeLessThan(0.0025);
  });

  it("its last row on the fox is as recorded", () => {
    const row = [0.002, 0.052, 0.08, 0.105, 0.111, 0.101, 0.094, 0.127, 0.164, 0.165];
    fox.attention("self", 1, 10, 9, 10).forEach((weight, key) => {
      expect(Math.abs(weight - row[key]!)).toBeLessThan(6e-4);
    });
  });

  it.each([
    ["fox", fox],
    ["store", store],
    ["john", john],
  ])("on %s it fades with distance more than any other head", (_, trace) => {
    const decay = tableOf(trace, "decay");
    expect(ranked(decay)[0]).toBe("1.10");
    expect(of(decay, 1, 10)).toBeGreaterThan(0.95);
  });
});

describe("V3: most GPT-2 heads put most of their weight on the first token", () => {
  it.each([
    ["fox", fox, 111, 19],
    ["store", store, 105, 26],
    ["john", john, 109, 26],
  ] as const)("on %s", (_, trace, half, most) => {
    const { values } = tableOf(trace, "first");
    expect(values.filter((v) => v > 0.5)).toHaveLength(half);
    expect(values.filter((v) => v > 0.9)).toHaveLength(most);
  });
});

describe("V4: BERT on a pair of sentences", () => {
  const cross = tableOf(rug, "cross");
  const within = tableOf(rug, "within");

  it("0.0 stays within the sentence, 3.0 and 10.10 cross", () => {
    expect(of(within, 0, 0)).toBeCloseTo(0.7, 2);
    expect(of(cross, 0, 0)).toBeCloseTo(0.02, 2);
    expect(of(within, 3, 0)).toBeCloseTo(0.12, 2);
    expect(of(cross, 3, 0)).toBeCloseTo(0.47, 2);
    expect(of(cross, 10, 10)).toBeCloseTo(0.75, 2);
    expect(ranked(cross)[0]).toBe("10.10");
  });

  it("3.0 finds the same word of the other sentence, more than any other head", () => {
    const { queries, twins } = blockText(rug, "self");
    const rows = headRows(rug, "self", 3, 0, [...queries.keys()]);
    const other = (query: number): number[] =>
      twins[query]!.filter((key) => queries[key]!.segment !== queries[query]!.segment);
    const onSame = meanOver(rows, (query) => (queries[query]!.special ? null : other(query)));
    expect(onSame).toBeCloseTo(0.45, 2);
    expect(ranked(tableOf(rug, "same"))[0]).toBe("3.0");
  });

  it("2.0 looks at the next token and 3.5 at the previous", () => {
    expect(of(tableOf(rug, "next"), 2, 0)).toBeCloseTo(0.86, 2);
    expect(ranked(tableOf(rug, "next"))[0]).toBe("2.0");
    expect(of(tableOf(rug, "previous"), 3, 5)).toBeCloseTo(0.61, 2);
    expect(ranked(tableOf(rug, "previous"))[0]).toBe("3.5");
  });

  it("7.7 rests on [SEP]", () => {
    expect(scoreHead(scoreById("delimiter")!, rug, "self", 7, 7)).toBeCloseTo(0.93, 2);
  });

  it("10.10 crosses and 0.0 stays within on other sentences too; 3.0 does not cross where no word is repeated", () => {
    const other = open("bert-rabbit-turtle");
    const crossing = tableOf(other, "cross");
    expect(ranked(crossing)[0]).toBe("10.10");
    expect(of(crossing, 10, 10)).toBeGreaterThan(0.7);
    expect(of(tableOf(other, "within"), 0, 0)).toBeGreaterThan(0.6);
    expect(of(crossing, 3, 0)).toBeLessThan(0.2);
  });
});

describe("V5: GPT-2 heads that find earlier list items", () => {
  it("3.6 and 3.7 look from the commas back to the items, 4.0 from the items to the verb", () => {
    const words = store.stream("text").tokens.map((t) => t.text);
    expect([words[5], words[6], words[8], words[10]]).toEqual(["bought", "apples", "oranges", "bananas"]);
    for (const head of [6, 7]) {
      const rows = headRows(store, "self", 3, head, [...words.keys()]);
      const items = meanOver(rows, (query) => ([7, 9, 11].includes(query) ? [6, 8, 10] : null));
      expect(items).toBeGreaterThan(0.7);
    }
    const verb = headRows(store, "self", 4, 0, [...words.keys()]);
    expect(meanOver(verb, (query) => (query > 5 ? [5] : null))).toBeGreaterThan(0.5);
  });
});
