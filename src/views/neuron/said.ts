// What the neuron view says beside its picture: the ranking of neurons or words, and the tip of a neuron.

import type { Trace } from "../../trace/index.ts";
import type { TableSource } from "../look/paged-table.ts";
import { formatNumber } from "../look/palette.ts";
import type { TipContent } from "../look/tip.ts";
import { placedWordsOf } from "../read/words.ts";
import type { EditedVectors, Selection } from "../view.ts";
import { changedNames, changesQuery } from "./edited.ts";
import { groupDims, type NeuronPicture, placeOf, strongestWriters } from "./picture.ts";
import type { Ranked, RankingContent } from "./ranking.ts";
import { groupName, percent, scaleTitle } from "./words.ts";

/** What the words are about. */
export interface NeuronSubject {
  readonly trace: Trace;
  readonly selection: Selection;
  readonly picture: NeuronPicture;
  /** True if a click on a neuron does something. */
  readonly acts: boolean;
  readonly changed: readonly EditedVectors[];
}

/** The ranking, `count` lines long at most. */
export function rankingOf(subject: NeuronSubject, count: number): RankingContent {
  const { picture } = subject;
  if (picture.kind === "values") return writersOf(subject, count);
  const groups = picture.groups.map((group, place) => ({ ...group, place }));
  const singles = picture.singles.map((group) => ({ ...group, place: placeOf(picture, group.dims[0]!) }));
  const few = Math.min(3, singles.length);
  const list = (from: typeof groups, most: number): Ranked[] =>
    from
      .filter(({ share }) => picture.rotary || share >= 0.005)
      .sort((a, b) => b.share - a.share)
      .slice(0, most)
      .map(({ dims, share, place }) => ({
        name: groupName({ dims }, place),
        title: `${dims.map((dim) => `q${dim}`).join(" and ")}, share of the pattern ${percent(share)}`,
        edited: changesQuery(subject.changed, dims),
        share,
        amount: percent(share),
        place,
      }));
  return {
    title: picture.rotary ? "Which pairs make it" : "Which neurons make it",
    items: list(groups, few > 0 ? Math.max(3, count - few - 1) : count),
    more: { title: "Single dimensions", items: list(singles, few) },
    note: groups.some(({ share }) => share <= -0.005) ? "Shares add to 100%; some are negative." : "",
    acts: subject.acts,
  };
}

function writersOf(subject: NeuronSubject, count: number): RankingContent {
  return {
    title: "Which tokens write most",
    items: strongestWriters(subject.picture)
      .slice(0, Math.min(9, count))
      .map(({ key, share }) => {
        const name = word(subject, "keys", key);
        const title = `${name}, position ${key}`;
        return { name, title, edited: false, share, amount: percent(share), place: null };
      }),
    more: { title: "", items: [] },
    note: "Size of weight × v, as share of the sum.",
    acts: false,
  };
}

/** The row of the pinned word as numbers: per key its score and weight, then the product of every dimension. */
export function neuronTable(subject: NeuronSubject): TableSource {
  const { picture, trace, selection } = subject;
  const keys = picture.kind === "keys";
  const { block, layer, focus } = selection;
  const names = keys
    ? [scaleTitle(trace.recipe(block, layer), picture.size), "softmax"]
    : ["size of weight × v", "weight"];
  const facts = [picture.amounts, picture.weights];
  return {
    caption: `How ${word(subject, "queries", picture.query)} attends in head ${layer}.${focus}`,
    rows: picture.keys.length,
    columns: facts.length + picture.size,
    rowHeader: (row) => word(subject, "keys", picture.keys[row]!),
    columnHeader: (column) => names[column] ?? `${keys ? "q × k" : "weight × v"}, ${column - facts.length}`,
    cell: (row, column) => {
      const value = facts[column]?.[row] ?? picture.products[row * picture.size + column - facts.length]!;
      return Number.isNaN(value) ? "" : formatNumber(value, 3);
    },
  };
}

/** The tip of the neuron group at `place`, for the key at `at` of the picture's keys or for the query alone. */
export function neuronTip(subject: NeuronSubject, place: number, at: number | null): TipContent {
  const { picture, selection, acts } = subject;
  const group = picture.groups[place];
  const dims = groupDims(picture, place);
  const keys = picture.kind === "keys";
  const name = keys ? groupName({ dims }, place) : `v${dims[0]}`;
  const rows = keys ? keyFacts(subject, dims, at) : valueFacts(subject, dims[0]!, at);
  const changed = changedOf(subject, dims, at);
  if (changed !== "") rows.push(["edited", changed]);
  if (group) {
    rows.push(["share of the pattern", percent(group.share)]);
    rows.push(["with distance", `r = ${formatNumber(group.distance)}`]);
  }
  return {
    title: dims.length > 1 ? `Neurons q${dims.join(", q")}, ${name}` : `Neuron ${name}`,
    detail: `head ${selection.layer}.${selection.focus}`,
    rows,
    note: acts && keys ? "Click to scale or zero it" : "",
  };
}

/** Which components of the column were changed, of the query or of the key at `at`. */
function changedOf({ changed, picture }: NeuronSubject, dims: readonly number[], at: number | null): string {
  const here = changed
    .filter(({ at: what, positions }) => what === "q" || (at !== null && positions.has(picture.keys[at]!)))
    .map((vectors) => ({ ...vectors, units: new Set(dims.filter((dim) => vectors.units.has(dim))) }))
    .filter(({ units }) => units.size > 0);
  return changedNames(here, Number.POSITIVE_INFINITY);
}

function keyFacts(subject: NeuronSubject, dims: readonly number[], at: number | null): [string, string][] {
  const { picture } = subject;
  const numbers = (values: Float32Array, first: number): string =>
    dims.map((dim) => formatNumber(values[first + dim]!)).join(", ");
  const query: [string, string] = [
    `q of ${word(subject, "queries", picture.query)}`,
    numbers(picture.top, 0),
  ];
  if (at === null) return [query];
  const first = at * picture.size;
  return [
    query,
    [`k of ${word(subject, "keys", picture.keys[at]!)}`, numbers(picture.vectors, first)],
    ["q × k", numbers(picture.products, first)],
  ];
}

function valueFacts(subject: NeuronSubject, dim: number, at: number | null): [string, string][] {
  const { picture } = subject;
  const sum: [string, string] = ["sum, the head’s output", formatNumber(picture.top[dim]!)];
  if (at === null) return [sum];
  const first = at * picture.size + dim;
  return [
    [`v of ${word(subject, "keys", picture.keys[at]!)}`, formatNumber(picture.vectors[first]!)],
    ["weight", formatNumber(picture.weights[at]!)],
    ["weight × v", formatNumber(picture.products[first]!)],
    sum,
  ];
}

function word({ trace, selection }: NeuronSubject, side: "queries" | "keys", position: number): string {
  const { tokens } = trace.stream(trace.block(selection.block)[side]);
  return placedWordsOf(tokens)[position] ?? String(position);
}
