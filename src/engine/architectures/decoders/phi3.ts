// Phi-3 (Abdin et al. 2024): Llama with q, k, v in one matrix and gate and up in another.

import type { ConfigReader } from "../../config-reader.ts";
import type { Layer, Linear, Rotary } from "../../description.ts";
import { readRotary } from "../../rotary.ts";
import { type Family, linear, slidingWindow } from "../family.ts";
import { type LlamaSizes, llamaLike, llamaSizes } from "./llama-like.ts";

export const phi3: Family = {
  type: "phi3",
  prefixes: ["model."],
  irrelevant: ["full_attn_mod", "interpolate_factor"],
  describe(config, weights) {
    const sizes = llamaSizes(config, {
      hidden: 3072,
      heads: 32,
      layers: 32,
      units: 8192,
      positions: 4096,
      vocab: 32064,
      eps: 1e-5,
      activation: "silu",
    });
    const window = slidingWindow(config, null);
    return llamaLike(config, weights, {
      family: "phi3",
      className: "Phi3",
      sizes,
      tied: false,
      eos: 32000,
      pad: 32000,
      rotary: rotaryOfPhi3(config, sizes),
      adjust: (layer, _, name) => fused(layer, sizes, name, window),
    });
  },
};

function rotaryOfPhi3(config: ConfigReader, { headSize, positions }: LlamaSizes): Rotary {
  const options = { maxPositions: positions, originalPositions: 4096, fraction: 1 };
  const rotary = readRotary(config, headSize, options);
  const { type } = rotary.scaling;
  if (type === "default" || type === "longrope") return rotary;
  return config.refuse("rope_type", type, "Phi-3 has only default and longrope");
}

/** The layer with its projections as rows of qkv_proj and gate_up_proj. */
function fused(
  layer: Layer,
  { hidden, heads, kvHeads, headSize, units, activation }: LlamaSizes,
  name: string,
  window: ReturnType<typeof slidingWindow>,
): Layer {
  const [queries, keys] = [heads * headSize, kvHeads * headSize];
  const rows =
    (part: string, of: number) =>
    (from: number, out: number): Linear =>
      linear(`${name}.${part}`, hidden, out, false, { from, of });
  const qkv = rows("self_attn.qkv_proj", queries + 2 * keys);
  const gateUp = rows("mlp.gate_up_proj", 2 * units);
  const { attention, mlp } = layer;
  return {
    attention: {
      ...attention,
      body: {
        ...attention.body,
        project: {
          kind: "separate",
          q: qkv(0, queries),
          k: qkv(queries, keys),
          v: qkv(queries + keys, keys),
        },
        window,
      },
    },
    mlp: {
      ...mlp,
      body: {
        kind: "gated",
        gate: gateUp(0, units),
        up: gateUp(units, units),
        activation,
        down: linear(`${name}.mlp.down_proj`, units, hidden, false),
      },
    },
  };
}
