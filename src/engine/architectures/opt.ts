// OPT (Zhang et al. 2022): learned positions from 2 on, norms before each branch (after it in opt-350m, which
// also has embeddings narrower than its stream).

import type { Branch, HeadStep, Layer, ModelDescription, Norm } from "../description.ts";
import { decoderHead, endIds, type Family, layerNorm, linear, outputMatrix } from "./family.ts";

/** PyTorch's default; the config has no key for it. */
const EPS = 1e-5;

export const opt: Family = {
  type: "opt",
  prefixes: ["model."],
  irrelevant: ["activation_dropout", "init_std", "layerdrop", "learned_embeddings"],
  describe(config, weights): ModelDescription {
    const hidden = config.count("hidden_size", 768);
    const heads = config.count("num_attention_heads", 12);
    const layers = config.layers("num_hidden_layers", 12);
    const units = config.count("ffn_dim", 3072);
    const positions = config.count("max_position_embeddings", 2048);
    const vocab = config.count("vocab_size", 50272);
    const width = config.count("word_embed_proj_dim", hidden);
    const activation = config.text("activation_function", "relu");
    const before = config.flag("do_layer_norm_before", true);
    const bias = config.flag("enable_bias", true);
    const learned = config.flag("layer_norm_elementwise_affine", true);
    const noFinal = config.flag("_remove_final_layer_norm", false);
    const headSize = Math.floor(hidden / heads);

    const norm = (name: string): Norm =>
      learned ? layerNorm(name, hidden, EPS) : { kind: "layer", size: hidden, eps: EPS, weight: null };
    const branch = <T>(body: T, name: string): Branch<T> =>
      before ? { body, pre: norm(name) } : { body, after: norm(name) };
    const layer = (index: number): Layer => {
      const name = `model.decoder.layers.${index}`;
      const project = (part: string) => linear(`${name}.self_attn.${part}`, hidden, hidden, bias);
      return {
        attention: branch(
          {
            heads,
            kvHeads: heads,
            headSize,
            project: { kind: "separate", q: project("q_proj"), k: project("k_proj"), v: project("v_proj") },
            out: project("out_proj"),
            scale: headSize ** -0.5,
            causal: true,
          },
          `${name}.self_attn_layer_norm`,
        ),
        mlp: branch(
          {
            kind: "plain",
            up: linear(`${name}.fc1`, hidden, units, bias),
            activation,
            down: linear(`${name}.fc2`, units, hidden, bias),
          },
          `${name}.final_layer_norm`,
        ),
      };
    };
    const embedding = "model.decoder.embed_tokens.weight";
    const names = { own: "lm_head.weight", embedding, tied: true };
    const words = outputMatrix(config, weights, names, width, vocab);
    const narrow = width !== hidden;
    const steps: HeadStep[] = narrow
      ? [{ linear: linear("model.decoder.project_out", hidden, width, false) }]
      : [];
    const table = { weight: "model.decoder.embed_positions.weight", rows: positions + 2, width: hidden };
    return {
      family: "opt",
      kind: "causal",
      vocab,
      maxTokens: positions,
      eos: endIds(config, 2),
      stacks: [
        {
          stream: "text",
          block: "self",
          hidden,
          embedding: {
            kind: "tokens",
            tokens: { weight: embedding, rows: vocab, width },
            ...(narrow && { project: linear("model.decoder.project_in", width, hidden, false) }),
            positions: { kind: "table", table, offset: 2 },
          },
          layers: Array.from({ length: layers }, (_, i) => layer(i)),
          finalNorm: before && !noFinal ? norm("model.decoder.final_layer_norm") : null,
        },
      ],
      head: decoderHead(config, "OPT", { hidden: width, vocab }, [...steps, { linear: words }], {
        before: steps,
        pad: 1,
      }),
    };
  },
};
