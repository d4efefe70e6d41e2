// Files as people save them, beside the plain ones of imports.test.ts: other names, other axes, other codings.

import { gzipSync, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { type FloatTensor, floatTensor, type Tensor, writeSafetensors } from "../tensor/index.ts";
import { readFound, traceOf, understand } from "./index.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const json = (value: unknown): Uint8Array => encode(JSON.stringify(value));
const words = (n: number, from = "w") => Array.from({ length: n }, (_, i) => `${from}${i}`);

/** Rows that differ from head to head and sum to 1: head h puts h + 1 times more on the diagonal; [heads][n][m]. */
const heads = (count: number, n: number, m = n, causal = true): number[][][] =>
  Array.from({ length: count }, (_, h) =>
    Array.from({ length: n }, (_, i) => {
      const row = Array.from({ length: m }, (_, j) => (causal && j > i ? 0 : i === j ? h + 2 : 1));
      const sum = row.reduce((a, b) => a + b);
      return row.map((value) => value / sum);
    }),
  );
const flat = (value: unknown): number[] => (Array.isArray(value) ? value.flatMap(flat) : [value as number]);
const tensor = (value: unknown, shape: readonly number[]): FloatTensor =>
  floatTensor(shape, Float32Array.from(flat(value)));

/** A .npy file, version 1. */
function npy(shape: readonly number[], data: Uint8Array, descr: string): Uint8Array {
  const tuple = `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
  const text = `${`{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`.padEnd(117)}\n`;
  const out = new Uint8Array(10 + text.length + data.length);
  out.set([0x93, ...encode("NUMPY"), 1, 0, text.length & 255, text.length >> 8]);
  out.set(encode(text), 10);
  out.set(data, 10 + text.length);
  return out;
}
const floats = (shape: readonly number[], values: unknown): Uint8Array =>
  npy(shape, new Uint8Array(Float32Array.from(flat(values)).buffer), "<f4");
const unicode = (list: readonly string[]): Uint8Array => {
  const longest = Math.max(...list.map((word) => [...word].length));
  const codes = list.flatMap((word) => Array.from({ length: longest }, (_, i) => word.codePointAt(i) ?? 0));
  return npy([list.length], new Uint8Array(Uint32Array.from(codes).buffer), `<U${longest}`);
};
const bytesOf = (list: readonly string[]): Uint8Array => {
  const longest = Math.max(...list.map((word) => encode(word).length));
  const data = new Uint8Array(list.length * longest);
  for (const [i, word] of list.entries()) data.set(encode(word), i * longest);
  return npy([list.length], data, `|S${longest}`);
};

function utf16(text: string, big: boolean): Uint8Array {
  const out = new Uint8Array(2 + 2 * text.length);
  const view = new DataView(out.buffer);
  for (const [i, code] of [0xfeff, ...Array.from(text, (c) => c.charCodeAt(0))].entries())
    view.setUint16(2 * i, code, !big);
  return out;
}

function bf16(shape: readonly number[], values: unknown): Tensor {
  const bits = new Uint32Array(Float32Array.from(flat(values)).buffer);
  return {
    dtype: "BF16",
    shape,
    data: Uint16Array.from(bits, (b) => (b + 0x8000) >>> 16),
  } as unknown as Tensor;
}

const [LAYER, HEAD] = [1, 1];
/** What every file below holds in layer 1, head 1. */
const expected = flat(heads(2, 4)[1]);
const two = [heads(2, 4), heads(2, 4)];
const PLAIN = { attention: two, tokens: words(4) };
const text = JSON.stringify(PLAIN);

/** Files that open by themselves, and how near their numbers are. */
const FILES: Readonly<Record<string, readonly [Uint8Array, number?]>> = {
  "UTF-8 with a byte order mark": [encode(`\ufeff${text}`)],
  "UTF-16, little": [utf16(text, false)],
  "UTF-16, big": [utf16(text, true)],
  "attention by layer in an object": [json({ attention: { 0: two[0], 1: two[1] }, tokens: words(4) })],
  "layers as keys of their own": [json({ layer_0: two[0], layer_1: two[1], tokens: words(4) })],
  "attn with left_text and right_text": [json({ attn: two, left_text: words(4), right_text: words(4) })],
  "a null layer": [json({ attention: [null, two[1]], tokens: words(4) })],
  "a batch of one, words too": [json({ attentions: two.map((layer) => [layer]), tokens: [words(4)] })],
  "words as objects": [json({ ...PLAIN, tokens: words(4).map((word, id) => ({ id, text: word })) })],
  "masks, ids and scores beside it": [
    json({
      ...PLAIN,
      attention_mask: [[1, 1, 1, 1]],
      input_ids: [[5, 6, 7, 8]],
      attention_scores: two,
    }),
  ],
  "np.savez(path, attention, tokens)": [
    zipSync({ "arr_0.npy": floats([2, 2, 4, 4], two), "arr_1.npy": unicode(words(4)) }),
  ],
  "np.savez(path, *layers), words as bytes": [
    zipSync({
      "arr_0.npy": floats([1, 2, 4, 4], two[0]),
      "arr_1.npy": floats([1, 2, 4, 4], two[1]),
      "tokens.npy": bytesOf(words(4)),
    }),
  ],
  "layer0/attn": [
    zipSync({
      "layer0/attn.npy": floats([2, 4, 4], two[0]),
      "layer1/attn.npy": floats([2, 4, 4], two[1]),
      "layer1/attention_mask.npy": floats([1, 4], [1, 1, 1, 1]),
      "str_tokens.npy": unicode(words(4)),
    }),
  ],
  "heads apart": [
    zipSync({
      ...Object.fromEntries(
        two.flatMap((layer, l) => layer.map((head, h) => [`layer_${l}_head_${h}.npy`, floats([4, 4], head)])),
      ),
      "tokens.npy": unicode(words(4)),
    }),
  ],
  "TransformerLens's names, queries and scores beside them": [
    writeSafetensors(
      new Map(
        two.flatMap((layer, l) => [
          [`blocks.${l}.attn.hook_pattern`, tensor(layer, [1, 2, 4, 4])],
          [`blocks.${l}.attn.hook_q`, tensor(new Array(24).fill(0.1), [1, 4, 2, 3])],
          [`blocks.${l}.attn.hook_attn_scores`, tensor(new Array(32).fill(-3), [1, 2, 4, 4])],
        ]),
      ),
      { str_tokens: JSON.stringify(words(4)) },
    ),
  ],
  "safetensors, bfloat16, a batch of one": [
    writeSafetensors(
      new Map([
        ["model.layers.0.self_attn.weights", bf16([1, 2, 4, 4], two[0])],
        ["model.layers.1.self_attn.weights", bf16([1, 2, 4, 4], two[1])],
      ]),
      { tokens: JSON.stringify(words(4)) },
    ),
    0.004,
  ],
};

describe("files as people save them", () => {
  it.each(Object.entries(FILES))("%s, and gzipped", (_, [file, slack = 1e-6]) => {
    for (const bytes of [file, gzipSync(file)]) {
      const trace = traceOf(readFound("a.bin", bytes));
      const got = trace.attention("self", LAYER, HEAD);
      expect(got).toHaveLength(16);
      for (const [i, value] of expected.entries()) expect(Math.abs(got[i]! - value)).toBeLessThan(slack);
      expect(trace.stream("text").tokens.map(({ text: word }) => word.trim())).toEqual(words(4));
    }
  });

  it("a null layer was not recorded", () => {
    const trace = traceOf(readFound("a.json", FILES["a null layer"]![0]));
    expect([trace.hasAttention("self", 0), trace.hasAttention("self", 1)]).toEqual([false, true]);
  });

  it("attn with other words on the right is cross attention", () => {
    const attn = [heads(2, 3, 5, false)];
    const trace = traceOf(
      readFound("a.json", json({ attn, left_text: words(3, "d"), right_text: words(5, "e") })),
    );
    expect(trace.manifest.blocks.map(({ name }) => name)).toEqual(["cross"]);
    expect(trace.sides("cross")).toEqual({ queries: 3, keys: 5 });
    expect(trace.stream("encoder").tokens[4]!.raw).toBe("e4");
  });

  it("cross attention of Hugging Face's modules is told from the decoder's own", () => {
    const file = writeSafetensors(
      new Map([
        ["decoder.layers.0.self_attn.weights", tensor(heads(2, 3), [2, 3, 3])],
        ["decoder.layers.0.encoder_attn.weights", tensor(heads(2, 3, 5, false), [2, 3, 5])],
        ["encoder.layers.0.self_attn.weights", tensor(heads(2, 5, 5, false), [2, 5, 5])],
      ]),
      { encoder_tokens: JSON.stringify(words(5)), decoder_tokens: JSON.stringify(words(3)) },
    );
    const trace = traceOf(readFound("a.safetensors", file));
    expect(trace.manifest.blocks.map(({ name }) => name).sort()).toEqual(["cross", "decoder", "encoder"]);
  });

  it("BertViz's page of an encoder-decoder keeps all three, gzipped or not", () => {
    const view = (name: string, n: number, m: number, from: string, to: string) => ({
      ...{ name, attn: [heads(2, n, m, false)] },
      ...{ left_text: words(n, from), right_text: words(m, to) },
    });
    const params = {
      attention: [
        view("Encoder", 4, 4, "e", "e"),
        view("Decoder", 3, 3, "d", "d"),
        view("Cross", 3, 4, "d", "e"),
      ],
      ...{ default_filter: "0", root_div_id: "bertviz-1", layer: null, heads: null, include_layers: [0] },
      ...{ include_heads: [0, 1], total_heads: 2, display_mode: "dark" },
    };
    const page = encode(
      `<div id="bertviz-1"><span>Attention: </span></div><script>require(['jquery'], function($) {\nconst params = ${JSON.stringify(params)}; // HACK: ${JSON.stringify(params)} is a template\n})</script>`,
    );
    for (const bytes of [page, gzipSync(page)]) {
      const trace = traceOf(readFound("page.html", bytes));
      expect(trace.manifest.blocks.map(({ name }) => name)).toEqual(["encoder", "decoder", "cross"]);
      expect(trace.sides("cross")).toEqual({ queries: 3, keys: 4 });
      expect(trace.stream("encoder").tokens[3]!.raw).toBe("e3");
    }
  });

  it("the steps of generate() with a cache, as .npz and as JSON, are one square", () => {
    const whole = heads(2, 5);
    const step = (first: number, end: number) =>
      whole.map((head) => head.slice(first, end).map((row) => row.slice(0, end)));
    const steps = [step(0, 3), step(3, 4), step(4, 5)];
    const sizes = [3, 4, 5];
    const zip = zipSync({
      ...Object.fromEntries(
        steps.map((part, s) => [`step_${s}_layer_0.npy`, floats([1, 2, part[0]!.length, sizes[s]!], part)]),
      ),
      "tokens.npy": unicode(words(5)),
    });
    const lists = json({ attentions: steps.map((part) => [[part]]), tokens: words(5) });
    for (const bytes of [zip, lists, gzipSync(zip)]) {
      const got = traceOf(readFound("a", bytes)).attention("self", 0, 1);
      for (const [i, value] of flat(whole[1]).entries()) expect(got[i]).toBeCloseTo(value, 6);
    }
  });

  it("where sentence B begins is read from arrays and from metadata", () => {
    const zip = zipSync({
      "attentions.npy": floats([2, 1, 2, 4, 4], two),
      "tokens.npy": unicode(words(4)),
      "sentence_b_start.npy": npy([], new Uint8Array(BigInt64Array.of(2n).buffer), "<i8"),
    });
    const file = writeSafetensors(new Map([["attention", tensor(two, [2, 2, 4, 4])]]), {
      tokens: JSON.stringify(words(4)),
      sentence_b_start: "2",
    });
    for (const bytes of [zip, file])
      expect(
        traceOf(readFound("a", bytes))
          .stream("text")
          .tokens.map(({ segment }) => segment),
      ).toEqual([0, 0, 1, 1]);
  });

  it("of a batch with the words of each text, those of the chosen one are taken", () => {
    const attentions = two.map((layer) => [layer, layer]);
    const found = readFound("a.json", json({ attentions, tokens: [words(4, "a"), words(4, "b")] }));
    expect(understand(found).questions.map(({ about }) => about)).toEqual(["item"]);
    expect(traceOf(found, { item: 1 }).stream("text").tokens[0]!.raw).toBe("b0");
  });
});

describe("files that are refused", () => {
  const torch = zipSync({ "model/data.pkl": encode("x"), "model/data/0": encode("y") });
  it.each([
    ["a file of torch.save", torch, /This is a file of torch\.save\. In Python save it with np\.savez/],
    ["a zip of something else", zipSync({ "a.txt": encode("x") }), /a zip archive without \.npy files/],
    [
      "a pickle",
      Uint8Array.of(0x80, 0x04, 0x95, 0, 0),
      /a Python pickle, which may run code when it is read/,
    ],
    ["HDF5", Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d), /an HDF5 file/],
    [
      "the weights of a model",
      writeSafetensors(
        new Map([
          ["h.0.attn.c_attn.weight", tensor([1, 2], [1, 2])],
          ["h.0.attn.c_attn.bias", tensor([1, 2], [2])],
          ["wte.weight", tensor([1, 2], [2, 1])],
        ]),
        {},
      ),
      /These are the weights of a model, not what it attended to: open its folder as a model/,
    ],
    [
      "two arrays for one attention",
      json({ attn: two, attn_probs: two, tokens: words(4) }),
      /attn \(2 × \(2 × 4 × 4\)\) and attn_probs \(2 × \(2 × 4 × 4\)\) are both taken for "self"\. Say which one it is/,
    ],
    [
      "a head that is missing",
      zipSync({ "L0H0.npy": floats([2, 2], [1, 0, 0, 1]), "L0H2.npy": floats([2, 2], [1, 0, 0, 1]) }),
      /head 1 is not there/,
    ],
    [
      "all layers null",
      json({ attention: [null, null], tokens: words(4) }),
      /None .*attn_implementation="eager"/,
    ],
  ])("%s", (_, bytes, message) => {
    expect(() => traceOf(readFound("a", bytes))).toThrow(message);
  });
});
