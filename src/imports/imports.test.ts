import fc from "fast-check";
import { gzipSync, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { floatTensor, writeSafetensors } from "../tensor/index.ts";
import { ImportError, readFound, traceOf, understand } from "./index.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const json = (value: unknown): Uint8Array => encode(JSON.stringify(value));

/** Causal attention whose rows are even, [layers][heads][n][n]. */
const even = (layers: number, heads: number, n: number) =>
  Array.from({ length: layers }, () =>
    Array.from({ length: heads }, () =>
      Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (j <= i ? 1 / (i + 1) : 0))),
    ),
  );
const words = (n: number) => Array.from({ length: n }, (_, i) => `w${i}`);
const flat = (value: unknown): number[] => (Array.isArray(value) ? value.flatMap(flat) : [value as number]);

/** A .npy file of float32, version 1. */
function npy(
  shape: readonly number[],
  values: ArrayLike<number>,
  descr = "<f4",
  fortran = "False",
): Uint8Array {
  const header = `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': (${shape.join(", ")}${shape.length === 1 ? "," : ""}), }`;
  const text = `${header.padEnd(117)}\n`;
  const data = descr === "<f8" ? new Float64Array(Array.from(values)) : Float32Array.from(values);
  const out = new Uint8Array(10 + text.length + data.byteLength);
  out.set([0x93, ...encode("NUMPY"), 1, 0, text.length & 255, text.length >> 8]);
  out.set(encode(text), 10);
  out.set(new Uint8Array(data.buffer), 10 + text.length);
  return out;
}

/** One layer of one head over two words, under a name of one's own, as safetensors. */
const floats = (name: string): Uint8Array =>
  writeSafetensors(new Map([[name, floatTensor([1, 2, 2], Float32Array.of(1, 0, 0.5, 0.5))]]));

/** A zip whose first entry says that it unpacks to so many bytes, at its end, where readers look. */
function claiming(zip: Uint8Array, size: number): Uint8Array {
  const at = zip.findIndex((_, i) => zip[i] === 0x50 && zip[i + 1] === 0x4b && zip[i + 2] === 1);
  new DataView(zip.buffer, zip.byteOffset).setUint32(at + 24, size, true);
  return zip;
}

describe("files of others", () => {
  it("plain JSON: attention and tokens, gzipped or not", () => {
    const file = json({ attention: even(2, 3, 4), tokens: words(4), sentence_b_start: 2, model: "mine" });
    for (const bytes of [file, gzipSync(file)]) {
      const trace = traceOf(readFound("a.json", bytes));
      expect(trace.manifest.model).toMatchObject({ name: "mine", layers: 2, heads: 3 });
      expect(trace.stream("text").tokens.map((token) => token.segment)).toEqual([0, 0, 1, 1]);
      expect([...trace.attention("self", 1, 2, 3, 4)]).toEqual([0.25, 0.25, 0.25, 0.25]);
      expect(trace.recipe("self", 0).causal).toBe(true);
    }
  });

  it("BertViz's params, on their own and inside its HTML, with where sentence B begins", () => {
    const params = {
      attention: {
        all: { attn: even(1, 2, 5), left_text: words(5), right_text: words(5) },
        aa: { attn: even(1, 2, 3), left_text: words(3), right_text: words(3) },
      },
      default_filter: "all",
    };
    const html = `<script>\nrequire(["d3"], function() {\n const params = ${JSON.stringify(params)}; // HTML\n});</script>`;
    for (const bytes of [json(params), encode(html)]) {
      const found = readFound("page", bytes);
      expect(found.maker).toBe("BertViz");
      const trace = traceOf(found);
      expect(trace.stream("text").tokens.map((token) => token.segment)).toEqual([0, 0, 0, 1, 1]);
    }
  });

  it("BertViz's encoder, decoder and cross", () => {
    const view = (name: string, n: number, m: number) => ({
      name,
      attn: [[Array.from({ length: n }, () => new Array(m).fill(1 / m))]],
      left_text: words(n),
      right_text: words(m),
    });
    const trace = traceOf(
      readFound(
        "a.json",
        json({ attention: [view("Encoder", 3, 3), view("Decoder", 4, 4), view("Cross", 4, 3)] }),
      ),
    );
    expect(trace.manifest.blocks.map(({ name }) => name)).toEqual(["encoder", "decoder", "cross"]);
    expect(trace.sides("cross")).toEqual({ queries: 4, keys: 3 });
  });

  it(".npy and .npz: layers apart or in one array, doubles, Fortran order, words as strings", () => {
    const values = flat(even(2, 1, 3));
    const reading = { words: { text: words(3) } };
    const one = traceOf(readFound("attention.npy", npy([2, 1, 3, 3], values, "<f8")), reading);
    expect([...one.attention("self", 1, 0)].map((x) => Math.round(x * 1000))).toEqual([
      1000, 0, 0, 500, 500, 0, 333, 333, 333,
    ]);
    const layer = flat(even(1, 2, 3));
    const zip = zipSync({
      "attention_0.npy": npy([2, 3, 3], layer),
      "attention_2.npy": npy([1, 2, 3, 3], layer),
    });
    const found = readFound("a.npz", zip);
    expect(found.arrays[0]!.layers.map((l) => l?.shape.length ?? null)).toEqual([3, null, 4]);
    const trace = traceOf(found, reading);
    expect(trace.hasAttention("self", 1)).toBe(false);
    expect(trace.hasAttention("self", 2)).toBe(true);
    const turned = npy([2, 2], [1, 0.5, 0, 0.5], "<f4", "True");
    expect([
      ...traceOf(readFound("a.npy", turned), { words: { text: words(2) } }).attention("self", 0, 0),
    ]).toEqual([1, 0, 0.5, 0.5]);
  });

  it("safetensors with names of Hugging Face, words in the metadata", () => {
    const data = Float32Array.from(flat(even(1, 2, 3)));
    const tensor = { dtype: "F32", shape: [1, 2, 3, 3], data } as const;
    const file = writeSafetensors(
      new Map([
        ["encoder_attentions.0", tensor],
        ["encoder_attentions.1", tensor],
      ]),
      {
        encoder_tokens: JSON.stringify(words(3)),
      },
    );
    const trace = traceOf(readFound("a.safetensors", file));
    expect(trace.block("encoder")).toMatchObject({ layers: 2, heads: 2 });
  });

  it("a batch: one text is asked for, and taken", () => {
    const two = [
      even(1, 2, 3)[0]!,
      even(1, 2, 3)[0]!.map((head) => head.map((_, i) => [0, 1, 2].map((j) => (j === i ? 1 : 0)))),
    ];
    const found = readFound("a.json", json({ attentions: [two], tokens: words(3) }));
    expect(understand(found)).toMatchObject({ choices: ["", ""], questions: [{ about: "item", count: 2 }] });
    expect(() => traceOf(found)).toThrow("a batch of 2 texts. Which one, 0 to 1?");
    expect([...traceOf(found, { item: 1 }).attention("self", 0, 0)]).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
  });

  it("steps of a generation are stitched to a square", () => {
    const step = (rows: number, keys: number) => [
      [[Array.from({ length: rows }, () => new Array(keys).fill(1 / keys))]],
    ];
    const trace = traceOf(
      readFound("a.json", json({ attentions: [step(3, 3), step(1, 4), step(1, 5)], tokens: words(5) })),
    );
    expect(trace.sides("self")).toEqual({ queries: 5, keys: 5 });
    expect([...trace.attention("self", 0, 0, 3, 4)]).toEqual([0.25, 0.25, 0.25, 0.25, 0]);
  });

  it("what is missing is asked for: words, and which array it is", () => {
    const found = readFound(
      "a.npz",
      zipSync({ "x.npy": npy([1, 3, 3], flat(even(1, 1, 3))), "y.npy": npy([2], [1, 2]) }),
    );
    const first = understand(found);
    expect(first.questions.map(({ about }) => about)).toEqual(["arrays"]);
    expect(first.questions[0]!.text).toContain("x (1 × 3 × 3), y (2)");
    const second = understand(found, { arrays: { x: "self" } });
    expect(second.questions).toEqual([
      { about: "words", stream: "text", count: 3, text: expect.stringContaining("The 3 words of the text") },
    ]);
    expect(traceOf(found, { arrays: { x: "self" }, words: { text: words(3) } }).sides("self").queries).toBe(
      3,
    );
  });
});

describe("mistakes", () => {
  const from =
    (attention: unknown, tokens = words(3)) =>
    () =>
      traceOf(readFound("a.json", json({ attention, tokens })));
  const rows = (value: number[][]) => [[value]];

  it.each([
    [
      even(1, 1, 3),
      words(2),
      "attention, layer 0: 2 tokens, but the matrix is 3 × 3. A start or end token may be missing",
    ],
    [even(1, 1, 3), words(4), "4 tokens, but the matrix is 3 × 3. The list has more words"],
    [[null, null], words(3), 'None in block "self". Load the model with attn_implementation="eager"'],
    [
      rows([
        [1, 0],
        [-2, 3],
      ]),
      words(2),
      "the value at head 0, row 1, column 0 is -2. Attention is 0 to 1: these look like scores before softmax",
    ],
    [
      rows([
        [1, 1],
        [0.5, 0.5],
      ]),
      words(2),
      "head 0, row 0 sum to more than 1",
    ],
    [
      rows([
        [1, 0.5],
        [0, 0.5],
      ]),
      words(2),
      "rows and columns are exchanged. Say that it is transposed",
    ],
    [
      rows([[1, 0], [1]] as number[][]),
      words(2),
      "attention[0][0][1] has 1 entries, and the lists before it 2.",
    ],
    [
      rows([
        [1, "x"],
        [1, 0],
      ] as unknown as number[][]),
      words(2),
      'attention[0][0][0][1] is "x"; a number is expected.',
    ],
  ])("%#", (attention, tokens, message) => {
    expect(from(attention, tokens)).toThrow(message);
  });

  it("transposed attention is turned where somebody says so", () => {
    const found = readFound(
      "a.json",
      json({
        attention: [
          [
            [
              [1, 0.5],
              [0, 0.5],
            ],
          ],
        ],
        tokens: words(2),
      }),
    );
    expect([...traceOf(found, { transposed: true }).attention("self", 0, 0)]).toEqual([1, 0, 0.5, 0.5]);
  });

  it("Python's NaN is read: rows of padding become nothing and are said, single ones are refused", () => {
    const padded = encode('{"attention": [[[[NaN, NaN], [0.5, 0.5]]]], "tokens": ["NaN", "b"]}');
    const trace = traceOf(readFound("a.json", padded));
    expect([...trace.attention("self", 0, 0)]).toEqual([0, 0, 0.5, 0.5]);
    expect(trace.manifest.note).toMatch(/1 rows are NaN/);
    expect(trace.stream("text").tokens[0]!.raw).toBe("NaN");
    const one = encode('{"attention": [[[[1, 0], [NaN, 0.5]]]], "tokens": ["a", "b"]}');
    expect(() => traceOf(readFound("a.json", one))).toThrow("head 0, row 1, column 0 is NaN");
  });

  it.each([
    ["empty", new Uint8Array(), "a is empty"],
    ["text", encode("hello there"), "none of the files that are read here"],
    ["cut JSON", encode('{"attention": [[1, '), "This is not JSON"],
    ["HTML of others", encode("<html></html>"), "no attention of BertViz, Tensor2Tensor or CircuitsVis"],
    ["cut .npy", npy([2, 2], [1, 0, 0, 1]).slice(0, 130), "is cut short: its header lists 2 × 2"],
    ["objects", npy([1], [0], "|O"), "save a list of layers with np.savez"],
    ["cut .npz", zipSync({ "a.npy": npy([1], [0]) }).slice(0, 60), ".npz file is damaged"],
    ["damaged .gz", gzipSync(encode("{}")).fill(255, 10, 12), "gzipped and damaged"],
  ])("%s", (_, bytes, message) => {
    expect(() => traceOf(readFound("a", bytes))).toThrow(message);
  });

  it.each([
    ["a .npy file of its first eight bytes", npy([1], flat([1])).slice(0, 8)],
    ["a gzip of three bytes", Uint8Array.of(0x1f, 0x8b, 8)],
    ["a gzip that claims 2 GB", Uint8Array.from([0x1f, 0x8b, ...Array(20).fill(0), 0, 0, 0, 0x7f])],
    ["strings without a size", npy([2 ** 28], [], "<U0")],
    ["a .npz entry that claims 2 GB", claiming(zipSync({ "a.npy": npy([1], [0]) }), 0x7fffffff)],
    ["lists nested 100,000 deep", encode(`{"attention": ${"[".repeat(1e5)}1${"]".repeat(1e5)}}`)],
    [
      "an object nested 100,000 deep",
      encode(`{"attention": [[1, ${'{"a":'.repeat(1e5)}1${"}".repeat(1e5)}]]}`),
    ],
    ["a text of quotation marks without an end", encode(`{"attention": NaN "${'\\"'.repeat(1e6)}`)],
    ["HTML with such a text", encode(`<script>params = {"${'\\"'.repeat(1e6)}`)],
    ["a name of a million digits", floats(`${"1".repeat(1e6)}x`)],
  ])("%s is refused at once", (_, bytes) => {
    expect(() => readFound("a", bytes)).toThrow(ImportError);
  });

  it.each(["attention_99999999", "step_4294967294_layer_0", "step_0_layer_4000000000"])(
    "the number in %s counts no layers and no steps",
    (name) => {
      expect(readFound("a", floats(name)).arrays).toMatchObject([{ layers: [{ shape: [1, 2, 2] }] }]);
    },
  );

  it("steps may begin at any number", () => {
    const step = (n: number, rows: number) => npy([1, rows, n], Array(rows * n).fill(1 / n));
    const { arrays } = readFound(
      "a",
      zipSync({ "step_3_layer_0.npy": step(2, 2), "step_4_layer_0.npy": step(3, 1) }),
    );
    expect(arrays).toMatchObject([{ layers: [{ shape: [1, 3, 3] }] }]);
  });

  it("a word of any length is read", () => {
    const letters = new Uint32Array(200_000).fill(0x61);
    const file = npy([1], new Float32Array(letters.buffer), "<U200000");
    expect(readFound("a", file).words).toEqual([{ name: "a", words: ["a".repeat(200_000)] }]);
  });

  it("damaged files end in a named error, whatever is damaged", () => {
    const files = [
      json({ attention: even(1, 1, 3), tokens: words(3) }),
      npy([1, 3, 3], flat(even(1, 1, 3))),
      zipSync({ "attention_0.npy": npy([1, 3, 3], flat(even(1, 1, 3))) }),
      gzipSync(json({ attention: even(1, 1, 2), tokens: words(2) })),
    ];
    fc.assert(
      fc.property(fc.nat(3), fc.nat(), fc.nat(255), (which, at, byte) => {
        const bytes = files[which]!.slice();
        bytes[at % bytes.length] = byte;
        try {
          traceOf(readFound("a", bytes), { words: { text: words(3) } });
        } catch (error) {
          expect((error as Error).name).toMatch(/^(ImportError|TraceError|SafetensorsError)$/);
        }
      }),
      { seed: 41, numRuns: 2000 },
    );
  });
});
