// Arrays by name as layers and steps: attention_0, layers.3.self_attn.weights, layer0/attn, step_2_layer_5 ... Names that
// differ in one number are one array.

import type { FloatTensor } from "../tensor/index.ts";
import type { FoundArray } from "./found.ts";
import { withHeads } from "./heads.ts";
import { stitched } from "./nested.ts";

type Layers = Map<number, FloatTensor>;

/** Numbers in names from these on count no layers and no steps. */
const MOST_LAYERS = 1000;
const MOST_STEPS = 100_000;

/** step_2_layer_5, step_2.5 */
const STEP = /^(.*?)(?:^|[._/-])step[._/-]?(\d+)[._/-](?:layer[._/-]?)?(\d+)$/;
const LAST = /^(.*?)[._/-]?(\d+)$/;
const INSIDE = /^(.*?)[._/-]?(\d+)[._/-](.*)$/;

/** The arrays of a file, those of one kind gathered. */
export function grouped(single: ReadonlyMap<string, FloatTensor>): FoundArray[] {
  const all = withHeads(single);
  const groups = new Map<string, Layers>();
  const steps = new Map<string, Map<number, Layers>>();
  const alone: FoundArray[] = [];
  for (const [name, tensor] of all) {
    const step = stepIn(name);
    const layer = step ? null : layerIn(name);
    if (step) {
      const own = steps.get(step.group) ?? new Map<number, Layers>();
      steps.set(step.group, own);
      own.set(step.number, (own.get(step.number) ?? new Map()).set(step.layer, tensor));
    } else if (layer)
      groups.set(layer.group, (groups.get(layer.group) ?? new Map()).set(layer.number, tensor));
    else alone.push({ name, layers: [tensor], apart: false });
  }
  return [
    ...alone,
    ...[...groups].map(([name, layers]) => ofLayers(name || "attention", layers)),
    ...[...steps].map(([name, list]) => ofSteps(name || "attention", list)),
  ];
}

function stepIn(name: string) {
  const [, group = "", number, layer] = STEP.exec(name) ?? [];
  const fits = number !== undefined && Number(number) < MOST_STEPS && Number(layer) < MOST_LAYERS;
  return fits ? { group, number: Number(number), layer: Number(layer) } : null;
}

function layerIn(name: string): { readonly group: string; readonly number: number } | null {
  const [, start = "", digits = "", end = ""] = LAST.exec(name) ?? INSIDE.exec(name) ?? [];
  const number = digits === "" ? MOST_LAYERS : Number(digits);
  return number < MOST_LAYERS ? { group: end === "" ? start : `${start}.${end}`, number } : null;
}

/** np.savez names what has no name arr_0: alone, it may hold all layers. So does anything of five axes. */
function ofLayers(name: string, layers: Layers): FoundArray {
  const [only] = layers.values();
  if (layers.size === 1 && only && (name === "arr" || only.shape.length > 4))
    return { name, layers: [only], apart: false };
  return { name, layers: inOrder(layers), apart: true };
}

function ofSteps(name: string, steps: ReadonlyMap<number, Layers>): FoundArray {
  const all = [...steps].sort(([a], [b]) => a - b).map(([, layers]) => inOrder(layers));
  return { name, layers: stitched(all, name), apart: true };
}

/** Layers by number; missing ones are null. */
function inOrder(layers: Layers): (FloatTensor | null)[] {
  const last = Math.max(-1, ...layers.keys());
  return Array.from({ length: last + 1 }, (_, layer) => layers.get(layer) ?? null);
}
