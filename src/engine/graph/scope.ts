// What building blocks share while one graph is built: the builder, what is asked for, the taps and the edit points.
// Every tensor of the trace is edited once and then recorded once, so that captures and edits sit in one place.

import type { BlockName, BlockPart, Capture, StreamName, StreamPart } from "../../trace/index.ts";
import type { Attention, Stack } from "../description.ts";
import type { Points } from "../points.ts";
import type { GraphBuilder, ValueName } from "./builder.ts";
import { EditPoints } from "./edit-points.ts";

/** What one graph computes. Two equal specs give the same graph. */
export interface GraphSpec {
  readonly stack: StreamName;
  /** Layers `from` to `to` (exclusive). From 0 it begins with the embedding, at the last it ends with the head. */
  readonly from: number;
  readonly to: number;
  readonly captures: ReadonlySet<Capture>;
  /** Whether logits are computed, for the rows that are fed. */
  readonly logits: boolean;
  /** Past keys and values are inputs, and those of the new tokens outputs. */
  readonly cache: boolean;
  /** Only the keys and values that cross-attention takes from the encoder's output, for the cache. */
  readonly crossOnly?: boolean;
  /** Ends with the stream even at the last layer: final norm and head are a part of their own. */
  readonly headless?: boolean;
  /**
   * Which edit points there are, at every layer and neutral until they are fed: none, those of vectors (q, k, v, z,
   * resid_*, mlp_post), or those of cells too (scores, pattern, which are then outputs as well).
   */
  readonly points?: Points | undefined;
  /** False where attention is always written out, as one operator for it is the slower way; see fused.ts. */
  readonly fused?: boolean;
}

/** A name for a spec. */
export function specKey(spec: GraphSpec): string {
  const { stack, from, to, captures, logits, cache, crossOnly, headless, points } = spec;
  return [stack, from, to, [...captures].sort(), logits, cache, crossOnly, headless, points].join("|");
}

/** A name for a spec with edit points, whatever it records: one graph serves all. */
export function pointsKey(spec: GraphSpec): string {
  return specKey({ ...spec, captures: new Set(), points: "vectors" });
}

/** True if a graph with edit points does what another asks for. */
export function covers(open: GraphSpec, asked: GraphSpec): boolean {
  const points = open.points === "cells" || asked.points !== "cells";
  return points && [...asked.captures].every((capture) => open.captures.has(capture));
}

/** What both record, with the points that do for both. */
export function union(a: GraphSpec, b: GraphSpec): GraphSpec {
  const points = a.points === "cells" ? a.points : b.points;
  return { ...b, captures: new Set([...a.captures, ...b.captures]), points };
}

export class Scope {
  readonly g: GraphBuilder;
  readonly spec: GraphSpec;
  readonly stack: Stack;
  readonly #shared = new Map<string, ValueName | null>();
  readonly #memoryWidth: number;
  readonly #points: EditPoints;

  constructor(g: GraphBuilder, spec: GraphSpec, stack: Stack, memoryWidth: number) {
    this.#memoryWidth = memoryWidth;
    this.#points = new EditPoints(g);
    this.g = g;
    this.spec = spec;
    this.stack = stack;
  }

  /** A tensor [heads, rows, columns] of an attention block. */
  tapBlock(block: BlockName, layer: number, part: BlockPart & Capture, value: ValueName): ValueName {
    return this.#tap(`${block}.${layer}.${part}`, part, value);
  }

  /** A tensor [tokens, width] of the stream, edited and then recorded. */
  tapStream(layer: number, part: StreamPart, value: ValueName, width = this.stack.hidden): ValueName {
    const name = `${this.stack.stream}.${layer}.${part}`;
    const comesEdited = name === this.entry && this.spec.from > 0;
    return this.#tap(name, part, comesEdited ? value : this.#editVectors(name, value, [-1, width]));
  }

  /** The tensor that a part begins with; behind the first it is edited before it is fed, as inputs are not written to. */
  get entry(): string {
    return `${this.stack.stream}.${this.spec.from}.resid_pre`;
  }

  tapFinalNorm(value: ValueName): ValueName {
    return this.#tap(`${this.stack.stream}.final_norm`, "final_norm", value);
  }

  /** The encoder's output, [m, hidden]. */
  memory(): ValueName {
    return this.g.input("memory", "float32", ["m", this.#memoryWidth], { kind: "memory" });
  }

  /** True if one of these is recorded; a run that edits cells keeps the scores and patterns that it edits. */
  wants(...captures: Capture[]): boolean {
    const cells = this.spec.points === "cells" && captures.some((c) => c === "scores" || c === "pattern");
    return cells || captures.some((capture) => this.spec.captures.has(capture));
  }

  /** Something that several layers share, made once. */
  once<T extends ValueName | null>(key: string, make: () => T): T {
    if (!this.#shared.has(key)) this.#shared.set(key, make());
    return this.#shared.get(key) as T;
  }

  #tap(name: string, capture: Capture, value: ValueName): ValueName {
    if (this.wants(capture)) this.g.output(name, value);
    return value;
  }

  /** Vectors of an attention block, token-major [n, heads, head size], are edited. */
  editHeads(
    { block, layer }: { readonly block: BlockName; readonly layer: number },
    part: "q" | "k" | "v" | "z",
    { heads, kvHeads, headSize }: Pick<Attention, "heads" | "kvHeads" | "headSize">,
    value: ValueName,
  ): ValueName {
    const shared = part === "k" || part === "v";
    return this.#editVectors(`${block}.${layer}.${part}`, value, [-1, shared ? kvHeads : heads, headSize]);
  }

  /** `sides`: the shape of the value, -1 for its tokens. */
  #editVectors(name: string, value: ValueName, sides: readonly number[]): ValueName {
    if (!this.spec.points) return value;
    return this.g.reshape(this.#points.edit(name, value), ...sides);
  }

  /** Single cells of [heads, n, m] are edited. */
  editCells(name: string, value: ValueName): ValueName {
    if (this.spec.points !== "cells") return value;
    return this.g.op("Reshape", [this.#points.edit(name, value), this.g.op("Shape", [value])]);
  }

  /** Declares what the edit points are fed; to be called when all of them are made. */
  finish(): void {
    this.#points.declare();
  }
}
