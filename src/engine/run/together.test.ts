// Runs side by side in one pass give what single runs give.

import { fileURLToPath } from "node:url";
import { afterEach, expect, it } from "vitest";
import { folderSource } from "../../checkpoint/node.ts";
import { type Edit, editsFromText, type Trace } from "../../trace/index.ts";
import { type EachOptions, type Model, openModel } from "../index.ts";
import { nodeRuntime } from "../runtime/node.ts";

const IDS = [5, 6, 7, 8, 9, 10];
const OTHER = [5, 9, 7, 4, 9, 11];
const LISTS = [
  "zero head 1.0",
  "zero head 1.1; scale q3 of 1.0 by 2",
  "add 1 to mlp_post5 of 1 at 2",
  "scale resid_mid of 1 at 3 by 0.5",
  "patch resid_pre of 1 at 4",
  "zero head 0.1",
  "scale k1 of 0.0 by 3; set v2 of 1.1 at 1 to 1; patch resid_post of 0 at 2",
  "scale resid_pre of 0 at 5 by 2",
].map((text) => editsFromText(text));
const LOGITS: EachOptions = { captures: ["logits", "last_logits"], points: "vectors", other: { ids: OTHER } };

let model: Model | undefined;
let ran = 0;
afterEach(() => model?.dispose());

async function open(name: string): Promise<Model> {
  const folder = fileURLToPath(new URL(`../../../test/fixtures/goldens/${name}`, import.meta.url));
  const inner = await nodeRuntime();
  const counting = async (...args: Parameters<typeof inner.session>) => {
    const session = await inner.session(...args);
    const run = (...fed: Parameters<typeof session.run>) => {
      ran++;
      return session.run(...fed);
    };
    return { ...session, run };
  };
  model = await openModel(await folderSource(folder), { runtime: { ...inner, session: counting } });
  return model;
}

/** Traces of all lists, and how many graphs ran for them. */
async function each(of: Model, lists: readonly (readonly Edit[])[], options: EachOptions) {
  await of.run({ ids: IDS }, options);
  ran = 0;
  const results = await of.runEach({ ids: IDS }, lists, options);
  return { traces: results.map(({ trace }) => trace), graphs: ran };
}

async function single(of: Model, lists: readonly (readonly Edit[])[], options: EachOptions) {
  await of.run({ ids: IDS }, options);
  ran = 0;
  const traces: Trace[] = [];
  for (const edits of lists) traces.push((await of.run({ ids: IDS }, { ...options, edits })).trace);
  return { traces, graphs: ran };
}

function farthest(a: Trace, b: Trace, name: string): number {
  const [x, y] = [a.tensor(name)!, b.tensor(name)!];
  expect(x.shape).toEqual(y.shape);
  return Math.max(...Array.from(x.data, (value, i) => Math.abs(value - y.data[i]!)));
}

const without = (part: string) => LISTS.filter((list) => list.every(({ at }) => at !== part));

it.each([
  ["llama", LISTS],
  ["gpt2", LISTS],
  ["gemma2", LISTS],
  ["gpt_oss", without("mlp_post")],
  ["gpt_neox", without("resid_mid")],
] as const)("%s: as single runs, in fewer graphs", async (name, lists) => {
  const of = await open(name);
  const [alone, together] = [await single(of, lists, LOGITS), await each(of, lists, LOGITS)];
  for (const [i, trace] of together.traces.entries()) {
    expect(farthest(trace, alone.traces[i]!, "logits")).toBeLessThan(1e-5);
    expect(farthest(trace, alone.traces[i]!, "last_logits")).toBeLessThan(1e-5);
    expect(trace.manifest.edits).toEqual(lists[i]);
    expect(trace.manifest.receipts).toEqual(alone.traces[i]!.manifest.receipts);
    expect(farthest(trace, together.traces[(i + 1) % lists.length]!, "logits")).toBeGreaterThan(1e-5);
  }
  expect(together.graphs).toBeLessThan(alone.graphs);
});

it.each<[string, string, EachOptions, string]>([
  ["attention that is recorded", "llama", { ...LOGITS, captures: ["pattern", "logits"] }, "zero head 1.0"],
  ["cells that may be edited", "llama", { ...LOGITS, points: "cells" }, "block 3>1 in 1.0"],
  ["means of the run itself", "llama", LOGITS, "mean head 1.0"],
  ["attention with a bias", "bloom", LOGITS, "zero head 1.0"],
  ["an encoder", "bert", { captures: ["logits"], points: "vectors" }, "zero head 1.0"],
])("%s: one by one, with the bits of single runs", async (_, name, options, sentence) => {
  const of = await open(name);
  const lists = [editsFromText(sentence), editsFromText("zero head 1.1")];
  const [alone, together] = [await single(of, lists, options), await each(of, lists, options)];
  expect(together.graphs).toBe(alone.graphs);
  for (const [i, trace] of together.traces.entries())
    expect(trace.tensor("logits")!.data).toEqual(alone.traces[i]!.tensor("logits")!.data);
});

it("what cannot go side by side breaks the row: cells, means of the run itself, another beginning", async () => {
  const of = await open("llama");
  const sentences = [
    "zero head 1.0",
    "block 3>1 in 1.0",
    "zero head 1.1",
    "mean head 1.1",
    "zero head 1.2",
    "zero head 0.1",
  ];
  const lists = sentences.map((sentence) => editsFromText(sentence));
  const [alone, together] = [await single(of, lists, LOGITS), await each(of, lists, LOGITS)];
  for (const [i, trace] of together.traces.entries())
    expect(farthest(trace, alone.traces[i]!, "logits")).toBeLessThan(1e-5);
});

it("an edit that touches nothing is refused with its words, wherever it stands in the list", async () => {
  const of = await open("llama");
  const lists = [...LISTS.slice(0, 2), editsFromText("zero head 1.0 at 40")];
  await expect(of.runEach({ ids: IDS }, lists, LOGITS)).rejects.toThrow("zero head 1.0 at 40");
});
