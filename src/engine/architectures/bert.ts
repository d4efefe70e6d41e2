// BERT (Devlin et al. 2019): an encoder with norms after each branch, learned positions and segments.

import type { Head, HeadStep, Layer, ModelDescription } from "../description.ts";
import { classesHead, type Family, headFor, layerNorm, linear, outputMatrix, wordsHead } from "./family.ts";

export const bert: Family = {
  type: "bert",
  prefixes: ["bert."],
  irrelevant:
    `directionality pooler_fc_size pooler_num_attention_heads pooler_num_fc_layers pooler_size_per_head
    pooler_type`.split(/\s+/),
  describe(config, weights): ModelDescription {
    const hidden = config.count("hidden_size", 768);
    const heads = config.count("num_attention_heads", 12);
    const layers = config.count("num_hidden_layers", 12);
    const units = config.count("intermediate_size", 3072);
    const positions = config.count("max_position_embeddings", 512);
    const segments = config.count("type_vocab_size", 2);
    const vocab = config.count("vocab_size", 30522);
    const eps = config.number("layer_norm_eps", 1e-12);
    const activation = config.text("hidden_act", "gelu");
    const headSize = Math.floor(hidden / heads);
    config.only("position_embedding_type", "absolute");

    const layer = (index: number): Layer => {
      const name = `bert.encoder.layer.${index}`;
      const project = (part: string) => linear(`${name}.attention.self.${part}`, hidden, hidden, true);
      return {
        attention: {
          body: {
            heads,
            kvHeads: heads,
            headSize,
            project: { kind: "separate", q: project("query"), k: project("key"), v: project("value") },
            out: linear(`${name}.attention.output.dense`, hidden, hidden, true),
            scale: headSize ** -0.5,
            causal: false,
          },
          after: layerNorm(`${name}.attention.output.LayerNorm`, hidden, eps),
        },
        mlp: {
          body: {
            kind: "plain",
            up: linear(`${name}.intermediate.dense`, hidden, units, true),
            activation,
            down: linear(`${name}.output.dense`, units, hidden, true),
          },
          after: layerNorm(`${name}.output.LayerNorm`, hidden, eps),
        },
      };
    };
    const table = (name: string, rows: number) => ({
      weight: `bert.embeddings.${name}.weight`,
      rows,
      width: hidden,
    });
    const own = "cls.predictions.decoder.weight";
    const tie = { own, embedding: "bert.embeddings.word_embeddings.weight", tied: true };
    const decoder = outputMatrix(config, weights, tie, hidden, vocab);
    const masked = (): Head =>
      wordsHead(vocab, [
        { linear: linear("cls.predictions.transform.dense", hidden, hidden, true) },
        { activation },
        { norm: layerNorm("cls.predictions.transform.LayerNorm", hidden, eps) },
        {
          linear: { ...decoder, bias: weights.first("cls.predictions.bias", "cls.predictions.decoder.bias") },
        },
      ]);
    const pooled: HeadStep[] = [
      { linear: linear("bert.pooler.dense", hidden, hidden, true) },
      { activation: "tanh" },
    ];
    const classes = (from: Head["from"], name: string, count: number, before: readonly HeadStep[] = []) =>
      classesHead(from, count, [...before, { linear: linear(name, hidden, count, true) }]);
    return {
      family: "bert",
      kind: "encoder",
      vocab,
      maxTokens: positions,
      eos: [],
      pairs: segments > 1,
      stacks: [
        {
          stream: "text",
          block: "self",
          hidden,
          embedding: {
            kind: "tokens",
            tokens: table("word_embeddings", vocab),
            positions: { kind: "table", table: table("position_embeddings", positions), offset: 0 },
            types: table("token_type_embeddings", segments),
            norm: layerNorm("bert.embeddings.LayerNorm", hidden, eps),
          },
          layers: Array.from({ length: layers }, (_, i) => layer(i)),
        },
      ],
      head: headFor(config, "BertModel", {
        BertModel: () => null,
        BertForMaskedLM: masked,
        BertForPreTraining: masked,
        BertForSequenceClassification: () => classes("first", "classifier", config.labels, pooled),
        BertForTokenClassification: () => classes("tokens", "classifier", config.labels),
        BertForQuestionAnswering: () => classes("tokens", "qa_outputs", 2),
        BertForNextSentencePrediction: () => classes("first", "cls.seq_relationship", 2, pooled),
      }),
    };
  },
};
