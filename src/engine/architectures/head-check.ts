// Whether the heads of a description fill the vectors that its matrices give and take.

import type { ConfigReader } from "../config-reader.ts";
import type { Attention, ModelDescription } from "../description.ts";

/** Refuses a config whose heads leave a rest of the width, which the runtime would trip over. */
export function checkHeads(config: ConfigReader, { stacks }: ModelDescription): void {
  const bodies = stacks.flatMap(({ layers }) =>
    layers.flatMap(({ attention, cross }) => [attention.body, ...(cross ? [cross.body] : [])]),
  );
  for (const body of bodies) {
    if (fills(body)) continue;
    const reason = `they do not divide the width of ${body.out.in} evenly`;
    config.refuse("num_attention_heads", body.heads, reason);
  }
}

function fills({ heads, kvHeads, headSize, project, out }: Attention): boolean {
  if (headSize < 1 || heads % kvHeads !== 0 || out.in !== heads * headSize) return false;
  if (project.kind === "fused") return project.qkv.out === (heads + 2 * kvHeads) * headSize;
  return project.q.out === heads * headSize && project.k.out === kvHeads * headSize;
}
