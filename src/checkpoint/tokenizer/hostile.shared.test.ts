// Published tokenizers against what Python makes of 2,000 hostile strings.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { differences, readGz, recorded, strings } from "../../../test/hostile-strings.ts";
import { memorySource } from "../memory.ts";
import { tokenizerFromJson } from "./from-json.ts";
import { divergencesIn } from "./known-divergences.ts";
import { loadTokenizer } from "./load.ts";

const SHARED = new URL("../../../../shared/", import.meta.url);
const data = (path: string) => new URL(`data/tokenizers/${path}`, SHARED);

it.each(["gpt2", "t5-small"])("%s equals Python in all of them", (name) => {
  const json = readGz(data(`${name}/tokenizer.json.gz`)) as Record<string, unknown>;
  expect(differences(recorded(name), tokenizerFromJson(json))).toEqual({ ids: [], offsets: [] });
});

it("t5-small from spiece.model gives Python's ids in all of them", async () => {
  const files = { "spiece.model": readFileSync(data("t5-small/spiece.model")) };
  const tokenizer = (await loadTokenizer(memorySource("t5-small", files), { model_type: "t5" }))!;
  expect(differences(recorded("t5-small"), tokenizer).ids).toEqual([]);
});

it("gpt2 from vocab.json and merges.txt equals Python in all of them", async () => {
  const text = (name: string) => gunzipSync(readFileSync(data(`gpt2/${name}.gz`)));
  const files = { "vocab.json": text("vocab.json"), "merges.txt": text("merges.txt") };
  const tokenizer = (await loadTokenizer(memorySource("gpt2", files), { model_type: "gpt2" }))!;
  expect(differences(recorded("gpt2"), tokenizer)).toEqual({ ids: [], offsets: [] });
});

it("bert-base-uncased from vocab.txt equals Python where no newer character is met", async () => {
  const files = { "vocab.txt": readFileSync(data("bert-base-uncased/vocab.txt")) };
  const tokenizer = (await loadTokenizer(memorySource("bert", files), { model_type: "bert" }))!;
  const { ids, offsets } = differences(recorded("bert-base-uncased"), tokenizer);
  const unnamed = [...ids, ...offsets].filter((i) => divergencesIn(strings[i]!).length === 0);
  expect(unnamed).toEqual([]);
});

const smollm = join(process.env.HEADSCOPE_REAL_MODELS ?? "", "smollm2-135m-instruct", "tokenizer.json");

it.runIf(existsSync(smollm))("smollm2 gives Python's ids, and its offsets but for dropped bytes", () => {
  const tokenizer = tokenizerFromJson(JSON.parse(readFileSync(smollm, "utf8")));
  const { ids, offsets } = differences(recorded("smollm2"), tokenizer);
  expect(ids).toEqual([]);
  expect(offsets.filter((i) => !divergencesIn(strings[i]!).includes("places-after-dropped-bytes"))).toEqual(
    [],
  );
});
