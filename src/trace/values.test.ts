import { describe, expect, it } from "vitest";
import { floatsToHalves, floatTensor, type Tensor } from "../tensor/index.ts";
import { toSqrt } from "./coding.ts";
import { readTrace, writeTrace } from "./file.ts";
import { Trace } from "./trace.ts";
import { type Block, type Manifest, type Recipe, TraceError } from "./types.ts";

const recipe: Recipe = { scale: 1, causal: false, window: null, softcap: null, bias: null, sinks: false };
const block: Block = {
  name: "self",
  queries: "text",
  keys: "text",
  layers: 1,
  heads: 2,
  kvHeads: 2,
  headSize: 2,
  recipe,
};
const tokens = ["a", "b", "c"].map((raw, id) => ({
  id,
  raw,
  text: raw,
  start: null,
  end: null,
  special: false,
  segment: 0,
}));
const manifest: Manifest = {
  model: { name: "", family: "", layers: 1, heads: 2, kvHeads: 2, headSize: 2, hidden: 0, vocab: 0 },
  streams: [{ name: "text", tokens }],
  blocks: [block],
  edits: [],
  receipts: [],
  generated: null,
  stored: {},
};

/** Two heads of three even rows; `change` is given their numbers. */
function even(change: (data: Float32Array) => void = () => {}) {
  const data = new Float32Array(18).fill(1 / 3);
  change(data);
  return floatTensor([2, 3, 3], data);
}

/** q or k of two heads, three tokens, two numbers each. */
const vectors = (change: (data: Float32Array) => void = () => {}) => {
  const data = Float32Array.from({ length: 12 }, (_, i) => i / 10);
  change(data);
  return floatTensor([2, 3, 2], data);
};

const reread = (tensors: Record<string, Tensor>, more: Partial<Manifest> = {}): Trace =>
  readTrace(writeTrace(new Trace({ ...manifest, ...more }, new Map(Object.entries(tensors)))));
const asHalves = ({ shape, data }: Tensor): Tensor => ({
  dtype: "F16",
  shape,
  data: floatsToHalves(data as Float32Array),
});
const coded = { stored: { "self.0.pattern": "sqrt" } } as const;
const withRecipe = (more: Partial<Recipe>): Partial<Manifest> => ({
  blocks: [{ ...block, recipe: { ...recipe, ...more } }],
});
const pair = { "self.0.q": vectors(), "self.0.k": vectors() };
const t5 = (buckets: number): Partial<Manifest> =>
  withRecipe({ bias: { t5: { buckets, maxDistance: 20, bidirectional: true } } });

describe("a trace whose numbers are no attention is refused", () => {
  const at = (place: number, value: number) => even((data) => data.fill(value, place, place + 1));
  const cases: [string, () => Trace, RegExp][] = [
    [
      "a row that sums to 4",
      () => reread({ "self.0.pattern": even((d) => d.fill(4 / 3, 12, 15)) }),
      /head 1, row 1/,
    ],
    [
      "a row that sums to 1.5",
      () => reread({ "self.0.pattern": even((d) => d.fill(0.5, 3, 6)) }),
      /row 1.*1\.50/,
    ],
    ["a weight of -1", () => reread({ "self.0.pattern": at(4, -1) }), /head 0, row 1, column 1 is -1/],
    [
      "NaN in a row",
      () => reread({ "self.0.pattern": at(17, Number.NaN) }),
      /head 1, row 2, column 2 is NaN/,
    ],
    ["1e30", () => reread({ "self.0.pattern": at(0, 1e30) }), /row 0/],
    ["halves above 1", () => reread({ "self.0.pattern": asHalves(at(5, 1.5)) }), /row 1, column 2 is 1\.5/],
    ["NaN in halves", () => reread({ "self.0.pattern": asHalves(at(5, Number.NaN)) }), /is NaN/],
    [
      "codes of 8 bits",
      () =>
        reread(
          {
            "self.0.pattern": toSqrt(
              even((d) => d.fill(1, 0, 3)),
              8,
            ),
          },
          coded,
        ),
      /sums to 3/,
    ],
    [
      "codes of 16 bits",
      () =>
        reread(
          {
            "self.0.pattern": toSqrt(
              even((d) => d.fill(1, 0, 3)),
              16,
            ),
          },
          coded,
        ),
      /sums to 3/,
    ],
    [
      "NaN in q",
      () => reread({ ...pair, "self.0.q": vectors((d) => d.fill(Number.NaN, 7, 8)) }),
      /q.*head 1, row 0, column 1/,
    ],
    [
      "infinity in k",
      () => reread({ ...pair, "self.0.k": vectors((d) => d.fill(Infinity, 0, 1)) }),
      /k.*is Infinity/,
    ],
    ["NaN in scores", () => reread({ ...pair, "self.0.scores": at(0, Number.NaN) }), /scores.*is NaN/],
    [
      "sinks that are missing",
      () => reread(pair, withRecipe({ sinks: true })),
      /self\.0\.sinks, which is not in/,
    ],
    ["a bias that is missing", () => reread(pair, withRecipe({ bias: "tensor" })), /self\.0\.bias, which/],
    ["a table that is missing", () => reread(pair, t5(8)), /self\.bias_table, which is not/],
    [
      "a table of other buckets",
      () =>
        reread(
          {
            ...pair,
            "self.1.q": vectors(),
            "self.1.k": vectors(),
            "self.bias_table": floatTensor([8, 2], new Float32Array(16)),
          },
          {
            blocks: [{ ...block, layers: 2, recipe: [8, 16].map((n) => t5(n).blocks![0]!.recipe as Recipe) }],
          },
        ),
      /layer 1 has 16 t5 buckets.*8 rows/,
    ],
    [
      "two buckets for both directions",
      () => reread({ ...pair, "self.bias_table": floatTensor([2, 2], new Float32Array(4)) }, t5(2)),
      /buckets is 2/,
    ],
    [
      "five buckets for both directions",
      () => reread({ ...pair, "self.bias_table": floatTensor([5, 2], new Float32Array(10)) }, t5(5)),
      /buckets is 5/,
    ],
    [
      "a scale that makes scores infinite",
      () => reread(pair, withRecipe({ scale: 1e308 })),
      /scale is 1e\+308/,
    ],
    [
      "heads without end",
      () => reread(pair, { blocks: [{ ...block, layers: 4096, heads: 4096, kvHeads: 4096 }] }),
      /at most 65536 heads/,
    ],
  ];
  it.each(cases)("%s", (_, read, message) => {
    expect(read).toThrow(TraceError);
    expect(read).toThrow(message);
  });
});

describe("what is attention is read", () => {
  it("rows of less than 1, masks in scores, codes that round up", () => {
    const scores = even((data) => data.fill(Number.NEGATIVE_INFINITY, 0, 2));
    reread({ "self.0.pattern": even((data) => data.fill(0, 0, 2)), "self.0.scores": scores });
    const wide = {
      ...manifest.streams[0]!,
      tokens: Array.from({ length: 300 }, (_, i) => ({ ...tokens[0]!, id: i })),
    };
    const flat = toSqrt(floatTensor([2, 300, 300], new Float32Array(180_000).fill(1 / 300)), 8);
    expect(reread({ "self.0.pattern": flat }, { ...coded, streams: [wide] }).names).toHaveLength(1);
  });

  it("a pattern that an edit changed, unless it is not finite", () => {
    const edits = [{ op: "scale", at: "pattern", value: 3 }] as const;
    const trebled = even((data) => data.fill(1, 0, 3));
    expect(reread({ "self.0.pattern": trebled }, { edits }).attention("self", 0, 0)[0]).toBe(1);
    trebled.data[0] = Number.NaN;
    expect(() => reread({ "self.0.pattern": trebled }, { edits })).toThrow(TraceError);
  });

  it("a recording that says it was made with dropout", () => {
    const note = "Rows sum to up to 1.50: attention was recorded with dropout";
    const more = even((data) => data.fill(0.5, 3, 6));
    expect(reread({ "self.0.pattern": more }, { note }).manifest.note).toBe(note);
    expect(() => reread({ "self.0.pattern": more }, { note: "made up" })).toThrow(TraceError);
  });

  it("says where, for programs", () => {
    const bad = even((data) => data.fill(Number.NaN, 10, 11));
    let caught: unknown;
    try {
      reread({ "self.0.pattern": bad });
    } catch (error) {
      caught = error;
    }
    expect(caught).toMatchObject({
      code: "values",
      data: { tensor: "self.0.pattern", head: 1, row: 0, column: 1 },
    });
  });
});
