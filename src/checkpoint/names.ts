// Names of tensors as wrappers of PyTorch write them: the wrapped model's own names lie behind or between theirs.

import { CheckpointError } from "./source.ts";
import type { Weights } from "./weights.ts";

/** Wrappers by what they put before every name. */
const BEFORE = ["module.", "base_model.model."] as const;
/** Wrappers by what they put before the names of the part they wrap. */
const WITHIN = /(^|\.)(?:_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module)\./g;

/** Tensors under the wrapped model's own names, and what was cut from them. */
export interface Unwrapped {
  readonly weights: Weights;
  /** E.g. ["module."]; empty for nearly all checkpoints. */
  readonly cut: readonly string[];
}

/** Cuts what DataParallel, torch.compile, FSDP and peft put into names; an adapter that is not merged is refused. */
export function unwrapNames(weights: Weights): Unwrapped {
  refuseAdapters(weights);
  const cut = new Set<string>();
  const plain = [...weights].map(([name, entry]) => [unwrap(name, cut), entry] as const);
  if (cut.size === 0) return { weights, cut: [] };
  // A name that is there both ways keeps its own tensor.
  return {
    weights: new Map([...plain, ...[...weights].filter(([name]) => !isWrapped(name))]),
    cut: [...cut],
  };
}

function unwrap(name: string, cut: Set<string>): string {
  const prefix = BEFORE.find((before) => name.startsWith(before));
  if (prefix) {
    cut.add(prefix);
    return unwrap(name.slice(prefix.length), cut);
  }
  const inner = name.replace(WITHIN, (all, before: string) => {
    cut.add(all.slice(before.length));
    return before;
  });
  return inner === name ? name : unwrap(inner, cut);
}

function isWrapped(name: string): boolean {
  return unwrap(name, new Set()) !== name;
}

function refuseAdapters(weights: Weights): void {
  const part = [...weights.keys()].find((name) => /\.lora_(A|B|embedding_A|embedding_B)\b/.test(name));
  if (!part) return;
  throw new CheckpointError(
    `The weights hold an adapter that is not merged (${part.slice(0, 200)}). Merge it with merge_and_unload() of peft, and save the model that this returns.`,
  );
}
