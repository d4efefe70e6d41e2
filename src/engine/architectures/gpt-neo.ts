// GPT-Neo (Black et al. 2021): GPT-2 without scaling of the scores, with a window in every other layer.

import type { ConfigReader } from "../config-reader.ts";
import type { Layer, ModelDescription } from "../description.ts";
import { decoderHead, endIds, type Family, layerNorm, linear, outputMatrix } from "./family.ts";

export const gptNeo: Family = {
  type: "gpt_neo",
  prefixes: ["transformer."],
  irrelevant: `embed_dropout resid_dropout summary_activation summary_first_dropout summary_proj_to_labels
    summary_type summary_use_proj`.split(/\s+/),
  describe(config, weights): ModelDescription {
    const hidden = config.count("hidden_size", 2048);
    const heads = config.count(["num_heads", "num_attention_heads"], 16);
    const layers = config.layers(["num_layers", "num_hidden_layers"], 24);
    const units = config.count("intermediate_size", 4 * hidden);
    const positions = config.count("max_position_embeddings", 2048);
    const vocab = config.count("vocab_size", 50257);
    const eps = config.number("layer_norm_epsilon", 1e-5);
    const activation = config.text("activation_function", "gelu_new");
    const window = [config.count("window_size", 256) - 1, 0] as const;
    const local = localLayers(config, layers);

    const layer = (index: number): Layer => {
      const name = `transformer.h.${index}`;
      const project = (part: string, bias = false) =>
        linear(`${name}.attn.attention.${part}`, hidden, hidden, bias);
      return {
        attention: {
          pre: layerNorm(`${name}.ln_1`, hidden, eps),
          body: {
            heads,
            kvHeads: heads,
            headSize: Math.floor(hidden / heads),
            project: { kind: "separate", q: project("q_proj"), k: project("k_proj"), v: project("v_proj") },
            out: project("out_proj", true),
            scale: 1,
            causal: true,
            window: local[index] ? window : null,
          },
        },
        mlp: {
          pre: layerNorm(`${name}.ln_2`, hidden, eps),
          body: {
            kind: "plain",
            up: linear(`${name}.mlp.c_fc`, hidden, units, true),
            activation,
            down: linear(`${name}.mlp.c_proj`, units, hidden, true),
          },
        },
      };
    };
    const embedding = "transformer.wte.weight";
    const names = { own: "lm_head.weight", embedding, tied: true };
    const words = outputMatrix(config, weights, names, hidden, vocab);
    const table = { weight: "transformer.wpe.weight", rows: positions, width: hidden };
    return {
      family: "gpt_neo",
      kind: "causal",
      vocab,
      maxTokens: positions,
      eos: endIds(config, 50256),
      stacks: [
        {
          stream: "text",
          block: "self",
          hidden,
          embedding: {
            kind: "tokens",
            tokens: { weight: embedding, rows: vocab, width: hidden },
            positions: { kind: "table", table, offset: 0 },
          },
          layers: Array.from({ length: layers }, (_, i) => layer(i)),
          finalNorm: layerNorm("transformer.ln_f", hidden, eps),
        },
      ],
      head: decoderHead(config, "GPTNeo", { hidden, vocab }, [{ linear: words }]),
    };
  },
};

/** Whether each layer is local: attention_layers, or attention_types as [[[types], times], ...]. */
function localLayers(config: ConfigReader, layers: number): boolean[] {
  const groups = config.list("attention_types") ?? [[["global", "local"], 12]];
  const types = config.list("attention_layers") ?? groups.flatMap((group) => repeated(config, group, layers));
  if (types.length !== layers || types.some((type) => type !== "global" && type !== "local"))
    config.refuse("attention_types", types, `expected global or local for each of ${layers} layers`);
  return types.map((type) => type === "local");
}

function repeated(config: ConfigReader, group: unknown, layers: number): unknown[] {
  const [types, times] = Array.isArray(group) ? group : [];
  if (!Array.isArray(types) || !Number.isInteger(times) || times < 0 || times > layers)
    return config.refuse("attention_types", group, "expected [[types], times]");
  return Array.from({ length: times }, () => types).flat();
}
