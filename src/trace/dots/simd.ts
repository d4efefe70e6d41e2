// q·k by WebAssembly's vectors (dots.wat), six times as fast as plain loops and in float64 as they are. Of both, sums are
// taken in another order, so that the last of 53 bits may differ.

import { DOTS } from "./bytes.ts";
import { type HeadVectors, type PairDots, setPairDots } from "./pair-dots.ts";

/** Bytes of vectors that are taken up at most; a head with more is left to plain loops. */
const MOST = 256 * 2 ** 20;
const PAGE = 65_536;
const DOUBLE = 8;

interface Kernel {
  readonly memory: WebAssembly.Memory;
  dots(q: number, k: number, out: number, size: number, count: number, stride: number): void;
}

/**
 * Attention is computed so from now on, wherever several of its rows are. False where this is not to be had: a browser
 * without vectors, or a page that may not compile. (A page whose policy forbids it also logs that: do not ask there.)
 */
export function useSimd(): boolean {
  const kernel = compile();
  setPairDots(kernel && ((head) => prepare(kernel, head)));
  return kernel !== null;
}

function compile(): Kernel | null {
  try {
    const bytes = Uint8Array.from(atob(DOTS), (char) => char.charCodeAt(0));
    return new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as unknown as Kernel;
  } catch {
    return null;
  }
}

/** Takes the keys of a head up; its memory is the next head's too. */
function prepare({ memory, dots }: Kernel, { q, k, headSize, keys }: HeadVectors): PairDots | null {
  const size = headSize + (headSize % 2);
  const stride = keys + 4;
  const [out, first] = [2 * size, 2 * size + 2 * stride];
  const total = first + (keys + 4) * size;
  if (total * DOUBLE > MOST) return null;
  grow(memory, total * DOUBLE);
  const all = new Float64Array(memory.buffer, 0, total);
  const pair = [all.subarray(out, out + stride), all.subarray(out + stride, first)] as const;
  const put = (vectors: Float32Array, from: number, count: number, at: number): void => {
    if (size === headSize) all.set(vectors.subarray(from * size, (from + count) * size), at);
    else padded(vectors, headSize, from, count, all.subarray(at));
  };
  put(k, 0, keys, first);
  return (a, b, from, to) => {
    put(q, a, 1, 0);
    put(q, b, 1, size);
    const at = (place: number) => place * DOUBLE;
    dots(0, at(first + from * size), at(out + from), at(size), to - from, at(stride));
    return pair;
  };
}

/** Vectors of an odd size, each followed by a zero. */
function padded(vectors: Float32Array, size: number, from: number, count: number, out: Float64Array): void {
  for (let i = 0; i < count; i++) {
    const at = i * (size + 1);
    out.set(vectors.subarray((from + i) * size, (from + i + 1) * size), at);
    out[at + size] = 0;
  }
}

function grow(memory: WebAssembly.Memory, bytes: number): void {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
}
