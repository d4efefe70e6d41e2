// Queries, keys and values of some heads only: the lists of heads beside `stored`, from a stranger's JSON.

import type { Tensor } from "../tensor/index.ts";
import { count, list, object } from "./checks.ts";
import { layerSizes } from "./sizes.ts";
import { type Block, type Manifest, TraceError } from "./types.ts";

const PART = /^(self|encoder|decoder|cross)\.(0|[1-9]\d{0,5})\.([qkv])$/;

/** The checked lists: each of a q, k or v that is in the file, ascending, within the heads of its layer. */
export function partsOfHeads(
  value: unknown,
  blocks: readonly Block[],
  tensors: ReadonlyMap<string, Tensor>,
): NonNullable<Manifest["heads"]> {
  const entries = Object.entries(object(value, "heads")).map(([name, heads]) => {
    if (!tensors.has(name)) throw new TraceError(`heads names ${name}, which is not in the file.`);
    return [name, headList(heads, `heads["${name}"]`, headCount(name, blocks))] as const;
  });
  return Object.fromEntries(entries);
}

function headCount(name: string, blocks: readonly Block[]): number {
  const [, blockName, layer, part] = PART.exec(name) ?? [];
  const block = blocks.find((b) => b.name === blockName);
  if (!block || Number(layer) >= block.layers) {
    throw new TraceError(`heads names ${name}; only a q, k or v of a layer can hold some of the heads.`);
  }
  const { heads, kvHeads } = layerSizes(block, Number(layer));
  return part === "q" ? heads : kvHeads;
}

function headList(value: unknown, where: string, heads: number): number[] {
  const listed = list(value, where, heads).map((h, i) => count(h, `${where}[${i}]`, heads - 1, 0));
  const ascending = listed.every((head, i) => i === 0 || head > listed[i - 1]!);
  if (listed.length > 0 && ascending) return listed;
  throw new TraceError(`${where} is [${listed.join(", ")}]; expected heads in ascending order.`);
}
