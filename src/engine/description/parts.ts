// Stored tensors as parts of a description: matrices, norms, tables.

/** A matrix product with an optional bias. Stored [out, in] unless `layout` says [in, out] (GPT-2's Conv1D). */
export interface Linear {
  readonly weight: string;
  readonly bias?: string | undefined;
  readonly in: number;
  readonly out: number;
  readonly layout?: "in-out";
  /** This matrix is rows `from` to `from + out` of a stored matrix with `of` rows (fused projections). */
  readonly rows?: { readonly from: number; readonly of: number };
  /** The result is cut to -clamp .. clamp (OLMo, MPT). */
  readonly clamp?: number;
  /** Multiplies the result: a number (Granite) or a stored vector [out] (DINOv2's layer scale). */
  readonly times?: number | string;
}

/** Layer norm, or root-mean-square norm (Zhang and Sennrich 2019); `plusOne`: the factor is 1 + weight (Gemma). */
export interface Norm {
  readonly kind: "layer" | "rms";
  readonly size: number;
  readonly eps: number;
  /** Null where the norm has no learned factor; a list for q and k of heads that have one each (StableLM). */
  readonly weight: string | null | readonly string[];
  readonly bias?: string | undefined;
  readonly plusOne?: boolean;
}

/** A table of vectors, [rows, width]. */
export interface Table {
  readonly weight: string;
  readonly rows: number;
  readonly width: number;
}
