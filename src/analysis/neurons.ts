// How one query makes its row of attention, neuron by neuron: Vig 2019, section 2.3 and equation 1.
// The paper draws arrows by hand at neurons whose product falls with distance; here they are found.

import { type BlockName, type Rotary, type Trace, TraceError } from "../trace/index.ts";
import { correlation } from "./scores.ts";

/** One row of attention taken apart. `keys` are the visible keys; all arrays follow their order. */
export interface RowNeurons {
  readonly query: number;
  /** Visible keys, ascending. */
  readonly keys: readonly number[];
  readonly headSize: number;
  /** The query vector, [headSize]. */
  readonly q: Float32Array;
  /** Key vectors, [keys, headSize]. */
  readonly k: Float32Array;
  /** q × k element by element, before scaling, [keys, headSize]. */
  readonly products: Float32Array;
  /** q·k · scale, before cap and bias, [keys]. */
  readonly dots: Float32Array;
  /** What goes into softmax, [keys]. */
  readonly scores: Float32Array;
  /** Attention, [keys]; sums to less than 1 where there is a sink. */
  readonly weights: Float32Array;
  /** Neurons that belong together: one each, or the two halves of a rotary pair. */
  readonly groups: readonly NeuronGroup[];
  /** Whether groups are rotary pairs. */
  readonly rotary: boolean;
}

/** One neuron, or two that rotate together, and its part in the row. */
export interface NeuronGroup {
  /** Dimensions of the head. */
  readonly dims: readonly number[];
  /** cov(product, q·k) / var(q·k) over the keys; all groups add up to 1. 0 where q·k does not vary. */
  readonly share: number;
  /** Correlation of the product with the distance from the query. */
  readonly distance: number;
  /** The product falls with distance and matters: distance below -.75 and share above 3 %. Not told of rotary pairs. */
  readonly falls: boolean;
}

/** Where the paper's arrows go. */
const FALLS = { distance: -0.75, share: 0.03 };

/** The row of `query` in one head, taken apart. Throws a TraceError where queries and keys were not recorded. */
export function rowNeurons(
  trace: Trace,
  block: BlockName,
  layer: number,
  head: number,
  query: number,
): RowNeurons {
  const { queries, keys: count } = trace.sides(block);
  if (!(query >= 0 && query < queries))
    throw new TraceError(`There is no query ${query}; there are ${queries}.`);
  const { q: all, k, headSize, recipe } = trace.head(block, layer, head);
  const keys = Array.from({ length: count }, (_, key) => key).filter((key) =>
    trace.visible(block, layer, query, key),
  );
  const q = all.subarray(query * headSize, (query + 1) * headSize);
  const rows = gather(k, keys, headSize);
  const products = rows.map((value, i) => value * q[i % headSize]!);
  const dots = Float32Array.from(keys, (_, at) => sumOf(products, at * headSize, headSize) * recipe.scale);
  const rotary = trace.block(block).rotary;
  const row = { query, keys, headSize, q, k: rows, products };
  return {
    ...row,
    dots,
    scores: gather(trace.scores(block, layer, head, query, query + 1), keys, 1),
    weights: gather(trace.attention(block, layer, head, query, query + 1), keys, 1),
    groups: neuronGroups(row, neuronDims(headSize, rotary), recipe.causal),
    rotary: rotary !== undefined,
  };
}

/** The dimensions of a head in the order they are shown: one by one, or rotary pairs and then the rest. */
export function neuronDims(headSize: number, rotary: Rotary | undefined): number[][] {
  const turning = rotary?.dims ?? 0;
  const half = turning / 2;
  const pair = (i: number): number[] =>
    rotary?.style === "interleaved" ? [2 * i, 2 * i + 1] : [i, i + half];
  const pairs = Array.from({ length: half }, (_, i) => pair(i));
  return [...pairs, ...Array.from({ length: headSize - turning }, (_, i) => [turning + i])];
}

type Row = Pick<RowNeurons, "query" | "keys" | "headSize" | "products">;

/** Shares and distances of any grouping of the dimensions, e.g. one by one in a rotary model; `causal` as in the recipe. */
export function neuronGroups(row: Row, dims: readonly (readonly number[])[], causal: boolean): NeuronGroup[] {
  const { query, keys, headSize, products } = row;
  // The first token swamps the rest where it takes null attention.
  const places = [...keys.keys()].filter((at) => !(causal && keys[at] === 0 && keys.length > 4));
  const distances = places.map((at) => query - keys[at]!);
  const total = places.map((at) => sumOf(products, at * headSize, headSize));
  const spread = covariance(total, total);
  return dims.map((group) => {
    const product = places.map((at) => groupProduct(row, at, group));
    const share = spread > 0 ? covariance(product, total) / spread : 0;
    const distance = correlation(distances, product);
    const falls = group.length === 1 && distance < FALLS.distance && share > FALLS.share;
    return { dims: group, share, distance, falls };
  });
}

function groupProduct({ products, headSize }: Row, at: number, dims: readonly number[]): number {
  let sum = 0;
  for (const dim of dims) sum += products[at * headSize + dim]!;
  return sum;
}

function covariance(x: readonly number[], y: readonly number[]): number {
  const mx = x.reduce((a, b) => a + b, 0) / x.length;
  const my = y.reduce((a, b) => a + b, 0) / y.length;
  return x.reduce((sum, value, i) => sum + (value - mx) * (y[i]! - my), 0);
}

function sumOf(values: Float32Array, from: number, count: number): number {
  let sum = 0;
  for (let i = from; i < from + count; i++) sum += values[i]!;
  return sum;
}

/** Rows `keys` of `values`, `width` numbers each. */
function gather(values: Float32Array, keys: readonly number[], width: number): Float32Array {
  const out = new Float32Array(keys.length * width);
  for (const [at, key] of keys.entries())
    out.set(values.subarray(key * width, (key + 1) * width), at * width);
  return out;
}
