// Numbers as people have them, made into tensors: nested lists, typed arrays as rows, and the tensors of onnxruntime,
// transformers.js and other libraries, which hold a shape (or dims) and data.

import { type FloatTensor, floatTensor, halvesToFloats, sizeOf } from "../tensor/index.ts";
import { TraceError } from "./types.ts";

/** Numbers nested in lists; the innermost may be typed arrays. */
export type Nested = number | NumberArray | readonly Nested[];

type NumberArray = Float32Array | Float64Array | Uint8Array | Int32Array;

/** A tensor of another library: its sides under `dims` or `shape`, its numbers in one array, row by row. */
export interface ForeignTensor {
  readonly dims?: ArrayLike<number>;
  readonly shape?: ArrayLike<number>;
  readonly data: ArrayLike<number>;
  /** Half precision, as onnxruntime names it, in 16-bit integers. */
  readonly type?: string;
}

/** Numbers of one layer; null or undefined for a layer that was not recorded. */
export type Numbers = FloatTensor | ForeignTensor | readonly Nested[] | null | undefined;

/** The tensor of one layer; `where` names it in errors. */
export function tensorOf(numbers: NonNullable<Numbers>, where: string): FloatTensor {
  if (Array.isArray(numbers)) return fromNested(numbers as readonly Nested[], where);
  if (isTensorLike(numbers)) return fromForeign(numbers, where);
  throw new TraceError(`${where} is ${kindOf(numbers)}; ${WANTED}.`);
}

/** The layers of a list, or of one tensor whose first axis counts them. */
export function layersIn(given: readonly Numbers[] | ForeignTensor, where: string): readonly Numbers[] {
  if (Array.isArray(given)) return given as readonly Numbers[];
  if (!isTensorLike(given))
    throw new TraceError(`${where} is ${kindOf(given)}; expected a list with one entry per layer.`);
  const { shape, data } = fromForeign(given, where);
  const [count = 0, ...sides] = shape;
  if (sides.length < 3)
    throw new TraceError(`${where} is one tensor of the shape [${shape.join(", ")}]; ${LIST}.`);
  const size = sizeOf(sides);
  return Array.from({ length: count }, (_, i) => floatTensor(sides, data.subarray(i * size, (i + 1) * size)));
}

const WANTED = "expected nested lists of numbers, or a tensor with dims (or shape) and data";
const LIST = "expected a list with one entry per layer, or one tensor [layers, heads, queries, keys]";

/** Whether a value holds a shape and data, readable or not. */
export function isTensorLike(value: unknown): value is ForeignTensor {
  return typeof value === "object" && value !== null && ("dims" in value || "shape" in value);
}

function fromForeign(tensor: ForeignTensor, where: string): FloatTensor {
  const shape = Array.from(tensor.dims ?? tensor.shape ?? [], Number);
  if (!shape.every((side) => Number.isSafeInteger(side) && side >= 0))
    throw new TraceError(`${where} has the shape [${shape.join(", ")}]; expected whole numbers.`);
  if (isStrided(tensor, shape))
    throw new TraceError(`${where} is a view with strides of its own; copy it into one block first.`);
  const data = floatsOf(dataOf(tensor, where), tensor.type, where);
  if (data.length === sizeOf(shape)) return floatTensor(shape, data);
  throw new TraceError(`${where} has the shape [${shape.join(", ")}] but ${data.length} numbers.`);
}

/** The numbers of tensors on a graphics card, or of promises, have to be fetched first. */
function dataOf(tensor: ForeignTensor, where: string): ArrayLike<number> {
  try {
    const { data } = tensor;
    if (typeof data === "object" && data !== null && typeof data.length === "number") return data;
  } catch (error) {
    throw new TraceError(`${where} cannot be read: ${(error as Error).message}. ${FETCH}`, { cause: error });
  }
  throw new TraceError(`${where} has no data at hand. ${FETCH}`);
}

const FETCH =
  "Fetch its numbers first (onnxruntime: await tensor.getData(); TensorFlow.js: await tensor.data()) and pass {dims, data}.";

function floatsOf(data: ArrayLike<number>, type: string | undefined, where: string): Float32Array {
  if (data instanceof Float32Array) return data;
  if (data instanceof Uint16Array && type === "float16") return halvesToFloats(data);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array || data instanceof Uint16Array)
    throw new TraceError(`${where} holds ${data.constructor.name}; expected numbers, best a Float32Array.`);
  return Float32Array.from(data);
}

/** ndarray and its kin: a view whose strides are not those of its shape. */
function isStrided(tensor: object, shape: readonly number[]): boolean {
  const { stride, strides = stride } = tensor as { stride?: unknown; strides?: unknown };
  if (!Array.isArray(strides) || strides.length !== shape.length) return false;
  return strides.some((step, axis) => shape[axis]! > 1 && step !== sizeOf(shape.slice(axis + 1)));
}

function fromNested(nested: readonly Nested[], where: string): FloatTensor {
  const shape: number[] = [];
  for (let level: Nested | undefined = nested; isList(level); level = level[0]) shape.push(level.length);
  const data = new Float32Array(sizeOf(shape));
  let next = 0;
  const fill = (level: Nested, depth: number): void => {
    if (typeof level === "number" && depth === shape.length) data[next++] = level;
    else if (isList(level) && level.length === shape[depth]) for (const part of level) fill(part, depth + 1);
    else if (isList(level) || typeof level === "number")
      throw new TraceError(`${where} is ragged: its lists differ in length.`);
    else throw new TraceError(`${where} holds ${kindOf(level)} among its numbers; ${WANTED}.`);
  };
  fill(nested, 0);
  return floatTensor(shape, data);
}

function isList(value: unknown): value is readonly Nested[] | NumberArray {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

/** What a value is, for people. */
function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (ArrayBuffer.isView(value)) return `a flat ${value.constructor.name}`;
  if (typeof value !== "object") return `a ${typeof value}`;
  const name = (value as object).constructor?.name;
  return name && name !== "Object"
    ? `a ${name}`
    : `an object with ${Object.keys(value).slice(0, 5).join(", ") || "no keys"}`;
}
