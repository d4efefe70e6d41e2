// The first vectors of a stream: token ids, image patches or frames of sound, with their absolute positions.

import type {
  FrameEmbedding,
  PatchEmbedding,
  Positions,
  Stack,
  Table,
  TokenEmbedding,
} from "../description.ts";
import type { GraphBuilder, ValueName } from "./builder.ts";
import { norm } from "./norm.ts";

/** [n, hidden] */
export function embedding(g: GraphBuilder, e: Stack["embedding"]): ValueName {
  if (e.kind === "tokens") return tokenVectors(g, e);
  return e.kind === "patches" ? patchVectors(g, e) : frameVectors(g, e);
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

function frameVectors(g: GraphBuilder, e: FrameEmbedding): ValueName {
  const spectrogram = g.input("features", "float32", [1, e.bins, e.frames], { kind: "features" });
  const columns = e.convolutions.reduce((x, { weight, bias, channels, stride }) => {
    const inputs = [x, g.weight(weight, [e.width, channels, 3]), g.weight(bias, [e.width])];
    return g.op("Gelu", [g.op("Conv", inputs, { pads: [1, 1], strides: [stride] })]);
  }, spectrogram);
  const { weight, rows, width } = e.positions;
  return g.op("Add", [inRows(g, columns, e.width), g.weight(weight, [rows, width])]);
}

function patchVectors(g: GraphBuilder, e: PatchEmbedding): ValueName {
  const [height, width] = e.patch;
  const sides = e.stretched ? ["height", "width"] : e.image;
  const pixels = g.input("pixels", "float32", [1, e.channels, ...sides], { kind: "pixels" });
  const kernel = g.weight(e.weight, [e.width, e.channels, height, width]);
  const bias = e.bias === undefined ? [] : [g.weight(e.bias, [e.width])];
  const grid = g.op("Conv", [pixels, kernel, ...bias], { strides: [height, width] });
  const patches = inRows(g, grid, e.width);
  const first = e.before.map(({ weight, shape }) => g.reshape(g.weight(weight, shape), 1, e.width));
  const tokens = first.length ? g.op("Concat", [...first, patches], { axis: 0 }) : patches;
  return norm(g, g.op("Add", [tokens, places(g, e, grid)]), e.norm);
}

/** [1, width, rows, columns] to [patches, width] */
function inRows(g: GraphBuilder, grid: ValueName, width: number): ValueName {
  return g.transpose(g.reshape(grid, width, -1), 1, 0);
}

/** Positions of the tokens, [tokens, width]; those of the patches stretched to the grid where images may be larger. */
function places(g: GraphBuilder, e: PatchEmbedding, grid: ValueName): ValueName {
  const [rows, columns] = gridOf(e);
  const extra = e.before.length;
  const stored = g.reshape(g.weight(e.positions.weight, e.positions.shape), extra + rows * columns, e.width);
  if (!e.stretched) return stored;
  const [first, patches] = g.split("Split", [stored, g.ints(extra, rows * columns)], 2, { axis: 0 });
  const plane = g.reshape(g.transpose(patches!, 1, 0), 1, e.width, rows, columns);
  const attributes = { mode: "cubic", cubic_coeff_a: { float: -0.75 } };
  const stretched = g.op("Resize", [plane, "", "", g.op("Shape", [grid])], attributes);
  return g.op("Concat", [first!, inRows(g, stretched, e.width)], { axis: 0 });
}

/** Rows and columns of patches that a picture of the model's own size has. */
function gridOf({ image, patch }: PatchEmbedding): readonly [number, number] {
  return [Math.floor(image[0] / patch[0]), Math.floor(image[1] / patch[1])];
}
