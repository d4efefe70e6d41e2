// Collects the nodes of one graph. Values are names; every method returns the name of what it made.

import type { Linear } from "../description.ts";
import type { WeightBook } from "../weight-book.ts";
import type { Need } from "./needs.ts";
import type { Attribute, Element, Graph, GraphInput, Initializer, Node } from "./onnx.ts";

/** The name of a value inside the graph. */
export type ValueName = string;

/** A finished graph and which of its outputs carries which tensor of the trace. */
export interface BuiltGraph {
  readonly graph: Graph;
  /** Trace name to output name; two trace names may share an output. */
  readonly outputs: ReadonlyMap<string, string>;
  /** What each input stands for. */
  readonly needs: ReadonlyMap<string, Need>;
}

export class GraphBuilder {
  readonly #book: WeightBook;
  readonly #nodes: Node[] = [];
  readonly #initializers = new Map<string, Initializer>();
  readonly #inputs = new Map<string, GraphInput>();
  readonly #needs = new Map<string, Need>();
  readonly #outputs = new Map<string, string>();
  readonly #elements = new Map<string, Element>();
  readonly #sized = new Map<string, GraphInput>();
  readonly #casts = new Map<string, string>();

  constructor(book: WeightBook) {
    this.#book = book;
  }

  /** One node with one output. */
  op(
    type: string,
    inputs: readonly ValueName[],
    attributes: Readonly<Record<string, Attribute>> = {},
    domain = "",
  ): ValueName {
    return this.split(type, inputs, 1, attributes, domain)[0]!;
  }

  /** One node with several outputs. */
  split(
    type: string,
    inputs: readonly ValueName[],
    count: number,
    attributes: Readonly<Record<string, Attribute>> = {},
    domain = "",
  ): ValueName[] {
    const names = Array.from({ length: count }, (_, i) => `${type}_${this.#nodes.length}${i ? `_${i}` : ""}`);
    this.#nodes.push({ type, domain, inputs, output: names[0]!, more: names.slice(1), attributes });
    return names;
  }

  /** A value cut along its first axis, before every other node; the pieces have names of their own. */
  part(value: ValueName, sizes: ValueName, names: readonly ValueName[]): void {
    const [output, ...more] = names;
    const inputs = [value, sizes];
    this.#nodes.unshift({
      type: "Split",
      domain: "",
      inputs,
      output: output!,
      more,
      attributes: { axis: 0 },
    });
  }

  /** A run-time input; asking twice gives the same one. */
  input(name: string, element: Element, shape: readonly (number | string)[], need: Need): ValueName {
    this.#inputs.set(name, { name, element, shape });
    this.#needs.set(name, need);
    return name;
  }

  /** Small whole numbers inside the graph, as a vector. */
  ints(...values: number[]): ValueName {
    const data = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    return this.#constant(`ints_${values.join("_")}`, "int64", [values.length], data);
  }

  /** A float inside the graph, without axes. */
  float(value: number): ValueName {
    return this.#constant(`float_${value}`, "float32", [], new Uint8Array(Float32Array.of(value).buffer));
  }

  /** Floats inside the graph under a name of their own. */
  floats(name: string, shape: readonly number[], values: Float32Array): ValueName {
    return this.#constant(name, "float32", shape, new Uint8Array(values.slice().buffer));
  }

  #constant(name: string, element: Element, shape: readonly number[], data: Uint8Array): ValueName {
    if (!this.#initializers.has(name)) this.#initializers.set(name, { name, element, shape, data });
    return name;
  }

  /** A stored tensor as float32: all of it, or `rows` of its first axis. */
  weight(name: string, shape: readonly number[], rows?: Linear["rows"]): ValueName {
    const { key, element } = this.#stored(name, shape, rows);
    return element === "float32" ? key : this.#asFloat(key);
  }

  /** Rows of a stored table as float32; only these are widened, so that a large table of halves stays as it is. */
  rowsOf(name: string, shape: readonly number[], index: ValueName): ValueName {
    const { key, element } = this.#stored(name, shape);
    const found = this.op("Gather", [key, index]);
    return element === "float32" ? found : this.op("Cast", [found], { to: 1 });
  }

  #stored(
    name: string,
    shape: readonly number[],
    rows?: Linear["rows"],
  ): { key: ValueName; element: Element } {
    const { element, ...range } = this.#book.place(name, shape, rows);
    const key = `${range.file}:${range.start}-${range.end}:${shape.join("x")}`;
    if (!this.#initializers.has(key)) this.#initializers.set(key, { name: key, element, shape, data: range });
    return { key, element };
  }

  #asFloat(name: string): ValueName {
    const known = this.#casts.get(name);
    if (known) return known;
    const cast = this.op("Cast", [name], { to: 1 });
    this.#casts.set(name, cast);
    return cast;
  }

  /** Declare a value as the output that carries the trace tensor `name`. */
  output(name: string, value: ValueName, element: Element = "float32"): void {
    const fixed = this.#inputs.has(value) || this.#initializers.has(value);
    const source = fixed ? this.op("Identity", [value]) : value;
    this.#outputs.set(name, source);
    this.#elements.set(source, element);
  }

  /** True while nothing is declared as an output. */
  get silent(): boolean {
    return this.#outputs.size === 0;
  }

  /** x · weight + bias, cut and multiplied where the matrix says so, [n, in] to [n, out]. */
  linear(x: ValueName, { weight, bias, in: width, out, layout, rows, clamp, times = 1 }: Linear): ValueName {
    const transposed = layout === "in-out";
    const w = this.weight(weight, transposed ? [width, out] : [out, width], rows);
    const c = bias === undefined ? [] : [this.weight(bias, [out], rows)];
    const plain = this.op("Gemm", [x, w, ...c], transposed ? {} : { transB: 1 });
    const cut = clamp ? this.op("Clip", [plain, this.float(-clamp), this.float(clamp)]) : plain;
    return typeof times === "number"
      ? this.multiply(cut, times)
      : this.op("Mul", [cut, this.weight(times, [out])]);
  }

  reshape(x: ValueName, ...shape: number[]): ValueName {
    return this.op("Reshape", [x, this.ints(...shape)]);
  }

  /**
   * Says a value's sides, those with names known only at run time. onnxruntime writes what is made of a value in its
   * place where it knows that both are as large, and of reshaped values it does not know it by itself. Names must be
   * the value's own: equal names are equal sizes.
   */
  sized(x: ValueName, ...shape: (number | string)[]): ValueName {
    this.#sized.set(x, { name: x, element: "float32", shape });
    return x;
  }

  transpose(x: ValueName, ...perm: number[]): ValueName {
    return this.op("Transpose", [x], { perm });
  }

  multiply(x: ValueName, factor: number): ValueName {
    return factor === 1 ? x : this.op("Mul", [x, this.float(factor)]);
  }

  /** cap · tanh(x / cap) */
  softcap(x: ValueName, cap: number): ValueName {
    return this.multiply(this.op("Tanh", [this.op("Div", [x, this.float(cap)])]), cap);
  }

  build(): BuiltGraph {
    this.#book.check();
    return {
      graph: {
        nodes: this.#nodes,
        initializers: [...this.#initializers.values()],
        inputs: [...this.#inputs.values()],
        between: [...this.#sized.values()].filter(({ name }) => !this.#elements.has(name)),
        outputs: [...this.#elements].map(([name, element]) => ({ name, element })),
      },
      outputs: this.#outputs,
      needs: this.#needs,
    };
  }
}
