// Runs seeded cases of one kind and counts how they end; the first that ends badly is thrown with its seed.

import { nodeRuntime } from "../../src/engine/runtime/node.ts";
import { Failure } from "../../src/tensor/index.ts";
import { KINDS } from "./kinds.ts";
import { seeded } from "./mutate.ts";

/** How the cases of one kind ended; seconds of processor time of the slowest, and megabytes of memory at the most. */
export interface Ended {
  right: number;
  refused: number;
  slowest: number;
  peak: number;
}

/** Most memory that the process ever had, in megabytes. */
export function peakMemory(): number {
  return process.resourceUsage().maxRSS / 1000;
}

/** Cases `from` to `to` (exclusive) of a kind; rejects at the first that ends in anything but a right answer or a named error. */
export async function fuzz(name: string, from: number, to: number): Promise<Ended> {
  const runtime = await nodeRuntime({ threads: 1 });
  const ended: Ended = { right: 0, refused: 0, slowest: 0, peak: 0 };
  for (let seed = from; seed < to; seed++) {
    const before = process.cpuUsage();
    try {
      await KINDS[name]!(seeded(seed), runtime);
      ended.right++;
    } catch (error) {
      if (!(error instanceof Failure))
        throw new Error(`${name}, seed ${seed}: ${String(error)}`, { cause: error });
      ended.refused++;
    }
    const { user, system } = process.cpuUsage(before);
    ended.slowest = Math.max(ended.slowest, (user + system) / 1e6);
  }
  ended.peak = peakMemory();
  return ended;
}
