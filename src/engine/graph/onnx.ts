// Writes an ONNX ModelProto. Field numbers are those of onnx.proto (https://onnx.ai/onnx/repo-docs/IR.html);
// only what generated graphs need: nodes, inputs, outputs, inline and external initializers.

import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** Element types by their number in TensorProto.DataType. */
export const ELEMENT = {
  float32: 1,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  bfloat16: 16,
} as const;
export type Element = keyof typeof ELEMENT;

export type Attribute = number | string | readonly number[] | { readonly float: number };

export interface Node {
  readonly type: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly output: string;
  /** Outputs beyond the first. */
  readonly more: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** Bytes `start` to `end` of a checkpoint's file. */
export interface Range {
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

export interface Initializer {
  readonly name: string;
  readonly element: Element;
  readonly shape: readonly number[];
  readonly data: Range | Uint8Array;
}

export interface GraphInput {
  readonly name: string;
  readonly element: Element;
  /** Sizes; a string is a size known only at run time. */
  readonly shape: readonly (number | string)[];
}

export interface Graph {
  readonly nodes: readonly Node[];
  readonly initializers: readonly Initializer[];
  readonly inputs: readonly GraphInput[];
  /** Values inside whose shape onnxruntime does not find by itself. */
  readonly between: readonly GraphInput[];
  readonly outputs: readonly { readonly name: string; readonly element: Element }[];
}

/** Where a runtime keeps a range: file name and byte offset as ONNX external data, and its bytes where they are others. */
export type Place = (range: Range) => {
  readonly location: string;
  readonly offset: number;
  readonly length?: number;
};

/** A graph as ONNX bytes, with each external weight where `place` says. */
export function encodeModel(graph: Graph, place: Place): Uint8Array<ArrayBuffer> {
  const w = new BinaryWriter();
  w.tag(1, WireType.Varint).int64(10);
  text(w, 2, "headscope");
  message(w, 7, () => writeGraph(w, graph, place));
  for (const [domain, version] of [
    ["", 23],
    ["com.microsoft", 1],
  ] as const) {
    message(w, 8, () => {
      text(w, 1, domain);
      w.tag(2, WireType.Varint).int64(version);
    });
  }
  return w.finish() as Uint8Array<ArrayBuffer>;
}

function writeGraph(w: BinaryWriter, graph: Graph, place: Place): void {
  for (const node of graph.nodes) message(w, 1, () => writeNode(w, node));
  text(w, 2, "headscope");
  for (const item of graph.initializers) message(w, 5, () => writeInitializer(w, item, place));
  for (const input of graph.inputs)
    message(w, 11, () => writeType(w, input.name, input.element, input.shape));
  for (const value of graph.between)
    message(w, 13, () => writeType(w, value.name, value.element, value.shape));
  for (const output of graph.outputs) message(w, 12, () => writeType(w, output.name, output.element));
}

function writeNode(w: BinaryWriter, node: Node): void {
  for (const input of node.inputs) text(w, 1, input);
  for (const output of [node.output, ...node.more]) text(w, 2, output);
  text(w, 3, node.output);
  text(w, 4, node.type);
  for (const [name, value] of Object.entries(node.attributes))
    message(w, 5, () => writeAttribute(w, name, value));
  text(w, 7, node.domain);
}

function writeAttribute(w: BinaryWriter, name: string, value: Attribute): void {
  text(w, 1, name);
  if (typeof value === "number") w.tag(3, WireType.Varint).int64(value);
  else if (typeof value === "string") text(w, 4, value);
  else if ("float" in value) w.tag(2, WireType.Bit32).float(value.float);
  else for (const item of value) w.tag(8, WireType.Varint).int64(item);
  w.tag(20, WireType.Varint).int32(attributeType(value));
}

function attributeType(value: Attribute): number {
  if (typeof value === "number") return 2;
  if (typeof value === "string") return 3;
  return "float" in value ? 1 : 7;
}

function writeInitializer(w: BinaryWriter, item: Initializer, place: Place): void {
  for (const side of item.shape) w.tag(1, WireType.Varint).int64(side);
  w.tag(2, WireType.Varint).int32(ELEMENT[item.element]);
  text(w, 8, item.name);
  if (item.data instanceof Uint8Array) {
    w.tag(9, WireType.LengthDelimited).bytes(item.data);
    return;
  }
  const { start, end } = item.data;
  const { location, offset, length = end - start } = place(item.data);
  entry(w, "location", location);
  entry(w, "offset", String(offset));
  entry(w, "length", String(length));
  w.tag(14, WireType.Varint).int32(1);
}

function entry(w: BinaryWriter, key: string, value: string): void {
  message(w, 13, () => {
    text(w, 1, key);
    text(w, 2, value);
  });
}

function writeType(
  w: BinaryWriter,
  name: string,
  element: Element,
  shape?: readonly (number | string)[],
): void {
  text(w, 1, name);
  message(w, 2, () =>
    message(w, 1, () => {
      w.tag(1, WireType.Varint).int32(ELEMENT[element]);
      if (shape) message(w, 2, () => writeShape(w, shape));
    }),
  );
}

function writeShape(w: BinaryWriter, shape: readonly (number | string)[]): void {
  for (const side of shape) message(w, 1, () => writeSide(w, side));
}

function writeSide(w: BinaryWriter, side: number | string): void {
  if (typeof side === "number") w.tag(1, WireType.Varint).int64(side);
  else text(w, 2, side);
}

function message(w: BinaryWriter, field: number, body: () => void): void {
  w.tag(field, WireType.LengthDelimited).fork();
  body();
  w.join();
}

function text(w: BinaryWriter, field: number, value: string): void {
  w.tag(field, WireType.LengthDelimited).string(value);
}
