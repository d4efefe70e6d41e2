// The tensors of a checkpoint, from one safetensors file or many shards, by name and place.

import type { TensorEntry } from "../tensor/index.ts";

/** Where one weight lies: which file, which bytes. */
export interface WeightEntry extends TensorEntry {
  readonly file: string;
}

/** Every tensor of a checkpoint by its name in the file. */
export type Weights = ReadonlyMap<string, WeightEntry>;

/** config.json as read: unchecked values by key. */
export type Config = Readonly<Record<string, unknown>>;
