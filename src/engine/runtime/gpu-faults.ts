// What onnxruntime-web computes wrongly on WebGPU, without an error: models that need it are refused there by name, so that
// WebAssembly runs them, and are never shown with other numbers.

import { RuntimeFailure } from "../errors.ts";
import type { Graph } from "../graph/onnx.ts";

/**
 * Throws for a graph with a convolution along one dimension (Whisper's over the spectrogram, DeBERTa's over words): with
 * onnxruntime-web 1.30 a golden with 12 channels was off by .57 in attention, one with 30 was right to 1e-6.
 */
export function refuseFaulty({ nodes }: Graph): void {
  const along = nodes.find(({ type, attributes }) => type === "Conv" && lengthOf(attributes.pads) === 2);
  if (!along) return;
  throw new RuntimeFailure(
    "WebGPU is not used for this model: onnxruntime computes its convolutions along one dimension wrongly there.",
    { code: "gpu" },
  );
}

/** Two numbers pad one dimension, four pad two. */
function lengthOf(pads: unknown): number {
  return Array.isArray(pads) ? pads.length : 0;
}
