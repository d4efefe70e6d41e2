// Arrays by name as layers and steps: attention_0, layers.3.self_attn.weights, layer0/attn, step_2_layer_5 ... Names that
// differ in one number are one array.

import { type FloatTensor, floatTensor } from "../tensor/index.ts";
import { type FoundArray, ImportError } from "./found.ts";
import { stitched } from "./nested.ts";

type Layers = Map<number, FloatTensor>;

/** Longest name of an array; what tells layers and steps apart in it would take its square in steps. */
const LONGEST_NAME = 1000;
/** Numbers in names from these on count no layers and no steps. */
const MOST_LAYERS = 1000;
const MOST_STEPS = 100_000;

const STEP = /^(.*?)(?:^|[._/-])step[._/-]?(\d+)[._/-](?:layer[._/-]?)?(\d+)$/;
const LAST = /^(.*?)[._/-]?(\d+)$/;
const INSIDE = /^(.*?)[._/-]?(\d+)[._/-](.*)$/;

/** layer_3_head_5, L3H5 */
const HEAD = /^(.*?)l(?:ayer)?[._-]?(\d+)[._/-]?h(?:ead)?[._-]?(\d+)$/i;

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

/** Heads that stand apart put together by layer. */
function withHeads(all: ReadonlyMap<string, FloatTensor>): ReadonlyMap<string, FloatTensor> {
  const out = new Map<string, FloatTensor>();
  const layers = new Map<string, FloatTensor[]>();
  for (const [name, tensor] of all) {
    if (name.length > LONGEST_NAME)
      throw new ImportError(
        `The name of an array has ${name.length} characters; at most ${LONGEST_NAME} are read: ${name.slice(0, 40)}...`,
      );
    const [, start = "", layer, head] = HEAD.exec(name) ?? [];
    if (head === undefined || Number(head) >= MOST_LAYERS || tensor.shape.length !== 2) out.set(name, tensor);
    else {
      const key = `${start || "attention."}${layer}`;
      const heads = layers.get(key) ?? [];
      layers.set(key, heads);
      heads[Number(head)] = tensor;
    }
  }
  for (const [name, heads] of layers) out.set(name, stacked(name, Array.from(heads)));
  return out;
}

/** Heads as one tensor, [heads, rows, columns]. */
function stacked(name: string, heads: readonly (FloatTensor | undefined)[]): FloatTensor {
  const [first] = heads;
  const missing = heads.findIndex((head) => head?.data.length !== first?.data.length || !head);
  if (!first || missing >= 0)
    throw new ImportError(
      `${name}: head ${Math.max(0, missing)} is not there, or not of the shape of head 0. Heads that stand apart must all be there.`,
    );
  const data = new Float32Array(heads.length * first.data.length);
  for (const [i, head] of heads.entries()) data.set(head!.data, i * first.data.length);
  return floatTensor([heads.length, ...first.shape], data);
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
