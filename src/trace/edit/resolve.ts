// Edits held against one model and one input: which layers, heads, positions and cells each one means. Everything
// that does not exist is refused here, with the edit's own words, before anything runs.

import type { BlockName, StreamName } from "../names.ts";
import type { LayerSizes } from "../types.ts";
import { refuseContradictions, remaining } from "./contradictions.ts";
import {
  type Edit,
  EditError,
  type Index,
  isCellEdit,
  isHeadEdit,
  type PlaceName,
  type Position,
  type Receipt,
} from "./edit.ts";
import { editText } from "./text.ts";

/** One attention block of a run. */
export interface BlockShape {
  readonly name: BlockName;
  readonly queries: StreamName;
  readonly keys: StreamName;
  readonly layers: readonly LayerSizes[];
  /** Whether a key may be seen from a query. */
  visible(layer: number, query: number, key: number): boolean;
}

/** One stream of a run. */
export interface StreamShape {
  readonly name: StreamName;
  /** How many there are now, and how many of them are the prompt. */
  readonly tokens: number;
  readonly prompt: number;
  /** Null where nothing is known. */
  readonly hidden: number | null;
  /** Width of mlp_post (null: unknown, 0: this layer has none), and whether there is a resid_mid. */
  readonly layers: readonly { readonly units: number | null; readonly middle: boolean }[];
}

/** What edits can act on. */
export interface EditShape {
  readonly blocks: readonly BlockShape[];
  readonly streams: readonly StreamShape[];
  /** True while a text is written: positions that do not exist yet may be named. */
  readonly growing?: boolean;
}

/** Where one edit acts in one layer. Lists are ascending. */
export interface Site {
  /** Index in the list of edits. */
  readonly index: number;
  readonly edit: Edit;
  /** Trace name of the tensor, e.g. "self.4.z" or "text.1.mlp_post". */
  readonly tensor: string;
  /** The stream whose stack holds the layer. */
  readonly stream: StreamName;
  readonly layer: number;
  /** [0] at the tensors of a stream. */
  readonly heads: readonly number[];
  /** Positions, or queries at scores and pattern. */
  readonly positions: readonly number[];
  /** Keys at scores and pattern, else components. */
  readonly columns: readonly number[];
  /** How many heads, positions (or queries) and components (or keys) there are. */
  readonly of: { readonly heads: number; readonly positions: number; readonly columns: number };
}

/** Order of tensors inside a layer; the decoder's cross-attention comes after its own. */
const ORDER: readonly PlaceName[] = [
  "resid_pre",
  "q",
  "k",
  "v",
  "scores",
  "pattern",
  "z",
  "resid_mid",
  "mlp_post",
  "resid_post",
];

/** Where every edit acts: tensors in the model's own order, within one tensor the order of the list. */
export function sitesOf(edits: readonly Edit[], shape: EditShape): Site[] {
  const sites = edits.flatMap((edit, index) => sitesOfOne(edit, index, shape));
  refuseContradictions(edits, shape.growing ? [] : sites); // while a text grows, places are not all known
  const streams = shape.streams.map(({ name }) => name);
  const rank = ({ stream, layer, tensor, edit }: Site): number[] => {
    const crossing = tensor.startsWith("cross.") ? 1 : 0;
    const late = ORDER.indexOf(edit.at) >= ORDER.indexOf("resid_mid") ? 2 : crossing;
    return [streams.indexOf(stream), layer, late, ORDER.indexOf(edit.at)];
  };
  const ranked = sites.map((site, i) => ({ site, by: [...rank(site), i] }));
  return ranked.sort((a, b) => compareLists(a.by, b.by)).map(({ site }) => site);
}

/** `more` behind `edits`, in place of those that it would leave nothing of. */
export function overriding(edits: readonly Edit[], more: readonly Edit[], shape: EditShape): Edit[] {
  const all = [...edits, ...more];
  const sites = all.flatMap((edit, index) => sitesOfOne(edit, index, shape));
  return [...remaining(all, sites, edits.length).map((index) => edits[index]!), ...more];
}

function compareLists(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}

/**
 * How many places each edit touches, in the order of the list; throws an EditError where one touches none. `has`: whether
 * the run that a site reads from has numbers for a position, or a query and a key; it has all if left out.
 */
export function receiptsOf(
  edits: readonly Edit[],
  sites: readonly Site[],
  shape: EditShape,
  has: (site: Site, position: number, key: number) => boolean = () => true,
): Receipt[] {
  return edits.map((edit, index) => {
    const own = sites.filter((site) => site.index === index);
    const count = (among: typeof has) => own.reduce((sum, site) => sum + touchedBy(site, shape, among), 0);
    const touched = count(has);
    if (touched === 0 && !shape.growing) {
      const alone = count(() => true) > 0;
      const why = alone ? "no token in its range has a counterpart in the other run" : rangeText(edit, own);
      refuse(edit, `it touches nothing: ${why}.`);
    }
    return { edit: index, touched };
  });
}

function rangeText(edit: Edit, sites: readonly Site[]): string {
  if (isCellEdit(edit) && sites.every((site) => site.positions.length > 0 && site.columns.length > 0))
    return "no key in its range is visible from a query in it";
  const named = isCellEdit(edit) ? [edit.query, edit.key] : [edit.position];
  return named.includes("new") ? "no new tokens were written behind the prompt" : "its range is empty";
}

function touchedBy(
  site: Site,
  shape: EditShape,
  has: (site: Site, position: number, key: number) => boolean,
): number {
  const { heads, positions, columns } = site;
  if (!isCellEdit(site.edit)) {
    if (columns.length === 0) return 0;
    return heads.length * positions.filter((position) => has(site, position, 0)).length;
  }
  const { visible } = blockShape(shape, site.tensor);
  let count = 0;
  for (const query of positions)
    for (const key of columns) if (visible(site.layer, query, key) && has(site, query, key)) count++;
  return heads.length * count;
}

/** The block that a tensor such as "self.4.scores" belongs to. */
export function blockShape(shape: EditShape, tensor: string): BlockShape {
  return shape.blocks.find(({ name }) => tensor.startsWith(`${name}.`))!;
}

function refuse(edit: Edit, what: string): never {
  throw new EditError(`Edit "${editText(edit)}": ${what}`, { data: { edit } });
}

function sitesOfOne(edit: Edit, index: number, shape: EditShape): Site[] {
  return isCellEdit(edit) || isHeadEdit(edit)
    ? blockSites(edit, index, shape)
    : streamSites(edit, index, shape);
}

function blockSites(edit: Edit, index: number, shape: EditShape): Site[] {
  if (!isCellEdit(edit) && !isHeadEdit(edit)) return [];
  const block = choose(edit, "block", edit.block, shape.blocks);
  const [queries, keys] = [block.queries, block.keys].map(
    (name) => shape.streams.find((s) => s.name === name)!,
  );
  const positioned = edit.at === "k" || edit.at === "v" ? keys! : queries!;
  return within(edit, "layer", edit.layer, block.layers.length).map((layer) => {
    const { heads, kvHeads, headSize } = block.layers[layer]!;
    const count = edit.at === "k" || edit.at === "v" ? kvHeads : heads;
    const what = edit.at === "k" || edit.at === "v" ? "key/value head" : "head";
    const columns = isCellEdit(edit)
      ? places(edit, "key", edit.key, keys!, shape)
      : within(edit, "unit", edit.unit, headSize);
    return {
      index,
      edit,
      tensor: `${block.name}.${layer}.${edit.at}`,
      stream: block.queries,
      layer,
      heads: within(edit, what, edit.head, count),
      positions: isCellEdit(edit)
        ? places(edit, "query", edit.query, queries!, shape)
        : places(edit, "position", edit.position, positioned, shape),
      columns,
      of: {
        heads: count,
        positions: positioned!.tokens,
        columns: isCellEdit(edit) ? keys!.tokens : headSize,
      },
    };
  });
}

function streamSites(edit: Edit, index: number, shape: EditShape): Site[] {
  if (isCellEdit(edit) || isHeadEdit(edit)) return [];
  const stream = choose(edit, "stream", edit.stream, shape.streams);
  return within(edit, "layer", edit.layer, stream.layers.length).map((layer) => {
    const { units, middle } = stream.layers[layer]!;
    if (edit.at === "resid_mid" && !middle)
      refuse(edit, `layer ${layer} has no resid_mid: attention and mlp read the same stream.`);
    if (edit.at === "mlp_post" && units === 0) refuse(edit, `layer ${layer} has no mlp_post, ${EXPERTS}.`);
    const width = (edit.at === "mlp_post" ? units : stream.hidden) ?? largest(edit.unit) + 1;
    return {
      index,
      edit,
      tensor: `${stream.name}.${layer}.${edit.at}`,
      stream: stream.name,
      layer,
      heads: [0],
      positions: places(edit, "position", edit.position, stream, shape),
      columns: within(edit, "unit", edit.unit, width),
      of: { heads: 1, positions: stream.tokens, columns: width },
    };
  });
}

/** Why a layer has none, and what it has instead. */
const EXPERTS =
  "as its mlp is a mixture of experts: each token goes through few of many, which share no list of units. " +
  "What the mixture writes reaches resid_post, which can be edited";

function largest(index: Index | undefined): number {
  return Math.max(0, ...[index ?? 0].flat());
}

/** The block or stream that an edit names, or the only one. */
function choose<T extends { readonly name: string }>(
  edit: Edit,
  field: string,
  name: string | undefined,
  all: readonly T[],
): T {
  const names = all.map((one) => `"${one.name}"`).join(", ");
  if (name === undefined && all.length > 1)
    refuse(edit, `this run has more than one ${field}; name one of ${names}.`);
  const found = name === undefined ? all[0] : all.find((one) => one.name === name);
  return found ?? refuse(edit, `there is no ${field} "${name}"; this run has ${names}.`);
}

function within(edit: Edit, what: string, index: Index | undefined, count: number): readonly number[] {
  if (index === undefined) return Array.from({ length: count }, (_, i) => i);
  const list = [index].flat();
  const outside = list.find((i) => i >= count);
  if (outside !== undefined) refuse(edit, `${what} ${outside} is outside 0 to ${count - 1}.`);
  return list;
}

/** Positions as numbers from 0; negative ones count from the end of the prompt. */
function places(
  edit: Edit,
  what: string,
  position: Position | undefined,
  stream: StreamShape,
  shape: EditShape,
): readonly number[] {
  const { tokens, prompt } = stream;
  const range = (from: number, to: number) =>
    Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
  if (position === undefined) return range(0, tokens);
  if (position === "prompt") return range(0, Math.min(prompt, tokens));
  if (position === "new") return range(prompt, tokens);
  const list = [position].flat().map((i) => (i < 0 ? i + prompt : i));
  const outside = list.findIndex((i) => i < 0 || (i >= tokens && !shape.growing));
  if (outside >= 0) refuse(edit, `${what} ${[position].flat()[outside]} is outside 0 to ${tokens - 1}.`);
  return [...new Set(list)].filter((i) => i < tokens).sort((a, b) => a - b);
}
