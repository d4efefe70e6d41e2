// Heads that stand apart in a file, each a matrix of its own, put together by layer: layer_3_head_5, L3H5,
// attention.3.5, block_3_attn_head_5_softmax, layers.3.heads.5.weights, head_5.

import { type FloatTensor, floatTensor } from "../tensor/index.ts";
import { ImportError } from "./found.ts";

/** Longest name of an array; what tells layers and steps apart in it would take its square in steps. */
const LONGEST_NAME = 1000;
/** Numbers in names from these on count no layers and no heads. */
const MOST = 1000;

/** Names that count something else: steps of a generation, texts of a batch, weights of a model. */
const NO_HEADS = /(?:^|[._/-])step[._/-]?\d|batch|sample|example|item|sent|text|\.(?:weight|bias)$/i;
/** What stands before the number of a head; "h" alone only behind another number, as layers of GPT-2 are called h.0. */
const HEAD = /(?:^|[^a-z])heads?[._/ -]?$/i;
const H = /(?:^|[^a-z])h[._/ -]?$/i;
const LAYER = /(?:^|[^a-z])(?:l|layers?|blocks?|h)[._/ -]?$/i;

/** Names that differ in their numbers only. */
interface Alike {
  /** What stands before each number, and behind the last one. */
  readonly between: readonly string[];
  readonly members: {
    readonly name: string;
    readonly numbers: readonly number[];
    readonly tensor: FloatTensor;
  }[];
}

/** All arrays, those that are single heads put together by layer. */
export function withHeads(all: ReadonlyMap<string, FloatTensor>): ReadonlyMap<string, FloatTensor> {
  const out = new Map<string, FloatTensor>();
  const groups = new Map<string, Alike>();
  for (const [name, tensor] of all) {
    if (name.length > LONGEST_NAME)
      throw new ImportError(
        `The name of an array has ${name.length} characters; at most ${LONGEST_NAME} are read: ${name.slice(0, 40)}...`,
      );
    const numbers = [...name.matchAll(/\d+/g)].map(Number);
    if (
      tensor.shape.length !== 2 ||
      numbers.length === 0 ||
      NO_HEADS.test(name) ||
      numbers.some((n) => n >= MOST)
    )
      out.set(name, tensor);
    else {
      const between = name.split(/\d+/);
      const key = between.join("\0");
      const group = groups.get(key) ?? { between, members: [] };
      groups.set(key, group);
      group.members.push({ name, numbers, tensor });
    }
  }
  for (const group of groups.values()) {
    const places = placesOf(group);
    if (!places) for (const { name, tensor } of group.members) out.set(name, tensor);
    else for (const [name, tensor] of layersOf(group, places)) out.set(name, tensor);
  }
  return out;
}

interface Places {
  /** Which number is the layer's; null where one layer's heads stand alone. */
  readonly layer: number | null;
  readonly head: number;
}

/** Which numbers are those of layer and head; null where the arrays are no single heads. */
function placesOf({ between, members }: Alike): Places | null {
  const varying = between.slice(1).flatMap((_, at) => (valuesAt(members, at).size > 1 ? [at] : []));
  const named = between.findIndex((before, at) => HEAD.test(before) || (at > 0 && H.test(before)));
  if (named >= 0 && named < between.length - 1) {
    const others = varying.filter((at) => at !== named);
    const alone = between.slice(1).findIndex((_, at) => at !== named && LAYER.test(between[at]!));
    if (others.length > 1) return null;
    return { layer: others[0] ?? (alone < 0 ? null : alone), head: named };
  }
  if (varying.length !== 2) return null;
  const [layer, head] = varying as [number, number];
  const whole = valuesAt(members, layer).size * valuesAt(members, head).size === members.length;
  return whole ? { layer, head } : null;
}

function valuesAt(members: Alike["members"], at: number): Set<number> {
  return new Set(members.map(({ numbers }) => numbers[at]!));
}

/** Layers by name, [heads, rows, columns] each. */
function* layersOf({ between, members }: Alike, { layer, head }: Places): Generator<[string, FloatTensor]> {
  const layers = new Map<string, FloatTensor[]>();
  for (const { numbers, tensor } of members) {
    const name = between.map((text, at) => text + (at === layer ? numbers[at] : "")).join("");
    const heads = layers.get(name) ?? [];
    layers.set(name, heads);
    heads[numbers[head]!] = tensor;
  }
  for (const [name, heads] of layers) yield [tidy(name), stacked(tidy(name), Array.from(heads))];
}

/** A name without what stood before its head: "attention.3." is "attention.3", "L3H" is "L3". */
function tidy(name: string): string {
  const short = name.replace(/[._/ -]*(?:heads?|h)[._/ -]*$/i, "").replace(/[._/ -]+$/, "");
  if (short === "") return "attention";
  return /^(?:l|layers?|blocks?)?[._/ -]?\d+$/i.test(short) ? `attention.${/\d+/.exec(short)![0]}` : short;
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
