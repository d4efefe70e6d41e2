// NumPy's files: .npy (one array; format versions 1 to 3) and .npz (a zip of them).
// Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html

import { unzipSync } from "fflate";
import { type FloatTensor, floatTensor, halvesToFloats, sizeOf } from "../tensor/index.ts";
import { ImportError } from "./found.ts";
import { strangeArchive } from "./strangers.ts";

const MAGIC = "\u0093NUMPY";
/** Most numbers of one array, and most bytes of an unpacked archive. */
const MOST = 2 ** 28;
const MOST_BYTES = 2 ** 31;
/** Most bytes that one byte of deflate can stand for. */
export const RATIO = 1032;

/** An array of numbers, or a list of strings. */
export type NumpyArray = FloatTensor | readonly string[];

/** The array of a .npy file. */
export function readNpy(bytes: Uint8Array, name = "array"): NumpyArray {
  const { shape, descr, fortran, start } = header(bytes, name);
  const count = sizeOf(shape);
  if (!(count <= MOST)) throw new ImportError(`${name} has ${count} numbers; at most ${MOST} are read.`);
  const kind = descr.slice(1);
  const size = Number(kind.slice(1)) * (kind.startsWith("U") ? 4 : 1);
  if (/^[US]/.test(kind) && !(size >= 1))
    throw new ImportError(`${name} has values of the type ${descr}, whose size is unknown.`);
  const need = start + count * size;
  if (bytes.length < need) {
    throw new ImportError(
      `${name} is cut short: its header lists ${shape.join(" × ")} values of ${size} bytes, ${need} in all, and the file has ${bytes.length}.`,
    );
  }
  const data = bytes.slice(start, need);
  if (descr.startsWith(">")) swap(data, kind.startsWith("U") ? 4 : size);
  if (kind.startsWith("U")) return strings(data, count, size / 4);
  if (kind.startsWith("S")) return byteStrings(data, count, size);
  const numbers = floatsOf(kind, data.buffer, descr, name);
  return floatTensor(shape, fortran ? rowMajor(numbers, shape) : numbers);
}

/** The arrays of a .npz file by name. */
export function readNpz(bytes: Uint8Array): Map<string, NumpyArray> {
  let total = 0;
  const seen: string[] = [];
  const files = unzip(bytes, (name, packed, size) => {
    seen.push(name);
    if (!name.endsWith(".npy")) return;
    total += size;
    if (size > packed * RATIO)
      throw new ImportError(
        `This .npz file is damaged: ${size} bytes of ${name.slice(0, 100)} cannot come of ${packed}.`,
      );
    if (total > MOST_BYTES)
      throw new ImportError(`This archive unpacks to more than ${MOST_BYTES} bytes, the most that is read.`);
  });
  if (Object.keys(files).length === 0) throw new ImportError(strangeArchive(seen));
  const out = new Map<string, NumpyArray>();
  for (const [path, data] of Object.entries(files)) {
    const name = path.replace(/\.npy$/, "");
    out.set(name, readNpy(data, name));
  }
  return out;
}

function unzip(
  bytes: Uint8Array,
  check: (name: string, packed: number, size: number) => void,
): Record<string, Uint8Array> {
  try {
    return unzipSync(bytes, {
      filter: ({ name, size, originalSize }) => {
        check(name, size, originalSize);
        return name.endsWith(".npy");
      },
    });
  } catch (error) {
    if (error instanceof ImportError) throw error;
    throw new ImportError(`This .npz file is damaged: ${(error as Error).message}.`, { cause: error });
  }
}

function header(bytes: Uint8Array, name: string) {
  const latin = (from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to));
  if (latin(0, 6) !== MAGIC)
    throw new ImportError(`${name} is no .npy file: it does not begin with "\\x93NUMPY".`);
  if (bytes.length < 12) throw new ImportError(`${name} ends before its header.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [at, length] = bytes[6] === 1 ? [10, view.getUint16(8, true)] : [12, view.getUint32(8, true)];
  if (length > 65_536 || at + length > bytes.length)
    throw new ImportError(`${name} has a header of ${length} bytes, which does not fit.`);
  const text = latin(at, at + length);
  const descr = /'descr':\s*'([^']+)'/.exec(text)?.[1];
  const listed = /'shape':\s*\(([^)]*)\)/.exec(text)?.[1];
  if (descr === undefined || listed === undefined)
    throw new ImportError(`${name} has a header without descr and shape: ${text.slice(0, 80).trim()}`);
  const shape = listed
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map(Number);
  if (!shape.every((size) => Number.isInteger(size) && size >= 0))
    throw new ImportError(`${name} has the shape (${listed}), which is none.`);
  return { shape, descr, fortran: /'fortran_order':\s*True/.test(text), start: at + length };
}

function floatsOf(kind: string, buffer: ArrayBuffer, descr: string, name: string): Float32Array {
  if (kind === "f4") return new Float32Array(buffer);
  if (kind === "f8") return Float32Array.from(new Float64Array(buffer));
  if (kind === "f2") return halvesToFloats(new Uint16Array(buffer));
  if (kind === "i8" || kind === "u8") return Float32Array.from(new BigInt64Array(buffer), Number);
  if (kind === "i4") return Float32Array.from(new Int32Array(buffer));
  if (kind === "i2") return Float32Array.from(new Int16Array(buffer));
  if (kind === "u1" || kind === "b1") return Float32Array.from(new Uint8Array(buffer));
  const more =
    kind === "O" ? " It holds Python objects: save a list of layers with np.savez(path, *layers)." : "";
  throw new ImportError(`${name} has values of the type ${descr}; floats and integers are read.${more}`);
}

function strings(data: Uint8Array, count: number, length: number): string[] {
  const codes = new Uint32Array(data.buffer);
  return Array.from({ length: count }, (_, i) => {
    const own = [...codes.subarray(i * length, (i + 1) * length)].filter(
      (code) => code !== 0 && code <= 0x10ffff,
    );
    return own.map((code) => String.fromCodePoint(code)).join("");
  });
}

function byteStrings(data: Uint8Array, count: number, size: number): string[] {
  const decoder = new TextDecoder();
  return Array.from({ length: count }, (_, i) =>
    decoder.decode(data.subarray(i * size, (i + 1) * size)).replace(/\0+$/, ""),
  );
}

function swap(data: Uint8Array, size: number): void {
  for (let i = 0; i + size <= data.length; i += size) data.subarray(i, i + size).reverse();
}

/** Fortran order (first axis fastest) as row-major. */
function rowMajor(data: Float32Array, shape: readonly number[]): Float32Array {
  const out = new Float32Array(data.length);
  const index = new Array<number>(shape.length).fill(0);
  for (let at = 0; at < out.length; at++) {
    let from = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) from = from * shape[axis]! + index[axis]!;
    out[at] = data[from]!;
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis]! === shape[axis]; axis--) index[axis] = 0;
  }
  return out;
}
