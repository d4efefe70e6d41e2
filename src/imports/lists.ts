// Lists of numbers in JSON by name, as layers, steps of layers, or one tensor.

import type { FoundArray } from "./found.ts";
import { depthOf, isSteps, type Json, layersOf, stitched, tensorOf } from "./nested.ts";

/** One list of numbers by name: layers, steps of layers, or one tensor. */
export function arrayOf(name: string, value: readonly Json[]): FoundArray[] {
  if (value.every((entry) => entry === null)) return [{ name, layers: value.map(() => null), apart: true }];
  const depth = depthOf(value);
  if (isSteps(value)) {
    const steps = value.map((step, i) => layersOf(step, `${name}[${i}]`));
    return [{ name, layers: stitched(steps, name), apart: true }];
  }
  const holes = value.some((entry) => entry === null);
  if (!holes && depth <= 3) return [{ name, layers: [tensorOf(value, name)], apart: false }];
  return [{ name, layers: layersOf(value, name), apart: true }];
}
