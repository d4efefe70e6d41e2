// What lines and matrix say of one cell of attention: the same numbers in the same words.

import { type Attention, countVisible, type RowPlace } from "../../trace/index.ts";
import { formatNumber } from "../look/palette.ts";

/** Which cell. */
export interface CellPlace extends RowPlace {
  readonly key: number;
}

/** Weight, score before softmax where it is known, rank among the keys that the query can see; name and number. */
export function cellFacts(attention: Attention, place: CellPlace, row: Float32Array): [string, string][] {
  const { layer, head, query, key } = place;
  const reach = attention.reach(layer);
  const weight = row[key]!;
  const [from, to] = reach.range(query);
  let rank = 1;
  for (let other = from; other < to; other++) if (row[other]! > weight) rank++;
  const facts: [string, string][] = [["weight", formatNumber(weight, 3)]];
  const scores = attention.scores(layer, head, query);
  if (scores) facts.push(["score", formatNumber(scores[key]!)]);
  return [...facts, ["rank in row", `${rank} of ${countVisible(reach, query)}`]];
}
