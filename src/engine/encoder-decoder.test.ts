import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { spectrogram as heard, soundRecipe } from "../checkpoint/index.ts";
import { folderSource } from "../checkpoint/node.ts";
import { floatTensor } from "../tensor/index.ts";
import { InputError } from "./errors.ts";
import type { Model, RunInput } from "./model.ts";
import { openModel } from "./open.ts";
import { nodeRuntime } from "./runtime/node.ts";

const opened: Model[] = [];
const open = async (name: string): Promise<Model> => {
  const folder = fileURLToPath(new URL(`../../test/fixtures/${name}`, import.meta.url));
  const model = await openModel(await folderSource(folder), { runtime: await nodeRuntime() });
  opened.push(model);
  return model;
};
afterAll(async () => {
  for (const model of opened) await model.dispose();
});

describe("an encoder-decoder", () => {
  it("writes its own target, greedily, where none is given", async () => {
    const model = await open("goldens-other/marian");
    const input = { text: "The big dog ran." };
    const { trace } = await model.run(input, { captures: ["q", "k", "last_logits"] });
    const [source, target] = trace.manifest.streams;
    expect(source!.tokens.map((token) => token.text).join(" ")).toContain("dog");
    const written: (number | null)[] = [];
    const start = target!.tokens[0]!.id;
    for await (const { token } of model.generate(input, { tokens: 5 })) written.push(token.id);
    expect([start, ...written]).toEqual(target!.tokens.slice(0, 6).map((token) => token.id));
    expect(start).toBe(305);
    expect(trace.manifest.generated).toEqual({ stream: "decoder", start: 1 });
  });

  it("records encoder, decoder and cross, each with its own depth and heads", async () => {
    const model = await open("goldens-other/bart");
    const { trace } = await model.run({ ids: [0, 7, 9, 2], targetIds: [2, 5, 6] });
    const shapes = trace.manifest.blocks.map((block) => [block.name, block.layers, block.heads]);
    expect(shapes).toEqual([
      ["encoder", 3, 3],
      ["decoder", 2, 6],
      ["cross", 2, 6],
    ]);
    expect(trace.attention("cross", 1, 5)).toHaveLength(3 * 4);
    const [first] = trace.attention("decoder", 0, 0);
    expect(first).toBe(1);
  });

  it("gives the text of the target the decoder's start token, and no end", async () => {
    const model = await open("goldens/t5");
    const [, target] = model.tokens({ text: "The cat sat.", target: "A dog" });
    expect(target!.tokens.map((token) => [token.text, token.special])).toEqual([
      ["<pad>", true],
      [" A", false],
      [" do", false],
      ["g", false],
    ]);
  });

  it("needs a target where it has no words to write", async () => {
    const model = await open("goldens-heads/BartModel");
    const message = /has no language-model head, so it cannot write a target/;
    await expect(model.run({ ids: [3, 4] })).rejects.toThrow(message);
    await expect(model.run({ ids: [3, 4] })).rejects.toThrow(InputError);
  });
});

describe("a vision model", () => {
  const grey = { width: 3, height: 3, data: new Uint8Array(36).fill(128) };

  it("prepares a picture as its checkpoint says, and names patches by row and column", async () => {
    const model = await open("goldens/vit");
    const { trace } = await model.run({ image: grey }, { captures: ["pattern", "logits"] });
    const { tokens } = trace.manifest.streams[0]!;
    expect(tokens.map((token) => token.text).slice(0, 6)).toEqual([
      "[CLS]",
      "0,0",
      "0,1",
      "0,2",
      "0,3",
      "1,0",
    ]);
    expect(tokens.map((token) => token.special).filter(Boolean)).toEqual([true]);
    const value = Math.fround((Math.fround(128 / 255) - 0.5) / 0.5);
    const pixels = { shape: [3, 24, 24], data: new Float32Array(3 * 24 * 24).fill(value) };
    const same = await model.run(
      { pixels: { dtype: "F32", ...pixels } },
      { captures: ["pattern", "logits"] },
    );
    expect(same.trace.tensor("logits")!.data).toEqual(trace.tensor("logits")!.data);
  });

  it("of any size takes 65,536 patches and no more", async () => {
    const model = await open("goldens/dinov2");
    const strip = (patches: number) => {
      const shape = [3, PATCH, PATCH * patches];
      return { pixels: floatTensor(shape, new Float32Array(shape.reduce((a, b) => a * b))) };
    };
    const PATCH = 6;
    expect(model.tokens(strip(65_536))[0]!.tokens).toHaveLength(65_537); // and the class token
    const refused = model.run(strip(65_537));
    await expect(refused).rejects.toThrow(
      "The pixels make 1 by 65537 patches; at most 65536 are read. Give a smaller picture.",
    );
    await expect(refused).rejects.toThrow(InputError);
    await expect(model.run({ pixels: floatTensor([3, PATCH, 7], new Float32Array(126)) })).rejects.toThrow(
      "or sides that are multiples of 6 and 6",
    );
  });

  it("and the others take no other kind of input", async () => {
    const vit = await open("goldens/vit");
    await expect(vit.run({ text: "a cat" })).rejects.toThrow(
      "takes an image, or pixels of shape [3, 24, 24]",
    );
    const bare = await open("goldens-heads/ViTModel");
    await expect(bare.run({ image: grey })).rejects.toThrow("no preprocessor_config.json");
    const bert = await open("goldens/bert");
    await expect(bert.run({ image: grey })).rejects.toThrow("reads text, not images");
  });
});

describe("a continuation", () => {
  it("follows the text as ids, and the trace marks it", async () => {
    const model = await open("goldens/gpt2");
    const input = { text: "The cat sat", continuation: [5, 6] };
    const before = model.tokens({ text: input.text })[0]!.tokens;
    const { trace } = await model.run(input);
    const { tokens } = trace.stream("text");
    expect(tokens.slice(0, -2)).toEqual(before);
    expect(tokens.slice(-2).map(({ id, start }) => [id, start])).toEqual([
      [5, null],
      [6, null],
    ]);
    expect(trace.manifest.generated).toEqual({ stream: "text", start: before.length });
  });

  it("follows the target in an encoder-decoder, or its start token", async () => {
    const model = await open("goldens/marian");
    const input = { text: "The cat sat.", target: "A", continuation: [5] };
    const { manifest } = (await model.run(input)).trace;
    const { length } = manifest.streams[1]!.tokens;
    expect(manifest.generated).toEqual({ stream: "decoder", start: length - 1 });
    const [, bare] = model.tokens({ text: "The cat sat.", continuation: [5] });
    expect(bare!.tokens.map((token) => token.id).slice(1)).toEqual([5]);
  });

  it("takes a text with its own special tokens as it is", async () => {
    const model = await open("goldens/bert");
    const [tokens] = model.tokens({ text: "[CLS] cat", addSpecialTokens: false });
    expect(tokens!.tokens.filter((token) => token.special)).toHaveLength(1);
  });
});

describe("a speech model", () => {
  const spectrogram = floatTensor([16, 28], new Float32Array(16 * 28));
  const targetOf = (model: Model, target: string) =>
    model.tokens({ features: spectrogram, target })[1]!.tokens.map(({ raw }) => raw);

  it("reads a target as the tokenizer writes it, without the end", async () => {
    const model = await open("goldens/whisper");
    const words = ["A", "Ġd", "o", "g"];
    expect(targetOf(model, "A dog")).toEqual(["<|startoftranscript|>", "<|notimestamps|>", ...words]);
    const prompt = ["<|startoftranscript|>", "<|en|>", "<|transcribe|>"];
    expect(targetOf(model, `${prompt.join("")}A dog`)).toEqual([...prompt, ...words]);
  });

  it("gives sound what its features give", async () => {
    const model = await open("goldens/whisper");
    const wave = Float32Array.from({ length: 3000 }, (_, i) => Math.sin(i * i * 1e-4));
    const audio = { rate: 16000, channels: [wave] };
    const recipe = soundRecipe({ feature_size: 16, chunk_length: 0.28 });
    const features = heard(audio, recipe);
    const logits = async (input: RunInput) =>
      (await model.run({ ...input, targetIds: [335, 339] }, { captures: ["logits"] })).trace.tensor(
        "logits",
      )!;
    expect(await logits({ audio })).toEqual(await logits({ features }));
    expect(await logits({ audio })).not.toEqual(await logits({ features: spectrogram }));
    const [stream] = model.tokens({ audio });
    expect(stream!.tokens.map(({ raw }) => raw).join()).toBe("0,1,2,3,4,5,6,7,8,9,10,11,12,13");
  });

  it("says which spectrogram it takes, and refuses text", async () => {
    const model = await open("goldens/whisper");
    expect(() => model.tokens({ features: floatTensor([16, 3], new Float32Array(48)) })).toThrow(
      "The spectrogram has the shape [16, 3]; this model takes [16, 28].",
    );
    expect(() => model.tokens({ text: "a" })).toThrow("This model takes sound, or a spectrogram");
    const bare = await open("goldens-heads/WhisperModel");
    const audio = { rate: 8000, channels: [new Float32Array(9)] };
    expect(() => bare.tokens({ audio })).toThrow(
      "no preprocessor_config.json that says how sound is prepared",
    );
  });

  it("is the only one that takes sound", async () => {
    const model = await open("goldens/t5");
    expect(() => model.tokens({ features: spectrogram })).toThrow("This model reads text, not sound.");
  });
});
