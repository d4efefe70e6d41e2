// Which of the stored embeddings an encoder-decoder uses where. The right answers are what Transformers 5.24 had in
// each place after loading checkpoints with these tensors, each filled with other numbers.

import { expect, describe as group, it } from "vitest";
import type { WeightEntry } from "../checkpoint/index.ts";
import { describe } from "./architectures/index.ts";
import type { TokenEmbedding } from "./description.ts";

const SHARED = "shared";
const ENCODER = "encoder.embed_tokens";
const DECODER = "decoder.embed_tokens";
const OWN = "lm_head";

/** Stored embeddings, then those of encoder, decoder and output. */
type Row = readonly [stored: string[], encoder: string, decoder: string, output: string];

const BOTH: readonly Row[] = [
  [[SHARED], SHARED, SHARED, SHARED],
  [[SHARED, DECODER], SHARED, DECODER, SHARED],
  [[SHARED, ENCODER, DECODER], ENCODER, DECODER, SHARED],
  [[DECODER], DECODER, DECODER, DECODER],
  [[ENCODER], ENCODER, ENCODER, ENCODER],
  [[SHARED, OWN], SHARED, SHARED, OWN],
  [[SHARED, DECODER, OWN], SHARED, DECODER, OWN],
  [[ENCODER, DECODER, OWN], ENCODER, DECODER, OWN],
  [[OWN], OWN, OWN, OWN],
];

/** The description's names, without "model." and ".weight". */
function used(type: string, stored: readonly string[], settings: object = {}): string[] {
  const prefix = type === "t5" ? "" : "model.";
  const names = stored.map((name) => `${name === OWN ? "" : prefix}${name}.weight`);
  const weights = new Map(names.map((name) => [name, {} as WeightEntry]));
  const { description } = describe({ model_type: type, ...settings }, weights);
  const embeddings = description.stacks.map((stack) => (stack.embedding as TokenEmbedding).tokens.weight);
  const output = description.head!.steps.flatMap((step) => ("linear" in step ? [step.linear.weight] : []));
  return [...embeddings, ...output].map((name) => name.replace(/^model\./, "").replace(/\.weight$/, ""));
}

group.each(["bart", "t5"])("%s with tied embeddings", (type) => {
  it.each(BOTH)("stored as %j", (stored, ...places) => {
    expect(used(type, stored)).toEqual(places);
  });
});

group("the output where nothing is shared", () => {
  it("is the decoder's embedding in BART, the encoder's in T5", () => {
    expect(used("bart", [ENCODER, DECODER])).toEqual([ENCODER, DECODER, DECODER]);
    expect(used("t5", [ENCODER, DECODER])).toEqual([ENCODER, DECODER, ENCODER]);
  });

  it("is tied in T5 even where the config says otherwise, unless it is stored", () => {
    const untied = { tie_word_embeddings: false };
    expect(used("t5", [SHARED], untied)).toEqual([SHARED, SHARED, SHARED]);
    expect(used("t5", [SHARED, DECODER], untied)).toEqual([SHARED, DECODER, SHARED]);
    expect(used("t5", [SHARED, OWN], untied)).toEqual([SHARED, SHARED, OWN]);
  });
});
