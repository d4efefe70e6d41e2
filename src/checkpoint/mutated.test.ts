// Damaged and hostile files: thousands of seeded mutations are read or refused with a typed error, quickly.

import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { goldenTokenizer } from "../../test/hostile-strings.ts";
import { floatTensor, SafetensorsError, writeSafetensors } from "../tensor/index.ts";
import { loadChatTemplate } from "./chat.ts";
import { readConfig } from "./config.ts";
import { memorySource } from "./memory.ts";
import { CheckpointError } from "./source.ts";
import { loadTokenizer } from "./tokenizer/load.ts";
import { openWeights } from "./weights.ts";

vi.setConfig({ testTimeout: 60_000 });

type Json = unknown;

/** One place in a JSON value, as a list of random numbers, each of which picks a child. */
const place = fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 6 });
const value = fc.oneof(
  { weight: 3, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
  fc.constantFrom<Json>(
    null,
    -1,
    0.5,
    1e308,
    2 ** 53,
    "",
    "__proto__",
    "../x",
    [],
    {},
    "(",
    "a".repeat(1000),
  ),
  fc.constantFrom(
    "BPE",
    "WordPiece",
    "Unigram",
    "Sequence",
    "ByteLevel",
    "Metaspace",
    "Precompiled",
    "Replace",
    "Split",
  ),
);

/** The JSON value with what lies at a place replaced, or left out. */
function replaced(json: Json, [first = 0, ...rest]: readonly number[], made: Json, drop: boolean): Json {
  if (typeof json !== "object" || json === null) return made;
  const entries = Object.entries(json);
  if (entries.length === 0) return made;
  const at = first % entries.length;
  const [key, child] = entries[at]!;
  if (rest.length === 0 && drop) entries.splice(at, 1);
  else entries[at] = [key, rest.length === 0 ? made : replaced(child, rest, made, drop)];
  return Array.isArray(json) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
}

const edit = fc.record({ at: place, made: value, drop: fc.boolean() });
const edits = fc.array(edit, { minLength: 1, maxLength: 3 });
const mutate = (json: Json, list: readonly { at: number[]; made: Json; drop: boolean }[]) =>
  list.reduce((done, { at, made, drop }) => replaced(done, at, made, drop), json);

/** Runs to an end or rejects with one of the typed errors. */
async function readsOrRefuses(action: () => Promise<unknown>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (error instanceof CheckpointError || error instanceof SafetensorsError) return;
    throw error;
  }
}

function damaged(text: string, changes: readonly (readonly [number, number])[]): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
  return bytes;
}
const changes = fc.array(fc.tuple(fc.nat(1_000_000), fc.nat(255)), { minLength: 1, maxLength: 5 });

const shard = (name: string) => writeSafetensors(new Map([[name, floatTensor([2], new Float32Array(2))]]));
const shards = { "1.safetensors": shard("a"), "2.safetensors": shard("b") };
const index = { metadata: { total_size: 16 }, weight_map: { a: "1.safetensors", b: "2.safetensors" } };

describe("an index", () => {
  const open = (bytes: Uint8Array | string) =>
    readsOrRefuses(async () => {
      const source = memorySource("m", { ...shards, "model.safetensors.index.json": bytes });
      for (const entry of (await openWeights(source)).values()) {
        expect((await source.read(entry.file, entry.start, entry.end)).length).toBe(8);
      }
    });

  it("with changed values is read or refused", async () => {
    const property = fc.asyncProperty(edits, (list) => open(JSON.stringify(mutate(index, list)) ?? ""));
    await fc.assert(property, { seed: 21, numRuns: 2000 });
  });

  it("with changed bytes is read or refused", async () => {
    const property = fc.asyncProperty(changes, (list) => open(damaged(JSON.stringify(index), list)));
    await fc.assert(property, { seed: 22, numRuns: 2000 });
  });
});

it("a config with changed bytes or values is read or refused", async () => {
  const config = {
    model_type: "gpt2",
    n_layer: 2,
    rope_scaling: { type: "linear", factor: 2 },
    architectures: ["A"],
  };
  const read = (bytes: Uint8Array | string) =>
    readsOrRefuses(() => readConfig(memorySource("m", { "config.json": bytes })));
  const property = fc.asyncProperty(edits, changes, async (list, bytes) => {
    await read(JSON.stringify(mutate(config, list)) ?? "");
    await read(damaged(JSON.stringify(config), bytes));
  });
  await fc.assert(property, { seed: 23, numRuns: 2000 });
});

it("any bytes as weights are read or refused", async () => {
  const property = fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), changes, async (bytes, list) => {
    await readsOrRefuses(() => openWeights(memorySource("m", { "model.safetensors": bytes })));
    const file = shard("a");
    for (const [at, byte] of list) file[at % file.length] = byte;
    await readsOrRefuses(() => openWeights(memorySource("m", { "model.safetensors": file })));
  });
  await fc.assert(property, { seed: 24, numRuns: 1500 });
});

describe.each(["gpt2", "bert", "llama", "t5", "albert", "mistral"])("the tokenizer of %s", (name) => {
  const json = small(goldenTokenizer(name));
  const use = (bytes: Uint8Array | string) =>
    readsOrRefuses(async () => {
      const tokenizer = await loadTokenizer(memorySource("m", { "tokenizer.json": bytes }), {});
      const tokens = tokenizer!.encode("Zoë's cat\n 🐱<s>", "a b");
      expect(tokens.every(({ id }) => Number.isSafeInteger(id) && id >= 0)).toBe(true);
      tokenizer!.decode(tokens.map(({ id }) => id));
    });

  it("with changed values is read or refused", async () => {
    const property = fc.asyncProperty(edits, (list) => use(JSON.stringify(mutate(json, list)) ?? ""));
    await fc.assert(property, { seed: 25, numRuns: 500 });
  });

  it("with changed bytes is read or refused", async () => {
    const property = fc.asyncProperty(changes, (list) => use(damaged(JSON.stringify(json), list)));
    await fc.assert(property, { seed: 26, numRuns: 200 });
  });
});

/** The tokenizer with a small part of its vocabulary, so that mutations often meet something else. */
function small(json: Record<string, unknown>): Json {
  const model = json.model as { vocab: object; merges?: unknown[] };
  const first = Object.entries(model.vocab).slice(0, 300);
  const vocab = Array.isArray(model.vocab) ? first.map(([, piece]) => piece) : Object.fromEntries(first);
  return {
    ...json,
    model: { ...model, vocab, ...(model.merges ? { merges: model.merges.slice(0, 20) } : {}) },
  };
}

it("a chat template of any text is read or refused", async () => {
  const piece = fc.constantFrom(
    "{{",
    "}}",
    "{%",
    "%}",
    "messages",
    " for m in ",
    "endfor",
    "if",
    "[0]",
    ".content",
    "'",
    "|trim",
    "+",
    "\n",
  );
  const template = fc.array(fc.oneof(piece, fc.string()), { maxLength: 12 }).map((parts) => parts.join(""));
  const property = fc.asyncProperty(template, (text) =>
    readsOrRefuses(async () => {
      const render = await loadChatTemplate(memorySource("m", { "chat_template.jinja": text }));
      expect(typeof render!([{ role: "user", content: "a" }])).toBe("string");
    }),
  );
  await fc.assert(property, { seed: 27, numRuns: 1500 });
});
