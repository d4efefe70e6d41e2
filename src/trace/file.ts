// The version-1 trace file: a safetensors file whose metadata holds the manifest as JSON,
// so that one line of Python reads it. Files come from strangers: whatever is wrong, one TraceError says where.

import {
  BYTES,
  decodeTensor,
  floatsToHalves,
  parseSafetensors,
  SafetensorsError,
  type Tensor,
  writeSafetensors,
} from "../tensor/index.ts";
import { checkManifest } from "./manifest/manifest.ts";
import { checkTensors } from "./shapes.ts";
import { spelledSizes } from "./sizes.ts";
import { Trace } from "./trace.ts";
import { type Manifest, type Recipe, TraceError } from "./types.ts";
import { checkValues } from "./values.ts";

/** What a trace file says it is. */
export const TRACE_FORMAT = "headscope.trace";
export const TRACE_VERSION = "1";
/**
 * Version of a file with what the first readers of version 1 would have misread: masks of layers, sizes of layers,
 * lists of heads, ALiBi that is rounded or multiplied. Everything else is written as version 1.
 */
export const TRACE_VERSION_LAYERS = "1.1";

/** Largest finite half; a tensor with a larger value stays float32. */
const MAX_HALF = 65504;

export interface WriteOptions {
  /** "f16" halves float32 tensors; "f32" (default) writes them as they are. Codes and halves stay as they are. */
  readonly precision?: "f32" | "f16";
}

/** The bytes of a trace file. */
export function writeTrace(trace: Trace, options: WriteOptions = {}): Uint8Array {
  const halve = options.precision === "f16";
  const stored = trace.names.map((name): [string, Tensor] => [name, trace.raw(name)!]);
  const tensors = halve ? stored.map(([name, t]): [string, Tensor] => [name, halved(name, t)]) : stored;
  const manifest: Manifest = halve ? { ...trace.manifest, precision: "f16" } : trace.manifest;
  return writeSafetensors(new Map(aligned(tensors)), {
    format: TRACE_FORMAT,
    version: versionOf(trace),
    manifest: JSON.stringify({ ...manifest, blocks: manifest.blocks.map(spelledSizes) }),
  });
}

function versionOf({ manifest, names }: Trace): string {
  const later =
    manifest.heads !== undefined ||
    manifest.blocks.some((block) => block.perLayer || [block.recipe].flat().some(changesAlibi)) ||
    names.some((name) => /\.\d+\.mask$/.test(name));
  return later ? TRACE_VERSION_LAYERS : TRACE_VERSION;
}

function changesAlibi({ bias }: Recipe): boolean {
  if (bias === null || bias === "tensor" || !("alibi" in bias)) return false;
  return bias.rounding !== undefined || bias.times !== undefined;
}

/** Widest elements first, so that every tensor starts at a multiple of its element's size. */
function aligned(tensors: readonly [string, Tensor][]): [string, Tensor][] {
  return [...tensors].sort(([, a], [, b]) => BYTES[b.dtype] - BYTES[a.dtype]);
}

/** A float32 tensor as halves; sinks and bias tables stay: they are tiny and every weight depends on them. */
export function halved(name: string, tensor: Tensor): Tensor {
  if (tensor.dtype !== "F32" || name.endsWith(".sinks") || name.endsWith(".bias_table")) return tensor;
  const data = tensor.data as Float32Array;
  if (data.some((x) => Number.isFinite(x) && Math.abs(x) > MAX_HALF)) return tensor;
  return { dtype: "F16", shape: tensor.shape, data: floatsToHalves(data) };
}

/** True for bytes that say they are a trace file: a safetensors header that names the format. */
export function isTraceFile(bytes: Uint8Array): boolean {
  const head = bytes.subarray(8, 1 << 20);
  return bytes[8] === 0x7b && new TextDecoder().decode(head).includes(`"${TRACE_FORMAT}"`);
}

/**
 * A trace from the bytes of a trace file. A TraceError where it is none, or where its numbers are no attention: NaN, rows
 * that sum to more than 1 (code "values", data {tensor, head, row, column}), or a tensor that a recipe asks for is missing.
 */
export function readTrace(bytes: Uint8Array): Trace {
  try {
    const { tensors: entries, metadata } = parseSafetensors(bytes);
    const json = manifestJson(metadata);
    const tensors = new Map<string, Tensor>();
    for (const [name, entry] of entries)
      tensors.set(name, decodeTensor(entry, bytes.subarray(entry.start, entry.end)));
    const manifest = checkManifest(json, tensors);
    checkTensors(manifest, tensors);
    const trace = new Trace(manifest, tensors);
    checkValues(trace);
    return trace;
  } catch (error) {
    if (!(error instanceof SafetensorsError)) throw error;
    const { message, code, data } = error;
    throw new TraceError(message, { code, data, cause: error });
  }
}

function manifestJson(metadata: Readonly<Record<string, string>>): unknown {
  const { format, version, manifest } = metadata;
  if (format !== TRACE_FORMAT || manifest === undefined) {
    throw new TraceError(
      `This safetensors file is not a trace: its metadata holds ${format === undefined ? "no format" : `the format "${format}"`}, expected "${TRACE_FORMAT}" and a manifest. If it holds weights, open the folder it lies in.`,
    );
  }
  if (version !== TRACE_VERSION && version !== TRACE_VERSION_LAYERS) {
    throw new TraceError(
      `The trace file has version ${version}; this headscope reads versions ${TRACE_VERSION} and ${TRACE_VERSION_LAYERS}. Update headscope, or write the file with the older one.`,
    );
  }
  try {
    return JSON.parse(manifest);
  } catch (error) {
    throw new TraceError(`The manifest is not valid JSON: ${(error as Error).message}`);
  }
}
