// What building blocks share while one graph is built: the builder, what is asked for, and the taps.
// Every tensor of the trace passes through `tap` once, so that captures and edit points sit in one place.

import type { BlockName, BlockPart, Capture, StreamName, StreamPart } from "../../trace/index.ts";
import type { Stack } from "../description.ts";
import type { GraphBuilder, ValueName } from "./builder.ts";

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
  /** Trace names of tensors that get a factor and a summand as inputs, e.g. "self.4.z". */
  readonly edits: readonly string[];
}

/** A name for a spec. */
export function specKey(spec: GraphSpec): string {
  const { stack, from, to, captures, logits, cache, crossOnly, edits } = spec;
  return [stack, from, to, [...captures].sort(), logits, cache, crossOnly, edits].join("|");
}

export class Scope {
  readonly g: GraphBuilder;
  readonly spec: GraphSpec;
  readonly stack: Stack;
  readonly #shared = new Map<string, ValueName | null>();

  readonly #memoryWidth: number;

  constructor(g: GraphBuilder, spec: GraphSpec, stack: Stack, memoryWidth: number) {
    this.#memoryWidth = memoryWidth;
    this.g = g;
    this.spec = spec;
    this.stack = stack;
  }

  /** A tensor [heads, rows, columns] of an attention block. */
  tapBlock(block: BlockName, layer: number, part: BlockPart & Capture, value: ValueName): ValueName {
    return this.#tap(`${block}.${layer}.${part}`, part, value);
  }

  /** A tensor [tokens, width] of the stream. */
  tapStream(layer: number, part: StreamPart, value: ValueName): ValueName {
    return this.#tap(`${this.stack.stream}.${layer}.${part}`, part, value);
  }

  tapFinalNorm(value: ValueName): ValueName {
    return this.#tap(`${this.stack.stream}.final_norm`, "final_norm", value);
  }

  /** The encoder's output, [m, hidden]. */
  memory(): ValueName {
    return this.g.input("memory", "float32", ["m", this.#memoryWidth], { kind: "memory" });
  }

  wants(...captures: Capture[]): boolean {
    return captures.some((capture) => this.spec.captures.has(capture));
  }

  /** Something that several layers share, made once. */
  once<T extends ValueName | null>(key: string, make: () => T): T {
    if (!this.#shared.has(key)) this.#shared.set(key, make());
    return this.#shared.get(key) as T;
  }

  #tap(name: string, capture: Capture, value: ValueName): ValueName {
    const edited = this.spec.edits.includes(name) ? this.#editPoint(name, value) : value;
    if (this.wants(capture)) this.g.output(name, edited);
    return edited;
  }

  /** value · factor + summand; 1 and -0 change no bit (+0 would turn -0 into +0). */
  #editPoint(name: string, value: ValueName): ValueName {
    const shape =
      name.endsWith(".q") || name.endsWith(".k") || name.endsWith(".v") || name.endsWith(".z") ? 3 : 2;
    const sides = Array.from({ length: shape }, (_, i) => `${name}.${i}`);
    const factor = this.g.input(
      `${name}.factor`,
      "float32",
      sides.map((s) => `${s}.f`),
      { kind: "factor", name },
    );
    const summand = this.g.input(
      `${name}.summand`,
      "float32",
      sides.map((s) => `${s}.s`),
      { kind: "summand", name },
    );
    return this.g.op("Add", [this.g.op("Mul", [value, factor]), summand]);
  }
}
