// What the engine refuses, by kind. Messages say what was found, what was expected and what to do.

import { Failure } from "../tensor/index.ts";

/** A model type, option or config key that headscope cannot reproduce exactly. Says which are supported. */
export class UnsupportedModelError extends Failure {
  override name = "UnsupportedModelError";
}

/** An input that the model cannot take. Code "too-long" has data {tokens, limit}: how many there are, how many fit. */
export class InputError extends Failure {
  override name = "InputError";
}

/** A model or a run (code "model" or "run") that does not fit; data {needed, limit} in bytes where known. */
export class MemoryError extends Failure {
  override name = "MemoryError";
}

/** An edit that cannot be made; data {edit} quotes it. */
export class EditError extends Failure {
  override name = "EditError";
}

/** A model that was asked for something after dispose(). */
export class DisposedError extends Failure {
  override name = "DisposedError";
}
