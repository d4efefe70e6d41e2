// Edit points: tensors of which single numbers can be changed by what is fed. What all points of a graph are fed comes
// packed, as one input of each kind, and is handed out inside: three inputs a point are 288 in GPT-2 small's shape, and
// took longer to feed than the points took to run. ScatterND would need no flat tensor, but does not write in place.

import type { GraphBuilder, ValueName } from "./builder.ts";
import type { PointPart } from "./needs.ts";
import type { Element } from "./onnx.ts";

export class EditPoints {
  readonly #g: GraphBuilder;
  readonly #names: string[] = [];

  constructor(g: GraphBuilder) {
    this.#g = g;
  }

  /**
   * The k numbers that are fed by their flat indices become number · factor + summand, in the tensor's own memory: where
   * k is 0 nothing is computed or copied, so that a neutral point changes no bit and takes next to no time. Returns the
   * tensor as one row.
   */
  edit(name: string, value: ValueName): ValueName {
    this.#names.push(name);
    const change = (x: ValueName, by: PointPart, reduction: "mul" | "add") =>
      this.#g.op("ScatterElements", [x, `${name}.places`, `${name}.${by}`], { reduction });
    const flat = this.#g.sized(this.#g.reshape(value, -1), `${name}.size`);
    return change(change(flat, "factor", "mul"), "summand", "add");
  }

  /** Declares the packed inputs, and hands them out to the points that were made. */
  declare(): void {
    const names = this.#names;
    if (names.length === 0) return;
    const input = (part: PointPart, element: Element, side: string | number) =>
      this.#g.input(`points.${part}`, element, [side], { kind: "points", part, names });
    const counts = input("counts", "int64", names.length);
    for (const [part, element] of Object.entries(PACKED) as [PointPart, Element][]) {
      const parts = names.map((name) => `${name}.${part}`);
      this.#g.part(input(part, element, "points.k"), counts, parts);
    }
  }
}

const PACKED = { places: "int32", factor: "float32", summand: "float32" } as const;
