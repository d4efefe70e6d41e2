// The safetensors format: an 8-byte header length, a JSON header, one byte buffer.
// Headers come from strangers: every length, offset and shape is checked before anything is allocated.
// Format: https://huggingface.co/docs/safetensors

import { joinBytes } from "./bytes.ts";
import { bfloatsToFloats, halvesToFloats } from "./half.ts";
import { countKeys, scanHeader } from "./header-scan.ts";
import { SafetensorsError } from "./safetensors-error.ts";
import {
  BYTES,
  type DType,
  type FloatTensor,
  floatTensor,
  sizeOf,
  type Tensor,
  type TensorData,
} from "./tensor.ts";

/** Where one tensor lies in its file; `start` and `end` count bytes from the start of the file. */
export interface TensorEntry {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

/** Number formats of safetensors that headscope does not read, and bits of one element. */
const OTHER_BITS = {
  C64: 64,
  U64: 64,
  U32: 32,
  F8_E4M3: 8,
  F8_E5M2: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  F6_E2M3: 6,
  F6_E3M2: 6,
  F4: 4,
} as const;

/** A tensor that the file holds in a number format that is not read. */
export type OtherEntry = Omit<TensorEntry, "dtype"> & { readonly dtype: keyof typeof OTHER_BITS };

/** The parsed header of a safetensors file. */
export interface SafetensorsHeader {
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  /** Tensors whose numbers cannot be read; most files have none. */
  readonly others: ReadonlyMap<string, OtherEntry>;
  readonly metadata: Readonly<Record<string, string>>;
  /** Byte position of the data buffer. */
  readonly dataStart: number;
}

/** Largest header accepted, in bytes; the reference implementation has the same bound (100 MB). */
export const MAX_HEADER = 100_000_000;
const MAX_RANK = 16;

/** Length of the JSON header, from the first 8 bytes of a file of `fileSize` bytes. */
export function headerLength(prefix: Uint8Array, fileSize: number): number {
  if (prefix.length < 8) {
    throw new SafetensorsError(`The file has ${prefix.length} bytes; a safetensors file has at least 8.`, {
      code: "cut-short",
      data: { needed: 8, found: prefix.length },
    });
  }
  const length = new DataView(prefix.buffer, prefix.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER)) {
    throw new SafetensorsError(
      `The header claims ${length} bytes; at most ${MAX_HEADER} are accepted. Is this a safetensors file?`,
    );
  }
  if (8 + Number(length) > fileSize) {
    throw new SafetensorsError(
      `The header claims ${length} bytes, but the file has ${fileSize} in all. It is cut short, or not a safetensors file.`,
      { code: "cut-short", data: { needed: 8 + Number(length), found: fileSize } },
    );
  }
  return Number(length);
}

/** Parse and check the JSON header (the bytes after the first 8) of a file of `fileSize` bytes. */
export function parseHeader(json: Uint8Array, fileSize: number): SafetensorsHeader {
  const dataStart = 8 + json.length;
  const raw = parseObject(json);
  const tensors = new Map<string, TensorEntry>();
  const others = new Map<string, OtherEntry>();
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(raw)) {
    checkText(name);
    if (name === "__metadata__") metadata = checkMetadata(value);
    else {
      const entry = checkEntry(name, value, dataStart);
      if (isReadable(entry)) tensors.set(name, entry);
      else others.set(name, entry);
    }
  }
  checkLayout(new Map<string, TensorEntry | OtherEntry>([...tensors, ...others]), dataStart, fileSize);
  return { tensors, others, metadata, dataStart };
}

/** Parse a whole file held in memory, every tensor of which is meant to be read. */
export function parseSafetensors(file: Uint8Array): SafetensorsHeader {
  const length = headerLength(file.subarray(0, 8), file.length);
  const header = parseHeader(file.subarray(8, 8 + length), file.length);
  for (const [name, { dtype }] of header.others) throw new SafetensorsError(unreadable(name, dtype));
  return header;
}

function isReadable(entry: TensorEntry | OtherEntry): entry is TensorEntry {
  return Object.hasOwn(BYTES, entry.dtype);
}

function unreadable(name: string, dtype: unknown): string {
  const format = typeof dtype === "string" ? dtype.slice(0, 20) : typeof dtype;
  return `${name} has the number format ${format}; headscope reads ${Object.keys(BYTES).join(", ")}.`;
}

function parseObject(json: Uint8Array): Record<string, unknown> {
  const keys = scanHeader(json);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(json));
  } catch (error) {
    throw new SafetensorsError(`The header is not valid JSON: ${(error as Error).message}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SafetensorsError("The header is not a JSON object.");
  }
  if (countKeys(value) !== keys) throw new SafetensorsError("The header has the same name or field twice.");
  return value as Record<string, unknown>;
}

function checkMetadata(value: unknown): Record<string, string> {
  const named = typeof value === "object" && value !== null && !Array.isArray(value);
  const ok = named && Object.values(value).every((v) => typeof v === "string");
  if (!ok) throw new SafetensorsError("__metadata__ must map names to strings.");
  for (const text of Object.entries(value).flat()) checkText(text);
  return value as Record<string, string>;
}

/** Half a pair of UTF-16, which JSON can spell, is no text. */
function checkText(text: string): void {
  if (/\p{Cs}/u.test(text))
    throw new SafetensorsError("The header has a text with half a character (a lone surrogate).");
}

function checkEntry(name: string, value: unknown, dataStart: number): TensorEntry | OtherEntry {
  const entry = (value ?? {}) as { dtype?: unknown; shape?: unknown; data_offsets?: unknown };
  const { dtype, shape, data_offsets: offsets } = entry;
  if (!isFormat(dtype)) throw new SafetensorsError(unreadable(name, dtype));
  if (!isCounts(shape) || shape.length > MAX_RANK) throw new SafetensorsError(`${name} has no valid shape.`);
  if (!isCounts(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!) {
    throw new SafetensorsError(`${name} has no valid data_offsets.`);
  }
  const bytes = bytesOf(dtype, sizeOf(shape));
  if (!Number.isSafeInteger(bytes) || bytes !== offsets[1]! - offsets[0]!) {
    throw new SafetensorsError(
      `${name} of shape [${shape.join(", ")}] in ${dtype} needs ${bytes} bytes, but the header gives it ${offsets[1]! - offsets[0]!}.`,
    );
  }
  return { dtype, shape, start: dataStart + offsets[0]!, end: dataStart + offsets[1]! } as
    | TensorEntry
    | OtherEntry;
}

function isFormat(dtype: unknown): dtype is DType | OtherEntry["dtype"] {
  return typeof dtype === "string" && (Object.hasOwn(BYTES, dtype) || Object.hasOwn(OTHER_BITS, dtype));
}

/** Not a whole number where elements of less than a byte do not fill the last one, which the format forbids. */
function bytesOf(dtype: DType | OtherEntry["dtype"], elements: number): number {
  return dtype in OTHER_BITS
    ? (elements * OTHER_BITS[dtype as OtherEntry["dtype"]]) / 8
    : elements * BYTES[dtype as DType];
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

/** Entries must fill the buffer without holes or overlaps, as the format demands. */
function checkLayout(
  tensors: ReadonlyMap<string, TensorEntry | OtherEntry>,
  dataStart: number,
  fileSize: number,
): void {
  const order = [...tensors].sort((a, b) => a[1].start - b[1].start || a[1].end - b[1].end);
  let end = dataStart;
  let last = "the header";
  for (const [name, entry] of order) {
    if (entry.start < end) throw new SafetensorsError(`${name} overlaps ${last}.`);
    if (entry.start > end)
      throw new SafetensorsError(`There is a hole of ${entry.start - end} bytes before ${name}.`);
    end = entry.end;
    last = name;
  }
  if (end > fileSize) throw cutShort(order, end, fileSize);
  if (end < fileSize) throw new SafetensorsError(`${fileSize - end} bytes follow the last tensor, ${last}.`);
}

function cutShort(
  order: [string, TensorEntry | OtherEntry][],
  needed: number,
  found: number,
): SafetensorsError {
  const last = order.filter(([, entry]) => entry.end <= found).at(-1)?.[0] ?? null;
  const complete = last === null ? "No tensor is complete." : `The last complete tensor is ${last}.`;
  return new SafetensorsError(
    `The header lists ${order.length} tensors and needs ${needed} bytes, but the file has ${found}. ${complete}`,
    { code: "cut-short", data: { needed, found, tensors: order.length, last } },
  );
}

/** Decode the bytes of one entry; copies, so that alignment does not matter (slice() of a Node Buffer would not). */
export function decodeTensor(entry: Pick<TensorEntry, "dtype" | "shape">, bytes: Uint8Array): Tensor {
  if (bytes.length !== sizeOf(entry.shape) * BYTES[entry.dtype]) {
    throw new SafetensorsError(
      `${bytes.length} bytes do not fill [${entry.shape.join(", ")}] in ${entry.dtype}.`,
    );
  }
  const { buffer } = new Uint8Array(bytes);
  return { dtype: entry.dtype, shape: entry.shape, data: new ARRAYS[entry.dtype](buffer) as TensorData };
}

/** The tensor of one entry inside `file`, sharing its memory where the entry is aligned to its elements, else a copy. */
export function viewTensor(entry: TensorEntry, file: Uint8Array): Tensor {
  const { dtype, shape, start, end } = entry;
  const at = file.byteOffset + start;
  if (at % BYTES[dtype] !== 0) return decodeTensor(entry, file.subarray(start, end));
  return {
    dtype,
    shape,
    data: new ARRAYS[dtype](file.buffer as ArrayBuffer, at, sizeOf(shape)) as TensorData,
  };
}

const ARRAYS = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I64: BigInt64Array,
  I32: Int32Array,
  I16: Int16Array,
  I8: Int8Array,
  U16: Uint16Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
} as const;

/** A float32 copy of a floating-point tensor. */
export function toFloat(tensor: Tensor): FloatTensor {
  const { dtype, data, shape } = tensor;
  if (dtype === "F32") return tensor as FloatTensor;
  if (dtype === "F16") return floatTensor(shape, halvesToFloats(data as Uint16Array));
  if (dtype === "BF16") return floatTensor(shape, bfloatsToFloats(data as Uint16Array));
  if (dtype === "F64") return floatTensor(shape, Float32Array.from(data as Float64Array));
  throw new SafetensorsError(`A tensor of ${dtype} is not floating point.`);
}

/** Write tensors and metadata as one safetensors file; tensors keep the order of the map. */
export function writeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  return joinBytes(safetensorsParts(tensors, metadata));
}

/** The same file in pieces: its header, then the bytes of each tensor as they lie in memory, not copied. */
export function safetensorsParts(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array[] {
  const header: Record<string, unknown> = Object.create(null);
  if (Object.keys(metadata).length) header.__metadata__ = metadata;
  let size = 0;
  for (const [name, { dtype, shape, data }] of tensors) {
    header[name] = { dtype, shape, data_offsets: [size, size + data.byteLength] };
    size += data.byteLength;
  }
  const json = padded(new TextEncoder().encode(JSON.stringify(header)));
  const start = new Uint8Array(8 + json.length);
  new DataView(start.buffer).setBigUint64(0, BigInt(json.length), true);
  start.set(json, 8);
  const bytes = [...tensors.values()].map(
    ({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  );
  return [start, ...bytes];
}

/** Spaces at the end bring the buffer to a multiple of 8 bytes, as the reference writer does. */
function padded(json: Uint8Array): Uint8Array {
  const out = new Uint8Array(Math.ceil(json.length / 8) * 8).fill(0x20);
  out.set(json);
  return out;
}
