import { describe, expect, it } from "vitest";
import { floatTensor, SafetensorsError, writeSafetensors } from "../tensor/index.ts";
import { readConfig } from "./config.ts";
import { memorySource } from "./memory.ts";
import { CheckpointError } from "./source.ts";
import { openWeights } from "./weights.ts";

/** A safetensors file with one float32 scalar per name. */
function shard(...names: string[]): Uint8Array {
  return writeSafetensors(new Map(names.map((name, i) => [name, floatTensor([1], new Float32Array([i]))])));
}

function sharded(map: unknown, files: Record<string, Uint8Array>) {
  return memorySource("m", { "model.safetensors.index.json": JSON.stringify({ weight_map: map }), ...files });
}

describe("openWeights", () => {
  it("reads one file", async () => {
    const weights = await openWeights(memorySource("m", { "model.safetensors": shard("a", "b") }));
    expect([...weights.keys()]).toEqual(["a", "b"]);
    expect(weights.get("b")).toMatchObject({ dtype: "F32", shape: [1], file: "model.safetensors" });
  });

  it("reads shards", async () => {
    const weights = await openWeights(
      sharded(
        { a: "1.safetensors", b: "2.safetensors" },
        { "1.safetensors": shard("a"), "2.safetensors": shard("b") },
      ),
    );
    expect([...weights].map(([name, { file }]) => [name, file])).toEqual([
      ["a", "1.safetensors"],
      ["b", "2.safetensors"],
    ]);
  });

  it("takes a tensor that two shards hold from the shard that the index names", async () => {
    const files = { "1.safetensors": shard("a", "b"), "2.safetensors": shard("a") };
    const weights = await openWeights(sharded({ a: "2.safetensors", b: "1.safetensors" }, files));
    expect(weights.get("a")?.file).toBe("2.safetensors");
  });

  it("prefers the whole file to an index, as Transformers does", async () => {
    const source = sharded({ a: "gone.safetensors" }, { "model.safetensors": shard("a") });
    expect((await openWeights(source)).size).toBe(1);
  });

  it.each([
    ["../other/model.safetensors", "not a path inside"],
    ["/etc/passwd", "not a path inside"],
    ["a/../../b", "not a path inside"],
    ["C:\\model.safetensors", "not a path inside"],
    ["", "not a path inside"],
    [3, "names no file for a"],
    ["gone.safetensors", "lacks 1 of 1 weights files: gone.safetensors"],
  ])("refuses the shard name %s", async (name, message) => {
    const opened = openWeights(sharded({ a: name }, {}));
    await expect(opened).rejects.toThrow(CheckpointError);
    await expect(opened).rejects.toThrow(message);
  });

  it.each([
    ["no map", undefined, "has no weight_map"],
    ["an empty map", {}, "has no weight_map"],
    ["a tensor that its shard does not hold", { x: "1.safetensors" }, "places x in 1.safetensors"],
  ])("refuses an index with %s", async (_, map, message) => {
    await expect(openWeights(sharded(map, { "1.safetensors": shard("a") }))).rejects.toThrow(message);
  });

  it("refuses more shards than anybody would ask a server for", async () => {
    const map = Object.fromEntries(Array.from({ length: 2001 }, (_, i) => [`w${i}`, `${i}.safetensors`]));
    await expect(openWeights(sharded(map, {}))).rejects.toThrow("names more than 2000 files");
  });

  it("refuses a tensor in two shards that the index does not know", async () => {
    const files = { "1.safetensors": shard("a", "x"), "2.safetensors": shard("b", "x") };
    const opened = openWeights(sharded({ a: "1.safetensors", b: "2.safetensors" }, files));
    await expect(opened).rejects.toThrow("x is in both 1.safetensors and 2.safetensors");
  });

  it("names the file that is damaged", async () => {
    const cut = shard("a").subarray(0, -1);
    const opened = openWeights(memorySource("m", { "model.safetensors": cut }));
    await expect(opened).rejects.toThrow(SafetensorsError);
    await expect(opened).rejects.toThrow("model.safetensors in m: The header lists 1 tensors");
  });

  it("recognises a Git LFS pointer", async () => {
    const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345678\n";
    const opened = openWeights(memorySource("m", { "model.safetensors": pointer }));
    await expect(opened).rejects.toThrow("git lfs pull");
  });

  it.each([
    ["pytorch_model.bin", "glob('pytorch_model.bin')"],
    ["pytorch_model-00001-of-00002.bin", "glob('pytorch_model-*-of-*.bin')"],
    ["model.Q4_K_M.gguf", "gguf_file='model.Q4_K_M.gguf'"],
    ["weights.pt", "glob('weights.pt')"],
    ["epoch=3-step=10.ckpt", "Lightning"],
    ["last.ckpt", "torch.load('last.ckpt'"],
    ["a'; rm -rf x #.pt", "glob('FILE')"],
    ["adapter_model.safetensors", "merge_and_unload"],
    ["adapter_model.bin", "merge_and_unload"],
    ["consolidated.00.pth", "authors' own names"],
    ["other.safetensors", "rename it to model.safetensors"],
    ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors. Download"],
    ["model-00001-of-00001.safetensors", "glob('model-*-of-*.safetensors')"],
    ["tf_model.h5", "from_tf=True"],
    ["flax_model.msgpack", "from_flax=True"],
    ["bert_model.ckpt.index", "TensorFlow 1"],
    ["onnx/model_quantized.onnx", "exported from"],
    ["openvino_model.bin", "another framework"],
    ["weights.npz", "another framework"],
    ["rust_model.ot", "another framework"],
    ["training_args.bin", "has no weights. Found: training_args.bin"],
    ["notes.txt", "has no weights. Found: notes.txt"],
  ])("refuses %s alone and says what to do", async (file, message) => {
    const opened = openWeights(memorySource("m", { [file]: "x" }));
    await expect(opened).rejects.toThrow(CheckpointError);
    await expect(opened).rejects.toThrow(message);
    await expect(opened).rejects.toThrow(file);
  });
});

describe("several formats", () => {
  it("are converted from the one that loses least", async () => {
    const files = { "model.gguf": "", "tf_model.h5": "", "pytorch_model.bin": "", "optimizer.pt": "" };
    const opened = openWeights(memorySource("m", files));
    await expect(opened).rejects.toThrow("PyTorch weights (pytorch_model.bin)");
  });

  it("are told apart from shards whose index is missing", async () => {
    const shards = { "model-00001-of-00002.safetensors": "", "model-00002-of-00002.safetensors": "" };
    const opened = openWeights(memorySource("m", { ...shards, "pytorch_model.bin": "" }));
    await expect(opened).rejects.toThrow(
      /2 shards of its weights .* but not their index, model.safetensors.index.json/,
    );
  });
});

describe("readConfig", () => {
  it("gives the object as it is", async () => {
    const source = memorySource("m", { "config.json": '{"model_type": "gpt2", "n_layer": 2}' });
    expect(await readConfig(source)).toEqual({ model_type: "gpt2", n_layer: 2 });
  });

  it("reads NaN and infinities as Python writes them, outside strings only", async () => {
    const text =
      '{"a": NaN, "b": [Infinity, -Infinity, 1], "c": "NaN, \\" Infinity", "NaN": {"d": -Infinity}}';
    expect(await readConfig(memorySource("m", { "config.json": text }))).toEqual({
      a: Number.NaN,
      b: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1],
      c: 'NaN, " Infinity',
      NaN: { d: Number.NEGATIVE_INFINITY },
    });
  });

  it.each([
    ["is not valid JSON", { "config.json": '{"a": NaN, }' }],
    ["is not valid JSON", { "config.json": '{"a": nan}' }],
    ["is not valid JSON", { "config.json": '{"a": +Infinity}' }],
    ["is not valid JSON", { "config.json": "{" }],
    ["marks of a merge conflict", { "config.json": "<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> main\n" }],
    ["does not hold a JSON object", { "config.json": "[]" }],
    ["is not UTF-8", { "config.json": new Uint8Array([0xff, 0xfe]) }],
    ["Found: nothing", {}],
    ["may be in gpt2", { "a.txt": "", "gpt2/config.json": "{}" }],
    ["merge_and_unload", { "adapter_config.json": "{}" }],
    ["git lfs pull", { "config.json": "version https://git-lfs.github.com/spec/v1\noid" }],
    ["at most 16000000", { "config.json": new Uint8Array(16_000_001) }],
  ])("says of a folder: %s", async (message, files) => {
    const read = readConfig(memorySource("m", files as Record<string, string>));
    await expect(read).rejects.toThrow(CheckpointError);
    await expect(read).rejects.toThrow(message);
  });
});

describe("an index", () => {
  const named = (count: number) => Array.from({ length: count }, (_, i) => `l.${i}.weight`);
  const over = (names: readonly string[], files: Record<string, Uint8Array>) =>
    sharded(
      Object.fromEntries(names.map((name, i) => [name, i % 2 ? "2.safetensors" : "1.safetensors"])),
      files,
    );

  it("of 900,000 names is refused before it is parsed", async () => {
    await expect(openWeights(over(named(900_000), {}))).rejects.toThrow(
      "model.safetensors.index.json in m has more than 300000 keys; the largest checkpoints have fewer",
    );
  });

  it("of 100,000 names is read", async () => {
    const names = named(100_000);
    const files = {
      "1.safetensors": shard(...names.filter((_, i) => i % 2 === 0)),
      "2.safetensors": shard(...names.filter((_, i) => i % 2 === 1)),
    };
    const weights = await openWeights(over(names, files));
    expect(weights.size).toBe(100_000);
    expect(weights.get("l.77777.weight")!.file).toBe("2.safetensors");
  });

  it.each([
    ["brackets", "[".repeat(3e6), "nested more than 1000 deep"],
    ["empty lists", `{"weight_map":[${"[],".repeat(3_000_001)}[]]}`, "more than 3000000 lists and objects"],
    ["empty objects", `{"a":[${"{},".repeat(3_000_001)}{}]}`, "more than 3000000 lists and objects"],
    ["a text of brackets", `{"a":"${'[\\"'.repeat(1e6)}"}`, "has no weight_map"],
    ["an open text", `{"a":"${"[".repeat(2e6)}`, "not valid JSON"],
  ])("of %s ends in a sentence", async (_, text, said) => {
    const source = memorySource("m", { "model.safetensors.index.json": text });
    await expect(openWeights(source)).rejects.toThrow(said);
  });
});
