// Traces made up from a seed, for tests and pictures: attention of heads that look one word back, at the first
// token, at the same word in another sentence, or where chance puts it. No model stands behind them.

import { floatTensor, type Tensor } from "../src/tensor/index.ts";
import { type BlockName, type Manifest, type Recipe, type Token, Trace } from "../src/trace/index.ts";

/** What to make; everything has a default. */
export interface SyntheticOptions {
  readonly layers?: number;
  readonly heads?: number;
  /** Tokens of the text. */
  readonly tokens?: number;
  readonly causal?: boolean;
  /** Two sentences with [CLS] and [SEP]; not causal. */
  readonly pair?: boolean;
  readonly seed?: number;
  readonly headSize?: number;
  readonly kvHeads?: number;
  /** Whether attention itself is stored, or queries, keys and values. */
  readonly store?: "pattern" | "qk";
  /** Layers that hold attention; the others are unrecorded. All by default. */
  readonly recorded?: readonly number[];
  readonly window?: readonly [number, number];
}

/** Uniform numbers in [0, 1) from a seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A normal deviate from two uniform ones (Box and Muller 1958). */
export function normal(uniform: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

const WORDS =
  "the quick brown fox jumps over a lazy dog while Lily and Tom look at the small red ball in the park . They smile , and the sun is warm".split(
    " ",
  );

/** Made-up tokens; a pair has [CLS] and [SEP] and two segments. */
export function syntheticTokens(count: number, pair = false): Token[] {
  const second = Math.ceil(count / 2);
  return Array.from({ length: count }, (_, i) => {
    const special = pair && (i === 0 || i === second - 1 || i === count - 1);
    const word = special ? (i === 0 ? "[CLS]" : "[SEP]") : WORDS[(i - (pair ? 1 : 0)) % WORDS.length]!;
    const text = special || i === 0 ? word : ` ${word}`;
    return { id: i, raw: text, text, start: null, end: null, special, segment: pair && i >= second ? 1 : 0 };
  });
}

/** A trace with one self-attention block. */
export function syntheticTrace(options: SyntheticOptions = {}): Trace {
  const { layers = 12, heads = 12, tokens = 16, pair = false, seed = 1, headSize = 64 } = options;
  const { store = "pattern", kvHeads = heads, causal = !pair } = options;
  const recipe: Recipe = {
    scale: headSize ** -0.5,
    causal,
    window: options.window ?? null,
    softcap: null,
    bias: null,
    sinks: false,
  };
  const tensors = new Map<string, Tensor>();
  const uniform = random(seed);
  for (const layer of options.recorded ?? Array.from({ length: layers }, (_, i) => i)) {
    if (store === "pattern") tensors.set(`self.${layer}.pattern`, patterns(uniform, heads, tokens, recipe));
    else {
      tensors.set(`self.${layer}.q`, vectors(uniform, heads, tokens, headSize));
      tensors.set(`self.${layer}.k`, vectors(uniform, kvHeads, tokens, headSize));
      tensors.set(`self.${layer}.v`, vectors(uniform, kvHeads, tokens, headSize));
    }
  }
  const block = {
    name: "self",
    queries: "text",
    keys: "text",
    layers,
    heads,
    kvHeads,
    headSize,
    recipe,
  } as const;
  return new Trace(
    {
      ...EMPTY,
      model: {
        name: "synthetic",
        family: "gpt2",
        layers,
        heads,
        kvHeads,
        headSize,
        hidden: heads * headSize,
        vocab: 100,
      },
      streams: [{ name: "text", tokens: syntheticTokens(tokens, pair) }],
      blocks: [block],
    },
    tensors,
  );
}

/** A trace of an encoder-decoder: encoder, decoder and cross blocks, with more target than source tokens. */
export function syntheticTranslation(source = 7, target = 14, layers = 6, heads = 8, seed = 3): Trace {
  const uniform = random(seed);
  const tensors = new Map<string, Tensor>();
  const sides = { encoder: source, decoder: target };
  const base = { layers, heads, kvHeads: heads, headSize: 16 };
  const block = (name: BlockName, queries: "encoder" | "decoder", keys: "encoder" | "decoder") => {
    const recipe = { ...PLAIN, causal: name === "decoder" };
    for (let layer = 0; layer < layers; layer++) {
      tensors.set(`${name}.${layer}.pattern`, patterns(uniform, heads, sides[queries], recipe, sides[keys]));
    }
    return { name, queries, keys, ...base, recipe };
  };
  return new Trace(
    {
      ...EMPTY,
      model: { name: "synthetic-translator", family: "marian", ...base, hidden: heads * 16, vocab: 100 },
      streams: [
        { name: "encoder", tokens: ended(syntheticTokens(source)) },
        { name: "decoder", tokens: ended(syntheticTokens(target)) },
      ],
      blocks: [
        block("encoder", "encoder", "encoder"),
        block("decoder", "decoder", "decoder"),
        block("cross", "decoder", "encoder"),
      ],
    },
    tensors,
  );
}

const PLAIN: Recipe = { scale: 0.25, causal: false, window: null, softcap: null, bias: null, sinks: false };
const EMPTY: Pick<Manifest, "edits" | "receipts" | "generated" | "stored"> = {
  edits: [],
  receipts: [],
  generated: null,
  stored: {},
};

function ended(tokens: Token[]): Token[] {
  return tokens.map((t, i) =>
    i < tokens.length - 1 ? t : { ...t, raw: "</s>", text: "</s>", special: true },
  );
}

/** [heads, queries, keys]: softmax of content by chance plus a part for the word before and one for the first. */
function patterns(
  uniform: () => number,
  heads: number,
  queries: number,
  recipe: Recipe,
  keys = queries,
): Tensor {
  const data = new Float32Array(heads * queries * keys);
  for (let head = 0; head < heads; head++) {
    const kind = uniform();
    const style = {
      before: kind < 0.2 ? 7 : 2 * uniform(),
      first: kind > 0.8 ? 4 : 2 * uniform(),
      far: kind > 0.2 && kind < 0.4 ? 0.4 : 0.05,
    };
    for (let query = 0; query < queries; query++) {
      const row = data.subarray((head * queries + query) * keys, (head * queries + query + 1) * keys);
      fillRow(row, query, recipe, style, uniform);
    }
  }
  return floatTensor([heads, queries, keys], data);
}

interface Style {
  readonly before: number;
  readonly first: number;
  readonly far: number;
}

function fillRow(
  row: Float32Array,
  query: number,
  recipe: Recipe,
  style: Style,
  uniform: () => number,
): void {
  const reach = recipe.window ?? [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  let sum = 0;
  for (let key = 0; key < row.length; key++) {
    if ((recipe.causal && key > query) || query - key > reach[0] || key - query > reach[1]) continue;
    const bonus = key === query - 1 ? style.before : key === 0 ? style.first : 0;
    row[key] = Math.exp(3 * uniform() + bonus - style.far * Math.abs(query - key));
    sum += row[key]!;
  }
  for (let key = 0; key < row.length; key++) row[key]! /= sum;
}

/** [heads, tokens, headSize]: a rotating part, so that near tokens agree, and noise. */
function vectors(uniform: () => number, heads: number, tokens: number, headSize: number): Tensor {
  const data = new Float32Array(heads * tokens * headSize);
  for (let head = 0; head < heads; head++) {
    const turn = 0.1 + uniform();
    for (let i = 0; i < tokens * headSize; i++) {
      const [token, unit] = [Math.floor(i / headSize), i % headSize];
      const wave = unit < 8 ? 3 * Math.cos(token * turn * 2 ** -unit) : 0;
      data[head * tokens * headSize + i] = wave + 0.8 * (uniform() + uniform() + uniform() - 1.5);
    }
  }
  return floatTensor([heads, tokens, headSize], data);
}

const HOSTILE = [
  "<script>alert(1)</script>",
  "שלום",
  " ",
  "\n",
  "\u0000",
  "\u0085",
  "&amp;",
  "\ud83d\ude00",
  "注意力机制是一个非常非常长的词语",
  " unbelievably-long-compound",
];

/** A trace whose tokens hold markup, control characters, right-to-left text, wide characters. */
export function hostileTrace(): Trace {
  const trace = syntheticTrace({ layers: 1, heads: 2, tokens: HOSTILE.length });
  const tokens = syntheticTokens(HOSTILE.length).map((token, i) => ({
    ...token,
    text: HOSTILE[i]!,
    raw: HOSTILE[i]!,
  }));
  return new Trace({ ...trace.manifest, streams: [{ name: "text", tokens }] }, trace.parts().tensors);
}
