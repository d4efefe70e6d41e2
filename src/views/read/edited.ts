// Which heads, weights, neurons and words of a run were changed by its edits: what the views mark in pink.

import {
  type BlockName,
  EditError,
  isCellEdit,
  isHeadEdit,
  type Site,
  shapeOfTrace,
  sitesOf,
  type Trace,
} from "../../trace/index.ts";
import type { Edited, EditedVectors } from "../view.ts";

/** Most weights of one head that are marked one by one. */
const MOST = 1000;

/** What a run's edits changed of a block; null where there are none. */
export function editedOf(trace: Trace, block: BlockName): Edited | null {
  const all = ownSites(trace);
  const sites = all.filter(({ tensor }) => tensor.startsWith(`${block}.`));
  const { queries, keys } = trace.block(block);
  const streams = all.filter(
    ({ edit, stream }) => !isCellEdit(edit) && !isHeadEdit(edit) && (stream === queries || stream === keys),
  );
  if (sites.length + streams.length === 0) return null;
  const at = (layer: number, head: number) =>
    sites.filter((site) => site.layer === layer && queryHeads(site, trace, block).includes(head));
  return {
    head: (layer, head) => at(layer, head).length > 0,
    cells: (layer, head) =>
      at(layer, head)
        .flatMap((site) => cellsOf(site, trace, block))
        .slice(0, MOST),
    vectors: (layer, head) => at(layer, head).flatMap(vectorsOf),
    words: (layer, side) => wordsOf(streams, layer, side === "query" ? queries : keys),
  };
}

function cellsOf({ edit, layer, positions, columns }: Site, trace: Trace, block: BlockName) {
  const cells: { query: number; key: number }[] = [];
  if (!isCellEdit(edit)) return cells;
  for (const query of positions)
    for (const key of columns) {
      if (cells.length === MOST) return cells;
      if (trace.visible(block, layer, query, key)) cells.push({ query, key });
    }
  return cells;
}

function vectorsOf({ edit, positions, columns }: Site): EditedVectors[] {
  if (edit.at !== "q" && edit.at !== "k" && edit.at !== "v") return [];
  return [{ at: edit.at, positions: new Set(positions), units: new Set(columns) }];
}

function wordsOf(sites: readonly Site[], layer: number, stream: Site["stream"]): ReadonlySet<number> {
  const own = sites.filter((site) => site.layer === layer && site.stream === stream);
  return new Set(own.flatMap(({ positions }) => positions));
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
  if (trace.manifest.edits.length === 0) return [];
  try {
    return sitesOf(trace.manifest.edits, shapeOfTrace(trace));
  } catch (error) {
    if (error instanceof EditError) return [];
    throw error;
  }
}
