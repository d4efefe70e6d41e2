// What can be done to what somebody points at: edits of a weight, a head, a word or neurons, with the words of a menu.

import { rowNeurons } from "../../../analysis/index.ts";
import {
  type Attention,
  type BlockName,
  type Edit,
  pairOf,
  type Rotary,
  type StreamName,
  type Trace,
} from "../../../trace/index.ts";
import type { Selection } from "../../../views/index.ts";
import { wordOf } from "../../../views/read/words.ts";
import { blockOfCell, named, type Where } from "./cell-block.ts";
import type { Target } from "./list.ts";

/** One line of the menu. */
export interface Change {
  readonly label: string;
  readonly edit: Edit;
  /** The key that does the same. */
  readonly hint?: string;
}

/** A value to begin with, where one is chosen by slider. */
const HALF = 0.5;

/** What the menu is about: "the → b in head 4.4". */
export function titleOf(target: Target, { trace, block, rotary }: Where): string {
  const { layer, head, query, key, units } = target;
  const word = wordsOf(trace, block);
  const place = head === null ? `layer ${layer}` : `head ${layer}.${head}`;
  if (units) return `${unitsText(units, rotary)} of ${place}`;
  if (query !== null && key !== null) return `${word("query", query)} → ${word("key", key)} in ${place}`;
  if (query !== null) return `${word("query", query)} in ${place}`;
  return key === null ? place : `to ${word("key", key)} in ${place}`;
}

/** Groups of changes, the nearest first. */
export function changesFor(target: Target, where: Where): Change[][] {
  const groups = [neurons(target, where), cells(target, where), heads(target, where), words(target, where)];
  return groups.filter((group) => group.length > 0);
}

/** A change that is offered without a menu. */
export interface Offer extends Change {
  readonly target: Target;
}

/** Changes of the focused head, and of the strongest weight of the pinned word. */
export function offersOf(attention: Attention, selection: Selection, where: Where): Offer[] {
  const { layer, focus: head, pins, side } = selection;
  const none = { query: null, key: null, units: null, x: 0, y: 0 };
  const whole: Target = { layer, head, ...none };
  const offers = heads(whole, where)
    .slice(0, 2)
    .map((change) => ({ ...change, target: whole }));
  const query = side === "query" ? pins.at(-1) : undefined;
  const row = query === undefined ? undefined : attention.row(layer, head, query);
  if (query === undefined || !row) return offers;
  const cell: Target = { layer, head, ...none, query, key: row.indexOf(Math.max(...row)) };
  const [block] = cells(cell, where);
  return block ? [...offers, { label: "Block strongest weight", edit: block.edit, target: cell }] : offers;
}

function wordsOf(trace: Trace, block: BlockName) {
  const { queries, keys } = trace.block(block);
  return (side: "query" | "key", at: number): string =>
    wordOf(trace.stream(side === "query" ? queries : keys).tokens[at]!);
}

/** "pair 3", as the panel and the list of edits call it, or "q3, q8". */
function unitsText(units: readonly number[], rotary: Rotary | null): string {
  const sorted = [...units].sort((a, b) => a - b);
  const pair = pairOf(sorted, rotary);
  return pair < 0 ? sorted.map((unit) => `q${unit}`).join(", ") : `pair ${pair}`;
}

/** Neurons with less of the pattern make little of it. */
const MATTERS = 0.03;

/** Components of the query that make the row of its pattern. */
function makersOf({ layer, head, query }: Target, { trace, block }: Where): number[] {
  if (head === null || query === null || !trace.hasQueriesAndKeys(block, layer, head)) return [];
  const { groups } = rowNeurons(trace, block, layer, head, query);
  const dims = groups.filter(({ share }) => share >= MATTERS).flatMap((group) => group.dims);
  return dims.sort((a, b) => a - b);
}

function neurons(target: Target, where: Where): Change[] {
  const { layer, head, units } = target;
  if (!units || head === null) return [];
  const makers = makersOf(target, where);
  const unit = units.length === 1 ? units[0]! : [...units].sort((a, b) => a - b);
  const place = { at: "q", ...named(where), layer, head, unit } as const;
  const name = unitsText(units, where.rotary);
  return [
    { label: `Zero ${name}`, edit: { op: "scale", ...place, value: 0 } },
    { label: `Scale ${name}…`, edit: { op: "scale", ...place, value: HALF } },
    ...(makers.length > 1
      ? [
          {
            label: `Zero the ${makers.length} that make it`,
            edit: { op: "scale", ...place, unit: makers, value: 0 } as const,
          },
          {
            label: `Scale the ${makers.length} that make it…`,
            edit: { op: "scale", ...place, unit: makers, value: HALF } as const,
          },
        ]
      : []),
  ];
}

function cells(target: Target, where: Where): Change[] {
  const { layer, head, query, key } = target;
  if (head === null || query === null || key === null) return lines(target, where);
  const block = blockOfCell(target, where);
  if (!block) return [];
  const place = { ...named(where), layer, head, query, key };
  return [
    { label: "Block before softmax", edit: block, hint: "X" },
    { label: "Set to 0, keep the rest", edit: { op: "set", at: "pattern", ...place, value: 0 } },
    { label: "Scale…", edit: { op: "scale", at: "pattern", ...place, value: HALF } },
    ...patch(where, "Patch from B", { op: "patch", at: "pattern", ...place, from: "other" }),
    ...lines(target, where),
  ];
}

/** Changes of a whole column and of a whole row of a head's matrix. */
function lines({ layer, head, query, key, units }: Target, where: Where): Change[] {
  if (head === null || units) return [];
  const place = { ...named(where), layer, head };
  const after = key === null ? [] : queriesAfter(where, layer, key);
  const column: Change[] =
    key === null || after.length === 0
      ? []
      : [{ label: "Block this column", edit: { op: "block", at: "scores", ...place, key, query: after } }];
  const row: Change[] =
    query === null
      ? []
      : [{ label: "Set this row to 0", edit: { op: "set", at: "pattern", ...place, query, value: 0 } }];
  return [...column, ...row];
}

/** Queries that keep another key when this one is hidden: of a causal model the first sees nothing but itself. */
function queriesAfter({ trace, block }: Where, layer: number, key: number): number[] {
  const { queries, keys } = trace.sides(block);
  const all = Array.from({ length: queries }, (_, query) => query);
  const others = (query: number) =>
    Array.from({ length: keys }, (_, other) => other).some(
      (other) => other !== key && trace.visible(block, layer, query, other),
    );
  return all.filter((query) => trace.visible(block, layer, query, key) && others(query));
}

function heads({ layer, head }: Target, where: Where): Change[] {
  if (head === null) return [];
  const place = { at: "z", ...named(where), layer, head } as const;
  const name = `head ${layer}.${head}`;
  return [
    { label: `Zero ${name}`, edit: { op: "scale", ...place, value: 0 } },
    { label: `Scale ${name}…`, edit: { op: "scale", ...place, value: HALF } },
    { label: `Mean of ${name} everywhere`, edit: { op: "mean", ...place, from: "self" } },
    ...patch(where, `Patch ${name} from B`, { op: "patch", ...place, from: "other" }),
  ];
}

function words({ layer, head, query, key }: Target, where: Where): Change[] {
  const side = query !== null && key !== null ? null : query !== null ? "query" : key !== null ? "key" : null;
  if (head !== null || side === null) return [];
  const { queries, keys } = where.trace.block(where.block);
  const stream: StreamName = side === "query" ? queries : keys;
  const position = (query ?? key)!;
  const word = wordsOf(where.trace, where.block)(side, position);
  const several = where.trace.manifest.streams.length > 1;
  const place = { at: "resid_pre", ...(several && { stream }), layer, position } as const;
  return [
    { label: `Zero the stream of ${word}`, edit: { op: "scale", ...place, value: 0 } },
    { label: `Scale the stream of ${word}…`, edit: { op: "scale", ...place, value: HALF } },
    ...patch(where, `Patch the stream of ${word} from B`, { op: "patch", ...place, from: "other" }),
  ];
}

function patch({ other }: Where, label: string, edit: Edit): Change[] {
  return other ? [{ label, edit }] : [];
}
