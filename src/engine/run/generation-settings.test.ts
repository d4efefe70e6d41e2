import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { memorySource } from "../../checkpoint/index.ts";
import { folderSource } from "../../checkpoint/node.ts";
import { type GenerateOptions, type Model, openModel, type RunInput } from "../index.ts";
import { nodeRuntime } from "../runtime/node.ts";
import { generationSettings, readGenerationSettings } from "./generation-settings.ts";
import { argMax } from "./sampling.ts";

const golden = (name: string) =>
  fileURLToPath(new URL(`../../../test/fixtures/goldens/${name}`, import.meta.url));

async function open(name: string): Promise<Model> {
  return openModel(await folderSource(golden(name)), { runtime: await nodeRuntime() });
}

async function written(model: Model, input: RunInput, options: GenerateOptions): Promise<(number | null)[]> {
  const ids: (number | null)[] = [];
  for await (const { token } of model.generate(input, options)) ids.push(token.id);
  return ids;
}

describe("generation settings", () => {
  it("reads sampling only where the authors sample, and names what is not followed", () => {
    expect(generationSettings({ do_sample: false, temperature: 0.7, top_k: 5, eos_token_id: 2 })).toEqual({
      options: { eos: [2] },
      ignored: [],
    });
    expect(
      generationSettings({
        do_sample: true,
        top_p: 0.9,
        eos_token_id: [1, 2],
        num_beams: 4,
        bad_words_ids: [[3]],
      }),
    ).toEqual({
      options: { temperature: 1, topK: 50, topP: 0.9, eos: [1, 2] },
      ignored: ["num_beams", "bad_words_ids"],
    });
  });

  it.each([["2"], [-1], [1.5], [[5, "3"]], [1e20], [true]])("names an end token that is none: %j", (ends) => {
    const { options, ignored } = generationSettings({ eos_token_id: ends });
    expect(options.eos).toEqual(Array.isArray(ends) ? [5] : undefined);
    expect(ignored).toEqual(["eos_token_id of other than whole numbers"]);
  });

  it("prefers generation_config.json to config.json, and says that one is broken", async () => {
    const source = (text: string) =>
      memorySource("m", { "generation_config.json": new TextEncoder().encode(text) });
    const config = { forced_eos_token_id: 9 };
    expect((await readGenerationSettings(source('{"forced_bos_token_id": 7}'), config)).options).toEqual({
      forcedFirst: 7,
    });
    const broken = await readGenerationSettings(source("{"), config);
    expect(broken).toEqual({ options: {}, ignored: [expect.stringContaining("not valid JSON")] });
    expect((await readGenerationSettings(memorySource("m", {}), config)).options).toEqual({ forcedLast: 9 });
  });

  it("counts only where it is asked for", async () => {
    const model = await open("gpt2");
    const plain = await written(model, { ids: [5, 6, 7] }, { tokens: 4, ignoreEos: true });
    const asked = { tokens: 4, ignoreEos: true, forcedFirst: 11, forcedLast: 12 };
    const forced = await written(model, { ids: [5, 6, 7] }, asked);
    expect([forced[0], forced[3]]).toEqual([11, 12]);
    expect(plain).not.toEqual(forced);
    const ends = await written(model, { ids: [5, 6, 7] }, { tokens: 4, eos: [plain[1] as number] });
    expect(ends.length).toBeLessThanOrEqual(2);
    await model.dispose();
  });
});

describe.each(["gpt2", "llama", "mistral", "bloom"])("generation of %s", (name) => {
  it("gives the same tokens with the cache as without it", async () => {
    const model = await open(name);
    const cached = await written(model, { text: "The cat sat" }, { tokens: 14, ignoreEos: true });
    const ids = model.tokens({ text: "The cat sat" })[0]!.tokens.map(({ id }) => id!);
    const prompt = ids.length;
    while (ids.length < prompt + 14) {
      const { trace } = await model.run({ ids }, { captures: ["last_logits"] });
      ids.push(argMax(trace.tensor("last_logits")!.data));
    }
    expect(cached).toEqual(ids.slice(prompt));
    await model.dispose();
  });
});

it("an encoder-decoder gives the same tokens with the cache as without it", async () => {
  const model = await open("marian");
  const cached = await written(model, { text: "The cat sat" }, { tokens: 8, ignoreEos: true });
  const source = model.tokens({ text: "The cat sat" })[0]!.tokens.map(({ id }) => id!);
  const target = model.tokens({ text: "The cat sat" })[1]?.tokens.map(({ id }) => id!) ?? [0];
  const begun = target.length;
  while (target.length < begun + 8) {
    const { trace } = await model.run({ ids: source, targetIds: target }, { captures: ["last_logits"] });
    target.push(argMax(trace.tensor("last_logits")!.data));
  }
  expect(cached).toEqual(target.slice(begun));
  await model.dispose();
});
