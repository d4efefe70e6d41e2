// Whether a model fits a browser's memory, asked before its weights are downloaded.

import { readFile, type Source } from "../../checkpoint/index.ts";

/** A model that needs more memory than a page is given. The message has both numbers. */
export class MemoryError extends Error {
  override name = "MemoryError";
}

/** What WebAssembly can address. */
const ALLOWED = 4 * 2 ** 30;
/** Heap per byte of weights, measured: half-precision weights are widened, float32 ones are not. */
const HEAP = { half: 3.2, full: 1.3 } as const;

/** Rejects with a MemoryError where the weights in `source` cannot be held. */
export async function checkMemory(source: Source, signal?: AbortSignal): Promise<void> {
  const files = await source.list(signal);
  const weights = files.filter(({ path }) => path.endsWith(".safetensors"));
  const bytes = weights.reduce((sum, file) => sum + file.size, 0);
  if (bytes * HEAP.half <= ALLOWED) return;
  const config = new TextDecoder().decode(await readFile(source, "config.json", signal));
  const full = /"(torch_)?dtype"\s*:\s*"float32"/.test(config);
  const needed = bytes * (full ? HEAP.full : HEAP.half);
  if (needed <= ALLOWED) return;
  throw new MemoryError(
    `It needs about ${gigabytes(needed)} and this browser allows ${gigabytes(ALLOWED)}. A smaller model fits; the command line has no such limit.`,
  );
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
