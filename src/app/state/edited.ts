// Which heads and weights of a run were changed by its edits: what the views mark in pink.

import {
  type BlockName,
  EditError,
  isCellEdit,
  type Site,
  shapeOfTrace,
  sitesOf,
  type Trace,
} from "../../trace/index.ts";
import type { Edited } from "../../views/index.ts";

/** Most weights of one head that are marked one by one. */
const MOST = 1000;

/** What a run's edits changed of a block; null where there are none. */
export function editedOf(trace: Trace, block: BlockName): Edited | null {
  const sites = ownSites(trace).filter(({ tensor }) => tensor.startsWith(`${block}.`));
  if (sites.length === 0) return null;
  const at = (layer: number, head: number) =>
    sites.filter((site) => site.layer === layer && queryHeads(site, trace, block).includes(head));
  return {
    head: (layer, head) => at(layer, head).length > 0,
    cells: (layer, head) =>
      at(layer, head)
        .filter(({ edit }) => isCellEdit(edit))
        .flatMap(({ positions, columns }) =>
          positions.flatMap((query) => columns.map((key) => ({ query, key }))),
        )
        .filter(({ query, key }) => trace.visible(block, layer, query, key))
        .slice(0, MOST),
  };
}

/** At k and v heads are key/value heads, which several query heads share. */
function queryHeads({ edit, heads }: Site, trace: Trace, block: BlockName): readonly number[] {
  if (edit.at !== "k" && edit.at !== "v") return heads;
  const { heads: all, kvHeads } = trace.block(block);
  const group = all / kvHeads;
  return heads.flatMap((head) => Array.from({ length: group }, (_, i) => head * group + i));
}

/** A trace of somebody else's may name edits that it has no places for. */
function ownSites(trace: Trace): readonly Site[] {
  try {
    return sitesOf(trace.manifest.edits, shapeOfTrace(trace));
  } catch (error) {
    if (error instanceof EditError) return [];
    throw error;
  }
}
