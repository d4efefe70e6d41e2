// Checkpoints as the hub has them: ids and offsets equal those of Transformers' AutoTokenizer
// (scripts/record-auto-tokenizers.py).

import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, it, vi } from "vitest";
import { differences, type Recorded, readGz, strings } from "../../../../test/hostile-strings.ts";
import { memorySource } from "../../memory.ts";
import { divergencesIn } from "../known-divergences.ts";
import { loadTokenizer } from "../load.ts";

vi.setConfig({ testTimeout: 60_000 });

interface Case extends Recorded {
  readonly files: Readonly<Record<string, string>>;
  readonly config: Readonly<Record<string, unknown>>;
  readonly beside: Readonly<Record<string, unknown>>;
}

const FIXTURES = new URL("../../../../test/fixtures/tokenizers/", import.meta.url);
const cases = readGz(new URL("auto.json.gz", FIXTURES)) as Record<string, Case>;

function contents(name: string): Uint8Array {
  const own = new URL(`auto/${name}.gz`, FIXTURES);
  return gunzipSync(readFileSync(existsSync(own) ? own : new URL(`golden-${name}.gz`, FIXTURES)));
}

function open({ files, config, beside }: Case) {
  const laid = Object.entries(files).map(([name, from]) => [name, contents(from.slice(1))] as const);
  const besides = Object.entries(beside).map(([name, value]) => [name, JSON.stringify(value)] as const);
  return loadTokenizer(memorySource("m", Object.fromEntries([...laid, ...besides])), config);
}

it.each(Object.keys(cases))("%s equals AutoTokenizer", async (name) => {
  const tokenizer = (await open(cases[name]!))!;
  const { ids, offsets } = differences(cases[name]!, tokenizer);
  const unnamed = [...new Set([...ids, ...offsets])].filter((i) => divergencesIn(strings[i]!).length === 0);
  expect({ ids: ids.filter((i) => unnamed.includes(i)), offsets: unnamed }).toEqual({ ids: [], offsets: [] });
});
