// The first vectors of a stream: token ids or image patches, with their absolute positions.

import type { PatchEmbedding, Positions, Table, TokenEmbedding } from "../description.ts";
import type { GraphBuilder, ValueName } from "./builder.ts";
import { norm } from "./norm.ts";

/** [n, hidden] */
export function embedding(g: GraphBuilder, e: TokenEmbedding | PatchEmbedding): ValueName {
  return e.kind === "tokens" ? tokenVectors(g, e) : patchVectors(g, e);
}

function tokenVectors(g: GraphBuilder, e: TokenEmbedding): ValueName {
  let x = rows(g, e.tokens, g.input("ids", "int64", ["n"], { kind: "ids" }));
  if (e.project) x = g.linear(x, e.project);
  x = g.multiply(x, e.scale ?? 1);
  if (e.types) x = g.op("Add", [x, rows(g, e.types, g.input("types", "int64", ["n"], { kind: "types" }))]);
  if (e.positions) x = g.op("Add", [x, positionVectors(g, e.positions)]);
  x = norm(g, x, e.norm);
  return e.map ? g.linear(x, e.map) : x;
}

function rows(g: GraphBuilder, table: Table, index: ValueName): ValueName {
  return g.rowsOf(table.weight, [table.rows, table.width], index);
}

function positionVectors(g: GraphBuilder, positions: Positions): ValueName {
  const need = { kind: "positions", positions } as const;
  if (positions.kind === "sinusoidal") return g.input("positions", "float32", ["n", positions.width], need);
  return rows(g, positions.table, g.input("positions", "int64", ["n"], need));
}

function patchVectors(g: GraphBuilder, e: PatchEmbedding): ValueName {
  const [height, width] = e.patch;
  const count = (e.image[0] / height) * (e.image[1] / width);
  const pixels = g.input("pixels", "float32", [1, e.channels, ...e.image], { kind: "pixels" });
  const kernel = g.weight(e.weight, [e.width, e.channels, height, width]);
  const bias = e.bias === undefined ? [] : [g.weight(e.bias, [e.width])];
  const grid = g.op("Conv", [pixels, kernel, ...bias], { strides: [height, width] });
  const patches = g.transpose(g.reshape(grid, e.width, count), 1, 0);
  const first = g.reshape(g.weight(e.classToken, [1, 1, e.width]), 1, e.width);
  const positions = g.reshape(g.weight(e.positions, [1, count + 1, e.width]), count + 1, e.width);
  return g.op("Add", [g.op("Concat", [first, patches], { axis: 0 }), positions]);
}
