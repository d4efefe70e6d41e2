// What lines and matrix say of one cell of attention: the same numbers in the same words.

import type { BlockName, Trace } from "../../trace/index.ts";
import { formatNumber } from "../look/palette.ts";
import { countVisible, type Reach } from "./slice.ts";

/** Which cell. */
export interface CellPlace {
  readonly block: BlockName;
  readonly layer: number;
  readonly head: number;
  readonly query: number;
  readonly key: number;
}

/** Weight, score before softmax where it is known, rank among the keys that the query can see; name and number. */
export function cellFacts(
  trace: Trace,
  place: CellPlace,
  row: Float32Array,
  reach: Reach,
): [string, string][] {
  const { block, layer, head, query, key } = place;
  const weight = row[key]!;
  const [from, to] = reach.range(query);
  let rank = 1;
  for (let other = from; other < to; other++) if (row[other]! > weight) rank++;
  const facts: [string, string][] = [["weight", formatNumber(weight, 3)]];
  if (trace.has(`${block}.${layer}.scores`) || trace.hasQueriesAndKeys(block, layer, head)) {
    facts.push(["score", formatNumber(trace.scores(block, layer, head, query, query + 1)[key]!)]);
  }
  return [...facts, ["rank in row", `${rank} of ${countVisible(reach, query)}`]];
}
