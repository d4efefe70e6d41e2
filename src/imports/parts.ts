// The arrays of a file as attention or vectors of blocks, layer by layer, whatever axes the file has.

import { type FloatTensor, floatTensor } from "../tensor/index.ts";
import type { BlockName } from "../trace/index.ts";
import { type Found, type FoundArray, ImportError, shapeText } from "./found.ts";
import type { Reading, Role } from "./reading.ts";
import { sameWords } from "./words-in-json.ts";

const NAMES: readonly (readonly [RegExp, BlockName])[] = [
  [/cross|dec.*enc.*att/i, "cross"],
  [/enc/i, "encoder"],
  [/dec/i, "decoder"],
  [/./, "self"],
];
/** What stands beside attention and is none: masks, ids, scores before softmax, vectors, outputs. */
const OTHERS =
  /mask|ids?$|position|type|scores?$|logits?$|_proj$|norm|bias$|hook_(?!pattern|attn$)|out(puts?)?$/i;
/** What explains a prediction in another way, even where it stands alone. */
const EXPLANATIONS = /attribut|salien|grad|relevance|importance/i;
/** Attention by its name. */
const ATTENTION = /attn|atten|pattern|probs|(^|[._ ])att$|weights?$/i;
/** What is called attention and may be taken for it where nothing better is there: people call weights scores, too. */
const PERHAPS = /att.*scores?$/i;
/** Words of a target, of a source, and of neither. */
const TARGET = /(?:^|[^a-z])dec|target|tgt|output|hyp|left|transl/i;
const SOURCE = /(?:^|[^a-z])enc|source|src|input|right/i;
const NO_SIDE = new RegExp(`^(?!.*(?:${TARGET.source}|${SOURCE.source}))`, "i");
/** Weights of a model, where they have two axes or one. */
const WEIGHTS = /\.(weight|bias)$/;

/** An array that is used. */
export interface Part {
  readonly array: FoundArray;
  readonly role: Exclude<Role, null>;
  /** Each [items, heads, rows, columns]. */
  readonly layers: readonly (FloatTensor | null)[];
  readonly items: number;
}

/** The arrays that are used. */
export function partsOf(found: Found, reading: Reading): Part[] {
  const roles = guessedRoles(found);
  return found.arrays.flatMap((array, i) => {
    const role = reading.arrays?.[array.name] === undefined ? roles[i]! : reading.arrays[array.name]!;
    if (role === null) return [];
    const layers = layersOf(array);
    return [{ array, role, layers, items: Math.max(1, ...layers.map((layer) => layer?.shape[0] ?? 1)) }];
  });
}

/** What each array is taken for. */
function guessedRoles(found: Found): Role[] {
  const roles = found.arrays.map((array) => guessed(array, found));
  if (roles.some((role) => role !== null && !role.includes("."))) return roles;
  const perhaps = found.arrays.filter(({ name }) => PERHAPS.test(name));
  return roles.map((role, i) =>
    perhaps.length === 1 && found.arrays[i] === perhaps[0] ? blockOf(perhaps[0]!, found) : role,
  );
}

/** The block that an array of attention belongs to: by its name, or where rows and columns have words of their own. */
function blockOf(array: FoundArray, found: Found): BlockName {
  const named = NAMES.find(([pattern]) => pattern.test(array.name))![1];
  return named === "self" && isBetween(array, found) ? "cross" : named;
}

/** True where rows fit the words of a target and columns those of a source, and no list of words fits both. */
function isBetween(array: FoundArray, { words }: Found): boolean {
  const [rows, columns] = array.layers.find(Boolean)?.shape.slice(-2) ?? [];
  const called = (count: number | undefined, pattern: RegExp) =>
    words.find(({ name, words: list }) => list.length === count && pattern.test(name))?.words;
  const [target, source] = [called(rows, TARGET), called(columns, SOURCE)];
  if (!target || !source) return false;
  return rows !== columns || !(sameWords(target, source) || called(rows, NO_SIDE));
}

function guessed(array: FoundArray, found: Found): Role {
  const { name } = array;
  const last = name.split(/[. ]/).at(-1)!;
  const block = blockOf(array, found);
  if (/^(q|quer(y|ies))$/i.test(last)) return `${block}.q`;
  if (/^(k|keys?)$/i.test(last)) return `${block}.k`;
  if (/^(v|values?)$/i.test(last)) return `${block}.v`;
  const shape = array.layers.find(Boolean)?.shape;
  if (EXPLANATIONS.test(name)) return null;
  if (found.arrays.length > 1 && (OTHERS.test(name) || (WEIGHTS.test(name) && (shape?.length ?? 0) < 3)))
    return null;
  if (ATTENTION.test(name)) return shape || array.layers.length > 0 ? block : null;
  return found.arrays.length === 1 && shape && shape.length >= 2 ? block : null;
}

/** Layers of [items, heads, rows, columns], whatever axes the file has. */
function layersOf(array: FoundArray): (FloatTensor | null)[] {
  if (array.apart) return array.layers.map((layer) => layer && fourAxes(layer, array.name));
  const [whole] = array.layers;
  if (!whole) return [];
  const { shape } = whole;
  if (shape.length < 4) return [fourAxes(whole, array.name)];
  if (shape.length > 5)
    throw new ImportError(
      `${array.name} is ${shapeText(shape)}; at most five axes are read: layers, batch, heads, rows, columns.`,
    );
  const size = whole.data.length / shape[0]!;
  const layers = Array.from({ length: shape[0]! }, (_, i) =>
    floatTensor(shape.slice(1), whole.data.subarray(i * size, (i + 1) * size)),
  );
  return layers.map((layer) => fourAxes(layer, array.name));
}

function fourAxes(tensor: FloatTensor, name: string): FloatTensor {
  const { shape } = tensor;
  if (shape.length >= 2 && shape.length <= 4)
    return floatTensor([...new Array<number>(4 - shape.length).fill(1), ...shape], tensor.data);
  throw new ImportError(
    `${name} has a layer of ${shapeText(shape)}; expected heads, rows, columns, with or without a batch in front.`,
  );
}

/** One text of a batch, [heads, rows, columns]. */
export function oneItem(layer: FloatTensor, item: number): FloatTensor {
  const [items = 1, ...rest] = layer.shape;
  if (items === 1) return floatTensor(rest, layer.data);
  if (item >= items) throw new ImportError(`Text ${item} was asked for; the batch holds 0 to ${items - 1}.`);
  const size = layer.data.length / items;
  return floatTensor(rest, layer.data.subarray(item * size, (item + 1) * size));
}

/** The shape of an array for people. */
export function arrayShape({ layers, apart }: FoundArray): string {
  const shape = layers.find(Boolean)?.shape ?? [];
  if (layers.every((layer) => layer === null)) return `${layers.length} layers, all None`;
  return apart ? `${layers.length} × (${shapeText(shape)})` : shapeText(shape);
}

export function batchNote({ array, items }: Part): string[] {
  return items > 1 ? [`${array.name} holds a batch of ${items}.`] : [];
}

/** Most arrays that are named in a sentence. */
const LISTED = 8;

/** What to say where two arrays are taken for the same; "" where that is not so. */
export function doubledArrays(parts: readonly Part[]): string {
  for (const { role } of parts) {
    const same = parts.filter((part) => part.role === role);
    if (same.length > 1) {
      const names = same.map(({ array }) => `${array.name} (${arrayShape(array)})`).join(" and ");
      return `${names} are both taken for "${role}". Say which one it is.`;
    }
  }
  return "";
}

/** What to say where no array is attention. */
export function missingArrays(found: Found): string {
  if (found.arrays.some(({ layers }) => layers.length > 0 && layers.every((layer) => layer === null))) {
    return 'Attention is None in every layer: load the model with attn_implementation="eager" and ask for output_attentions=True.';
  }
  const all = found.arrays.map((array) => `${array.name} (${arrayShape(array)})`);
  const listed = [
    ...all.slice(0, LISTED),
    ...(all.length > LISTED ? [`and ${all.length - LISTED} more`] : []),
  ].join(", ");
  if (found.arrays.filter(({ name }) => WEIGHTS.test(name)).length > all.length / 2)
    return `These are the weights of a model, not what it attended to: open its folder as a model. There are: ${listed}.`;
  return listed === ""
    ? [
        "The file holds no array of numbers; attention is expected, [layers, heads, rows, columns].",
        ...found.notes,
      ].join(" ")
    : `None of the arrays is called attention. Which one is it? There are: ${listed}.`;
}
