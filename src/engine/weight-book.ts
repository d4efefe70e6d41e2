// Finds tensors by the names a family uses, whatever prefix or older spelling the file has,
// and checks their shapes. Everything missing is collected, so that one error names all of it.

import { CheckpointError, quantisedSign, type WeightEntry, type Weights } from "../checkpoint/index.ts";
import { BYTES, type DType, sizeOf } from "../tensor/index.ts";
import type { Linear } from "./description.ts";
import type { Element, Range } from "./graph/onnx.ts";

const ELEMENTS: Partial<Record<DType, Element>> = {
  F32: "float32",
  F16: "float16",
  BF16: "bfloat16",
  F64: "float64",
};

/** Buffers that older checkpoints hold beside their weights. */
const COMPUTED =
  /(\.attn|\.attention|\.attn\.attention)\.(masked_)?bias$|rotary_emb\.|\.position_ids$|relative_position_index$/;

/** How TensorFlow's BERT named the parts of a norm. */
function older(name: string): string {
  return name.replace(/LayerNorm\.weight$/, "LayerNorm.gamma").replace(/LayerNorm\.bias$/, "LayerNorm.beta");
}

export class WeightBook {
  readonly #weights: Weights;
  readonly #prefixes: readonly string[];
  readonly #asked = new Set<string>();
  readonly #problems = new Map<string, string>();
  readonly #used = new Set<string>();

  /** `prefixes`: what names may begin with or leave out, e.g. "transformer.". */
  constructor(weights: Weights, prefixes: readonly string[]) {
    this.#weights = weights;
    this.#prefixes = prefixes;
  }

  /** True if the checkpoint has this tensor under any spelling. */
  has(name: string): boolean {
    return this.#find(name) !== undefined;
  }

  /** Shape of a stored tensor, or undefined. */
  shape(name: string): readonly number[] | undefined {
    return this.#find(name)?.shape;
  }

  /** The first of several names that the checkpoint has; the first of all if it has none. */
  first(...names: string[]): string {
    return names.find((name) => this.has(name)) ?? names[0]!;
  }

  /** Place and element type of a tensor of this shape, or of `rows` of one with more rows. */
  place(name: string, shape: readonly number[], rows?: Linear["rows"]): Range & { element: Element } {
    this.#asked.add(name);
    const stored = rows ? [rows.of, ...shape.slice(1)] : shape;
    const [entry, twin] = this.#all(name);
    if (twin) return this.#problem(name, `${name} is there twice, under its older name as well`);
    if (!entry) return this.#problem(name, `${name} is missing (expected [${stored.join(", ")}])`);
    if (entry.shape.join() !== stored.join()) {
      return this.#problem(
        name,
        `${name} has the shape [${entry.shape.join(", ")}], expected [${stored.join(", ")}]`,
      );
    }
    const dtype = entry.dtype as DType;
    const element = ELEMENTS[dtype];
    if (!element) return this.#problem(name, `${name} is stored as ${dtype}, expected F32, F16 or BF16`);
    const rowBytes = sizeOf(shape.slice(1)) * BYTES[dtype];
    const start = entry.start + (rows?.from ?? 0) * rowBytes;
    return { file: entry.file, element, start, end: start + sizeOf(shape) * BYTES[dtype] };
  }

  /** Throws a CheckpointError (code "missing-tensors") that names what is missing or misshapen. */
  check(): void {
    if (this.#problems.size === 0) return;
    const found = this.#asked.size - this.#problems.size;
    const sign = quantisedSign(this.#weights);
    if (sign !== undefined)
      throw new CheckpointError(
        `The weights are quantised, as ${sign} shows; headscope does not read such weights. Save the model in float16 or float32.`,
        { code: "quantised", data: { sign } },
      );
    const list = [...this.#problems.values()];
    const shown = list.slice(0, 5).join("; ") + (list.length > 5 ? `; and ${list.length - 5} more` : "");
    throw new CheckpointError(
      `${found} of the ${this.#asked.size} tensors that config.json asks for were found: ${shown}. ` +
        "Do config.json and the weights belong together?",
      {
        code: "missing-tensors",
        data: { found, asked: this.#asked.size, lacking: [...this.#problems.keys()] },
      },
    );
  }

  #problem(name: string, message: string): Range & { element: Element } {
    this.#problems.set(name, message);
    return { file: "", start: 0, end: 0, element: "float32" };
  }

  /** Tensors of layers (with a number in their names) that no graph asked for, but for masks and tables that are computed. */
  unused(): string[] {
    const names = [...this.#weights.keys()].filter((name) => !this.#used.has(name));
    return names.filter((name) => /(^|\.)\d+\./.test(name) && !COMPUTED.test(name));
  }

  #find(name: string): WeightEntry | undefined {
    for (const spelled of this.#spellings(name)) {
      const entry = this.#weights.get(spelled);
      if (entry) return entry;
    }
    return undefined;
  }

  /** The entry of a name that a graph reads, and a second one where both spellings of a norm are in the file. */
  #all(name: string): WeightEntry[] {
    for (const base of this.#bases(name)) {
      const spelled = [...new Set([base, older(base)])].filter((one) => this.#weights.has(one));
      if (spelled.length === 0) continue;
      for (const one of spelled) this.#used.add(one);
      return spelled.map((one) => this.#weights.get(one)!);
    }
    return [];
  }

  *#spellings(name: string): Generator<string> {
    for (const base of this.#bases(name)) {
      yield base;
      yield older(base);
    }
  }

  /** The name itself, without its prefix, and with each other prefix. */
  *#bases(name: string): Generator<string> {
    yield name;
    const own = this.#prefixes.find((prefix) => name.startsWith(prefix)) ?? "";
    const bare = name.slice(own.length);
    if (own) yield bare;
    for (const prefix of this.#prefixes) if (prefix !== own) yield prefix + bare;
  }
}
