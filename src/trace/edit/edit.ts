// Edits as data: what is done to which numbers of a run. One closed union, the same in the API, the command line,
// the address and the trace. Nothing here knows a model; resolve.ts holds edits against one.

import { Failure } from "../../tensor/index.ts";
import type { BlockName, StreamName } from "../names.ts";

/** An edit that cannot be made. Data {edit} is the edit as data, or the text that was no edit. */
export class EditError extends Failure {
  override name = "EditError";
}

/** A number, or a list of numbers, ascending and each once. Left out it means all. */
export type Index = number | readonly number[];

/** Tokens: by number (negative from the end of the prompt), or those of the prompt, or those that were written. */
export type Position = Index | "prompt" | "new";

/** Names of tensors that edits act at. */
export const CELL_PLACES = ["scores", "pattern"] as const;
export const HEAD_PLACES = ["q", "k", "v", "z"] as const;
export const STREAM_PLACES = ["resid_pre", "resid_mid", "resid_post", "mlp_post"] as const;
export type CellPlaceName = (typeof CELL_PLACES)[number];
export type HeadPlaceName = (typeof HEAD_PLACES)[number];
export type StreamPlaceName = (typeof STREAM_PLACES)[number];
export type PlaceName = CellPlaceName | HeadPlaceName | StreamPlaceName;

/** Cells of attention, [heads, queries, keys]: before the softmax (and before the mask), or after it. */
export interface CellPlace {
  readonly at: CellPlaceName;
  /** Which attention, where there is more than one. */
  readonly block?: BlockName;
  readonly layer?: Index;
  readonly head?: Index;
  readonly query?: Position;
  readonly key?: Position;
}

/** Vectors of a head, [heads, positions, head size]. At k and v heads are key/value heads. */
export interface HeadPlace {
  readonly at: HeadPlaceName;
  readonly block?: BlockName;
  readonly layer?: Index;
  readonly head?: Index;
  readonly position?: Position;
  /** Components: one neuron of the head, or the two of a rotary pair. */
  readonly unit?: Index;
}

/** Vectors of a stream, [positions, width]. */
export interface StreamPlace {
  readonly at: StreamPlaceName;
  /** Which stream, where there is more than one. */
  readonly stream?: StreamName;
  readonly layer?: Index;
  readonly position?: Position;
  readonly unit?: Index;
}

/** Times, plus, or instead. */
interface Change {
  readonly op: "scale" | "add" | "set";
  readonly value: number;
}

/** Hides a key from a query: the score becomes -Infinity and the row renormalises. */
interface Hide {
  readonly op: "block";
}

/** The numbers that another run, of another input and without edits, has at the same place. */
interface Patch {
  readonly op: "patch";
  readonly from: "other";
}

/**
 * The mean over the positions of this run, as the edits before it leave them, or of the other one. At scores and
 * pattern the mean over the queries that see the key.
 */
interface Mean {
  readonly op: "mean";
  readonly from: "self" | "other";
}

/** One edit. */
export type Edit =
  | (CellPlace & (Change | Patch | Mean))
  | (CellPlace & { readonly at: "scores" } & Hide)
  | ((HeadPlace | StreamPlace) & (Change | Patch | Mean));
export type EditOp = Edit["op"];

/** How many places an edit touched: vectors of a (layer, head, position) or (layer, position), or visible cells. */
export interface Receipt {
  /** Index in the list of edits. */
  readonly edit: number;
  readonly touched: number;
}

/** True for edits of single cells of attention. */
export function isCellEdit(edit: Edit): edit is Edit & CellPlace {
  return (CELL_PLACES as readonly string[]).includes(edit.at);
}

/** True for edits of vectors of heads: q, k, v and z. */
export function isHeadEdit(edit: Edit): edit is Edit & HeadPlace {
  return (HEAD_PLACES as readonly string[]).includes(edit.at);
}

/** True where an edit changes no bit whatever it meets: times 1, or plus 0. */
export function isNeutral(edit: Edit): boolean {
  return (edit.op === "scale" && edit.value === 1) || (edit.op === "add" && edit.value === 0);
}
