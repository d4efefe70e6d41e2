// A named array: the one container in which numbers travel through headscope.
// Row-major, no strides, no views; shapes are checked where a tensor is made.

/** Storage types that headscope reads and writes, named as safetensors names them. */
export type DType = "F64" | "F32" | "F16" | "BF16" | "I64" | "I32" | "I16" | "I8" | "U16" | "U8" | "BOOL";

export type TensorData =
  | Float64Array
  | Float32Array
  | Uint16Array
  | BigInt64Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint8Array;

/** A dense row-major array. F16 and BF16 keep their raw bits in a Uint16Array. */
export interface Tensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** A float32 tensor: what engine, trace and views compute with. */
export interface FloatTensor extends Tensor {
  readonly dtype: "F32";
  readonly data: Float32Array;
}

/** Bytes of one element. */
export const BYTES: Readonly<Record<DType, number>> = {
  F64: 8,
  I64: 8,
  F32: 4,
  I32: 4,
  F16: 2,
  BF16: 2,
  I16: 2,
  U16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
};

/** Number of elements of a shape; 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

/** A float32 tensor over `data`, which must hold exactly the elements of `shape`. */
export function floatTensor(shape: readonly number[], data: Float32Array): FloatTensor {
  if (data.length !== sizeOf(shape)) {
    throw new RangeError(`${data.length} values do not fill the shape [${shape.join(", ")}]`);
  }
  return { dtype: "F32", shape: [...shape], data };
}

/** The sub-tensor at position `index` of the first axis, sharing memory. */
export function at(tensor: FloatTensor, index: number): FloatTensor {
  const [count = 0, ...rest] = tensor.shape;
  if (index < 0 || index >= count) throw new RangeError(`index ${index} is outside 0 to ${count - 1}`);
  const step = sizeOf(rest);
  return { dtype: "F32", shape: rest, data: tensor.data.subarray(index * step, (index + 1) * step) };
}
