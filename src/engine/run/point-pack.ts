// What the edit points of one graph are fed, packed as its inputs are: the tensors one after the other.

import type { Need } from "../graph/needs.ts";
import type { Value } from "../runtime/runtime.ts";
import type { PointFeeds } from "./points.ts";

/** One packed input; tensors without a feed count 0 numbers. */
export function packed({ part, names }: Need & { kind: "points" }, points: PointFeeds | undefined): Value {
  const feeds = names.flatMap((name) => points?.get(name) ?? []);
  const shape = [feeds.reduce((sum, { places }) => sum + places.length, 0)];
  if (part === "counts") {
    const counts = names.map((name) => points?.get(name)?.places.length ?? 0);
    return { type: "int64", data: BigInt64Array.from(counts, BigInt), shape: [names.length] };
  }
  if (part === "places") {
    const data = joined(
      new Int32Array(shape[0]!),
      feeds.map(({ places }) => places),
    );
    return { type: "int32", data, shape };
  }
  return {
    type: "float32",
    data: joined(
      new Float32Array(shape[0]!),
      feeds.map((feed) => feed[part]),
    ),
    shape,
  };
}

function joined<T extends Int32Array | Float32Array>(out: T, parts: readonly T[]): T {
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
