// The error of everything that reads safetensors files.

import { Failure } from "./failure.ts";

/**
 * A file that is not a valid safetensors file. The message says what was found and what was expected. Code "cut-short"
 * has data {needed, found} in bytes, and where the header is whole {tensors, last}: how many there are, the last one
 * that is complete (or null).
 */
export class SafetensorsError extends Failure {
  override name = "SafetensorsError";
}
