// Messages for a socket: JSON where there are no arrays, else one binary frame in the layout of a trace file
// (safetensors), its metadata holding the message. Arrays are not copied on the way out, and not on the way in.

import { BYTES, parseSafetensors, safetensorsParts, type Tensor, viewTensor } from "../tensor/index.ts";
import type { NamedTensors } from "./protocol.ts";

/** A message of either side as plain data; arrays travel in `tensors` only. */
export interface Message {
  readonly [name: string]: unknown;
  readonly tensors?: NamedTensors;
}

const FORMAT = "headscope.message";

/** The message as a text, or as the pieces of one binary frame. */
export function encodeMessage(message: Message): string | Uint8Array[] {
  const { tensors, ...rest } = message;
  if (!tensors || tensors.length === 0) return JSON.stringify(rest);
  const metadata = { format: FORMAT, message: JSON.stringify(rest) };
  return safetensorsParts(new Map(widestFirst(tensors)), metadata);
}

/** So every tensor begins at a multiple of its element's size. */
function widestFirst(tensors: NamedTensors): (readonly [string, Tensor])[] {
  return [...tensors].sort(([, a], [, b]) => BYTES[b.dtype] - BYTES[a.dtype]);
}

/** The message again; a SafetensorsError or SyntaxError where it is none. */
export function decodeMessage(data: string | Uint8Array): Message {
  if (typeof data === "string") return JSON.parse(data) as Message;
  const { tensors, metadata } = parseSafetensors(data);
  const named = [...tensors].map(([name, entry]) => [name, viewTensor(entry, data)] as const);
  return { ...(JSON.parse(metadata.message ?? "{}") as object), tensors: named };
}
