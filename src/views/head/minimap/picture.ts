// The minimap as numbers: where in a long text the weights of the pinned or hovered words lie, a pixel of the strip at a
// time. Weights are held against the strongest one: the strip says where to look, the numbers beside the words how much.

import type { Side } from "../../../trace/index.ts";
import type { Spot } from "../picture.ts";

/** Px along the content at which the word in a row of a side stands. */
export type Along = (side: Side, row: number) => number;

/** What the strip is made of. */
export interface MinimapRequest {
  readonly spot: Pick<Spot, "data" | "active" | "weights">;
  readonly along: Along;
  /** Px of the whole content, and of the strip. */
  readonly extent: number;
  readonly length: number;
}

/** What the strip shows. */
export interface MinimapPicture {
  readonly length: number;
  /** The side whose words have weights: what pinned words give to, else what is received. */
  readonly side: Side;
  /** The weight, as a part of the strongest, that is the largest at each pixel, [length]; -1 to 1. */
  readonly strengths: Float32Array;
  /** Pixels of the pinned or hovered words, on the other side where there are any. */
  readonly chosen: readonly number[];
}

/** The picture of a strip. */
export function minimapPicture(request: MinimapRequest): MinimapPicture {
  const { spot, length } = request;
  const { active, data, weights } = spot;
  const none = active.positions.length === 0;
  const side: Side = none || active.side === "query" ? "key" : "query";
  const strengths = new Float32Array(length);
  const shown = shownOn(data, side);
  for (const [row, position] of weights ? shown.entries() : []) {
    const weight = weights!.mean[position]!;
    const at = pixelOf(request, side, row);
    if (Math.abs(weight) > Math.abs(strengths[at]!)) strengths[at] = weight;
  }
  const largest = strengths.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
  if (largest > 0) for (let at = 0; at < length; at++) strengths[at]! /= largest;
  const rows = active.side === "query" ? data.leftRows : data.rightRows;
  const chosen = active.positions.map((position) => pixelOf(request, active.side, rows[position]!));
  return { length, side, strengths, chosen };
}

function shownOn(data: Spot["data"], side: Side): readonly number[] {
  return side === "query" ? data.slice.queries : data.slice.keys;
}

function pixelOf({ along, extent, length }: MinimapRequest, side: Side, row: number): number {
  return Math.max(0, Math.min(length - 1, Math.floor((along(side, row) / extent) * length)));
}

/** Where a view of `size` px of the content has to begin so that a point of the strip is in its middle. */
export function startFor(at: number, length: number, extent: number, size: number): number {
  return Math.max(0, Math.min(extent - size, (at / length) * extent - size / 2));
}
