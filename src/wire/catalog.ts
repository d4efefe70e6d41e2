// What `models/index.json` lists, as the server writes it and the page reads it.

/** One bundled model. */
export interface BundledModel {
  readonly name: string;
  /** config.json's model_type, e.g. "gpt2". */
  readonly family: string;
  readonly layers: number;
  readonly heads: number;
  /** All files together. */
  readonly bytes: number;
  /** The model card's first sentence, or "". */
  readonly about: string;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}
