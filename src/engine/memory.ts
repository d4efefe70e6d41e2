// Whether a model and a run fit into memory, said before anything large is read or computed. Sizes are estimates in
// bytes: WebAssembly needs 1.3 times the bytes of float32 weights and 3.2 times those of half precision (measured),
// Node maps float32 from the file and widens half precision once. WebGPU gets what WebAssembly could run in its place.

import type { Capture } from "../trace/index.ts";
import type { Attention, Layer, Mlp, ModelDescription, Stack } from "./description.ts";
import { MemoryError } from "./errors.ts";
import { canFuse } from "./graph/fused.ts";
import type { Graph } from "./graph/onnx.ts";
import type { Prepared } from "./input.ts";
import type { Points } from "./points.ts";
import type { Runtime } from "./runtime/runtime.ts";

const FLOAT = 4;
/** Arrays as large as the scores that are held while cells can be edited: before and after each edit, and as outputs. */
const CELL_SQUARES = 8;

/** What one session over a graph adds to memory, weights only. */
export function weightBytes(graph: Graph, { name }: Pick<Runtime, "name">): number {
  const factors = name === "node" ? { float32: 0, half: 2 } : { float32: 1.3, half: 3.2 };
  return graph.initializers.reduce((sum, { element, data }) => {
    if (data instanceof Uint8Array) return sum;
    return sum + (data.end - data.start) * (element === "float32" ? factors.float32 : factors.half);
  }, 0);
}

/** Throws a MemoryError where the weights alone are too much. */
export function checkWeights(name: string, graphs: readonly Graph[], runtime: Runtime): void {
  const needed = graphs.reduce((sum, graph) => sum + weightBytes(graph, runtime), 0);
  const stored = graphs.reduce((sum, graph) => sum + storedBytes(graph), 0);
  const { memory: limit } = runtime;
  if (limit === undefined || needed <= limit) return;
  const native = runtime.name === "node";
  const where = native ? "this machine" : "WebAssembly";
  const instead = native ? "" : ', or run it with "npx headscope" in a terminal';
  throw new MemoryError(
    `${name} needs about ${shown(needed)} of memory for ${shown(stored)} of weights, and ${where} has ` +
      `${shown(limit)}. The weights were not read. Choose a smaller model${instead}.`,
    { code: "model", data: { needed, limit } },
  );
}

function storedBytes(graph: Graph): number {
  return graph.initializers.reduce(
    (sum, { data }) => sum + (data instanceof Uint8Array ? 0 : data.end - data.start),
    0,
  );
}

/** Throws a MemoryError where what a run records and computes is too much beside the weights. */
export function checkRun(
  description: ModelDescription,
  prepared: readonly Prepared[],
  captures: ReadonlySet<Capture>,
  {
    memory,
    weights,
    points,
    fused,
  }: {
    readonly memory: number | undefined;
    readonly weights: number;
    readonly points?: Points | undefined;
    readonly fused?: boolean;
  },
): void {
  if (memory === undefined) return;
  const lengths = prepared.map(({ tokens }) => tokens.length);
  const need = (share: number, kept = captures) => {
    const sizes = lengths.map((length) => Math.max(1, Math.floor(length * share)));
    return weights + runBytes(description, sizes, kept, points, fused);
  };
  const needed = need(1);
  if (needed <= memory) return;
  const [dearest] = [...captures].sort(
    (a, b) => need(1, without(captures, a)) - need(1, without(captures, b)),
  );
  const fits = Math.floor(longest((share) => need(share) <= memory) * Math.max(...lengths));
  throw new MemoryError(
    `This run would need about ${shown(needed)} of memory and there are ${shown(memory)}. ` +
      `${fits > 0 ? `Use a shorter text (about ${fits} tokens fit, this one has ${Math.max(...lengths)}), or` : "Choose a smaller model, or"} ` +
      `record less: without ${dearest} it needs ${shown(need(1, without(captures, dearest!)))}.`,
    { code: "run", data: { needed, limit: memory } },
  );
}

function without(captures: ReadonlySet<Capture>, capture: Capture): ReadonlySet<Capture> {
  return new Set([...captures].filter((other) => other !== capture));
}

/** Largest share of the length, from 0 to 1, that fits. */
function longest(fits: (share: number) => boolean): number {
  let [low, high] = [0, 1];
  for (let i = 0; i < 20; i++) {
    const middle = (low + high) / 2;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** Bytes of a run: every output twice (the runtime's and ours), and the largest layer while it is computed. */
export function runBytes(
  description: ModelDescription,
  lengths: readonly number[],
  captures: ReadonlySet<Capture>,
  points?: Points,
  fused = true,
): number {
  const ran = description.stacks.slice(0, lengths.length);
  const parts = ran.map((stack, i) =>
    stackBytes(stack, lengths[i]!, lengths[0]!, { captures, points, fused }),
  );
  const rows = captures.has("logits") ? lengths.at(-1)! : 1;
  const logits = 2 * rows * (description.head?.width ?? 0) * FLOAT;
  return parts.reduce((sum, bytes) => sum + bytes, logits);
}

/** What a run records, and how it can be edited. */
interface Asked {
  readonly captures: ReadonlySet<Capture>;
  readonly points: Points | undefined;
  readonly fused: boolean;
}

function stackBytes(stack: Stack, n: number, memory: number, asked: Asked): number {
  const layers = stack.layers.map((layer) => layerBytes(layer, stack, n, memory, asked));
  const kept = layers.reduce((sum, layer) => sum + layer.kept, 0);
  return 2 * kept + Math.max(0, ...layers.map((layer) => layer.working));
}

function layerBytes(layer: Layer, stack: Stack, n: number, memory: number, asked: Asked) {
  const { captures } = asked;
  const { attention, cross, mlp } = layer;
  const streams = (["resid_pre", "resid_mid", "resid_post"] as const).filter((part) => captures.has(part));
  const units = unitsOf(mlp.body);
  const bodies = [{ a: attention.body, keys: n }, ...(cross ? [{ a: cross.body, keys: memory }] : [])];
  const blocks = bodies.map(({ a, keys }, i) => attentionBytes(a, i > 0, { n, keys, ...asked }));
  const kept = streams.length * n * stack.hidden + (captures.has("mlp_post") ? n * units : 0);
  return {
    kept: FLOAT * kept + blocks.reduce((sum, block) => sum + block.kept, 0),
    working: FLOAT * n * (3 * units + 6 * stack.hidden) + Math.max(...blocks.map((block) => block.working)),
  };
}

/** Activations of one token that an mlp holds at once. */
function unitsOf(mlp: Mlp): number {
  if (mlp.kind === "experts") return mlp.experts * mlp.units * 2;
  if (mlp.kind !== "mixture") return mlp.up.out;
  return mlp.used * mlp.experts[0]!.up.out + (mlp.shared?.expert.up.out ?? 0);
}

function attentionBytes(
  a: Attention,
  crossing: boolean,
  run: Asked & { readonly n: number; readonly keys: number },
): { kept: number; working: number } {
  const { n, keys, captures, points } = run;
  const square = a.heads * n * keys;
  const sizes: Partial<Record<Capture, number>> = {
    q: a.heads * n * a.headSize,
    k: a.kvHeads * keys * a.headSize,
    v: a.kvHeads * keys * a.headSize,
    scores: square,
    pattern: square,
    z: a.heads * n * a.headSize,
  };
  const terms = a.bias?.kind === "disentangled" && (captures.has("q") || captures.has("k")) ? square : 0;
  const kept = [...captures].reduce((sum, capture) => sum + (sizes[capture] ?? 0), terms);
  const fused = !crossing && canFuse({ captures, points, cache: false, fused: run.fused }, a, "self");
  const squares = fused ? 0 : points === "cells" ? CELL_SQUARES : 3;
  return { kept: FLOAT * kept, working: FLOAT * squares * square };
}

function shown(bytes: number): string {
  const [unit, name] = bytes < 1e6 ? [1e3, "kB"] : bytes < 1e9 ? [1e6, "MB"] : [1e9, "GB"];
  return `${Number((bytes / unit).toPrecision(3))} ${name}`;
}
