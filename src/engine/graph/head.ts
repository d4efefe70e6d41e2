// From the last stream to logits.

import type { Head, HeadStep } from "../description.ts";
import { activation } from "./activation.ts";
import type { GraphBuilder, ValueName } from "./builder.ts";
import { norm } from "./norm.ts";

/** [n, hidden] to logits: [rows, width] ([rows] for width 1) per token, else [width] for the whole input. */
export function head(g: GraphBuilder, h: Head, stream: ValueName): ValueName {
  const logits = h.steps.reduce((x, s) => step(g, s, x), pool(g, h, stream));
  if (h.from !== "tokens") return g.reshape(logits, h.width);
  return h.width === 1 ? g.reshape(logits, -1) : logits;
}

function pool(g: GraphBuilder, h: Head, stream: ValueName): ValueName {
  if (h.from === "tokens") return g.op("Gather", [stream, g.input("rows", "int64", ["r"], { kind: "rows" })]);
  if (h.from === "all") return stream;
  if (h.from === "mean") return g.op("ReduceMean", [stream, g.ints(0)]);
  if (h.from === "first") return g.op("Gather", [stream, g.ints(0)]);
  const row = g.input("last_row", "int64", [1], { kind: "lastRow", padId: h.padId });
  return g.op("Gather", [stream, row]);
}

function rowsFrom(g: GraphBuilder, x: ValueName, first: number): ValueName {
  return g.op("Slice", [x, g.ints(first), g.ints(2 ** 31 - 1), g.ints(0)]);
}

function ways(g: GraphBuilder, all: readonly (readonly HeadStep[])[], x: ValueName): ValueName[] {
  return all.map((steps) => steps.reduce((value, s) => step(g, s, value), x));
}

function step(g: GraphBuilder, s: HeadStep, x: ValueName): ValueName {
  if ("linear" in s) return g.linear(x, s.linear);
  if ("norm" in s) return norm(g, x, s.norm);
  if ("activation" in s) return activation(g, s.activation, x);
  if ("scale" in s) return g.multiply(x, s.scale);
  if ("softcap" in s) return g.softcap(x, s.softcap);
  if ("row" in s) return g.op("Gather", [x, g.ints(s.row)]);
  if ("meanFrom" in s) return g.op("ReduceMean", [rowsFrom(g, x, s.meanFrom), g.ints(0)]);
  if ("join" in s) return g.op("Concat", ways(g, s.join, x), { axis: 1 });
  if ("average" in s) return g.op("Mean", ways(g, s.average, x));
  return g.op("Add", [x, g.weight(s.add, s.shape)]);
}
