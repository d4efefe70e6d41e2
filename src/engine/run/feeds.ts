// Values for the inputs of a graph: ids, positions, rotary tables, buckets, rows.

import { type FloatTensor, floatTensor } from "../../tensor/index.ts";
import { alibiBias, t5Bucket } from "../../trace/index.ts";
import type { Disentangled, Positions, ScoreBias } from "../description.ts";
import type { Need } from "../graph/needs.ts";
import { alibiOf } from "../manifest.ts";
import { logBucket } from "../relative.ts";
import { rotaryTable } from "../rotary.ts";
import type { Value } from "../runtime/runtime.ts";
import { packed } from "./point-pack.ts";
import { type PointFeeds, pointed } from "./points.ts";

/** What one run of one stack knows. */
export interface RunState {
  /** Equal texts that run together, one after the other, and differ by what their edit points are fed; 1 if left out. */
  readonly texts?: number;
  /** Ids of the new tokens. */
  readonly ids: readonly number[];
  /** Ids of the tokens before them whose keys are cached; empty for a plain run. */
  readonly past: readonly number[];
  readonly typeIds: readonly number[];
  /** Rows whose logits are wanted. */
  readonly rows: readonly number[];
  /** Tokens of the stack, where there are no ids (images, sound). */
  readonly length?: number;
  readonly pixels?: FloatTensor | undefined;
  readonly features?: FloatTensor | undefined;
  /** [n, hidden] of the part before, or of the encoder. */
  readonly stream?: FloatTensor | undefined;
  readonly memory?: FloatTensor | undefined;
  /** Cached keys and values by trace name, [past, kvHeads, headSize]. */
  readonly cache?: ReadonlyMap<string, FloatTensor> | undefined;
  /** Feeds of edit points by trace name; those that are left out change nothing. */
  readonly points?: PointFeeds | undefined;
}

/** The feeds that a graph needs. */
export function feedsFor(needs: ReadonlyMap<string, Need>, state: RunState): Record<string, Value> {
  return Object.fromEntries([...needs].map(([name, need]) => [name, feed(need, state)]));
}

function feed(need: Need, state: RunState): Value {
  const from = state.past.length;
  const total = from + (state.length ?? state.ids.length);
  switch (need.kind) {
    case "ids":
      return repeated(whole(state.ids), state);
    case "types":
      return repeated(whole(state.typeIds), state);
    case "texts":
      return whole([state.texts ?? 1]);
    case "ends":
      return {
        type: "int32",
        data: new Int32Array(state.texts ?? 1).fill(total - 1),
        shape: [state.texts ?? 1],
      };
    case "total":
      return { type: "int32", data: Int32Array.of(total), shape: [] };
    case "queries":
      return whole(range(from, total));
    case "keys":
      return whole(range(0, total));
    case "rows":
      return whole(state.rows);
    case "lastRow":
      return whole([lastToken(state.ids, need.padId)]);
    case "positions":
      return repeated(positionValues(need.positions, [...state.past, ...state.ids], from), state);
    case "cos":
    case "sin": {
      const table = rotaryTable(need.rotary, need.kind, range(from, total), total);
      return repeated(floats(floatTensor([1, total - from, need.rotary.size / 2], table)), state, 1);
    }
    case "alibi":
      return alibiRows(need.bias, total);
    case "buckets":
      return buckets(need.bias, from, total);
    case "distances":
      return distanceRows(need.bias, from, total);
    case "pixels":
    case "features": {
      const given = state[need.kind]!;
      return floats({ ...given, shape: [1, ...given.shape] });
    }
    case "stream":
      return floats(pointed(state.stream!, state.points?.get(need.name)));
    case "memory":
      return floats(state.memory!);
    case "past":
      return floats(state.cache!.get(need.name)!);
    case "points":
      return packed(need, state.points);
  }
}

/** The rows of one text for each of those that run together; axes before theirs are 1. */
function repeated<T extends Value>(value: T, { texts = 1 }: RunState, axis = 0): T {
  if (texts === 1) return value;
  const { data, shape } = value;
  const all = new (data.constructor as new (length: number) => typeof data)(texts * data.length);
  for (let i = 0; i < texts; i++) all.set(data as never, i * data.length);
  return { ...value, data: all, shape: shape.map((side, at) => (at === axis ? texts * side : side)) };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

/** Index of the last token that is not padding; the first where all are. */
function lastToken(ids: readonly number[], padId: number | undefined): number {
  const last = ids.findLastIndex((id) => id !== padId);
  return Math.max(0, last);
}

function whole(values: readonly number[]): Value {
  return { type: "int64", data: BigInt64Array.from(values, BigInt), shape: [values.length] };
}

function floats({ data, shape }: FloatTensor): Value {
  return { type: "float32", data, shape };
}

function positionValues(positions: Positions, ids: readonly number[], from: number): Value {
  const all = positionNumbers(positions, ids);
  const numbers = all.slice(from);
  if (positions.kind === "table") return whole(numbers);
  const { width } = positions;
  const data = new Float32Array(numbers.length * width);
  const step = width / 2 - (positions.closed ? 1 : 0);
  for (const [i, position] of numbers.entries()) {
    if (positions.skipId !== undefined && position < positions.offset!) continue;
    sinusoid(position, step, data.subarray(i * width, (i + 1) * width));
  }
  return floats(floatTensor([numbers.length, width], data));
}

function positionNumbers({ offset = 0, skipId }: Positions, ids: readonly number[]): number[] {
  let next = offset;
  return ids.map((id) => (id === skipId ? offset - 1 : next++));
}

/**
 * Sines in the first half, cosines in the second (Marian; Vaswani et al. 2017 interleaves them). The `step`-th pair
 * turns 10000 times slower than the first.
 */
function sinusoid(position: number, step: number, out: Float32Array): void {
  const half = Math.ceil(out.length / 2);
  for (let i = 0; i < out.length; i++) {
    const pair = i < half ? i : i - half;
    const angle = position / 10000 ** (pair / step);
    out[i] = i < half ? Math.sin(angle) : Math.cos(angle);
  }
}

function alibiRows(bias: ScoreBias & { kind: "alibi" }, total: number): Value {
  const alibi = alibiOf(bias);
  const heads = bias.slopes.length;
  const data = Float32Array.from({ length: heads * total }, (_, i) =>
    alibiBias(alibi, Math.floor(i / total), i % total, total),
  );
  return floats(floatTensor([heads, 1, total], data));
}

/** Rows of a table of distances whose middle is the distance 0, [1, n, m]. */
function distanceRows({ span, buckets }: Disentangled, from: number, total: number): Value {
  const row = (distance: number) => span + (buckets ? logBucket(distance, buckets) : distance);
  const rows = Array.from({ length: 2 * total }, (_, i) =>
    BigInt(Math.min(2 * span - 1, Math.max(0, row(i - total)))),
  );
  const data = new BigInt64Array((total - from) * total);
  for (let at = 0; at < data.length; at++) {
    data[at] = rows[from + Math.floor(at / total) - (at % total) + total]!;
  }
  return { type: "int64", data, shape: [1, total - from, total] };
}

function buckets(bias: ScoreBias & { kind: "t5" }, from: number, total: number): Value {
  const data = new BigInt64Array((total - from) * total);
  const byDistance = new Map<number, bigint>();
  for (let distance = -total; distance < total; distance++) {
    byDistance.set(distance, BigInt(t5Bucket(distance, bias.buckets, bias.maxDistance, bias.bidirectional)));
  }
  let at = 0;
  for (let query = from; query < total; query++) {
    for (let key = 0; key < total; key++) data[at++] = byDistance.get(key - query)!;
  }
  return { type: "int64", data, shape: [total - from, total] };
}
