// What the engine refuses, by kind. Messages say what was found, what was expected and what to do.

/** A model type, option or config key that headscope cannot reproduce exactly. Says which are supported. */
export class UnsupportedModelError extends Error {
  override name = "UnsupportedModelError";
}

/** An input that the model cannot take: empty, too long, ids outside the vocabulary. */
export class InputError extends Error {
  override name = "InputError";
  /** For texts that are too long: how many tokens there are and how many fit. */
  readonly length?: { readonly tokens: number; readonly limit: number };
  constructor(message: string, length?: { tokens: number; limit: number }) {
    super(message);
    if (length) this.length = length;
  }
}

/** A model or a run that needs more memory than there is, in bytes where known. */
export class MemoryError extends Error {
  override name = "MemoryError";
  readonly needed?: number;
  readonly limit?: number;
  constructor(message: string, sizes?: { needed: number; limit: number }, options?: ErrorOptions) {
    super(message, options);
    if (sizes) Object.assign(this, sizes);
  }
}

/** An edit that cannot be made. */
export class EditError extends Error {
  override name = "EditError";
}
