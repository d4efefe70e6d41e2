import { readFileSync } from "node:fs";
import { expect, describe as group, it } from "vitest";
import { describe, FAMILIES } from "./architectures/index.ts";
import { ConfigReader } from "./config-reader.ts";
import { UnsupportedModelError } from "./errors.ts";

const keys = JSON.parse(
  readFileSync(new URL("../../test/fixtures/config-keys.json", import.meta.url), "utf8"),
) as { families: Record<string, { defaults: Record<string, unknown> }> };

group("what Transformers writes by default", () => {
  it.each(FAMILIES.map((family) => family.type))("is accepted for %s", (type) => {
    const { defaults } = keys.families[type]!;
    expect(describe({ ...defaults, model_type: type }, new Map()).description.family).toBe(type);
  });

  it.each(FAMILIES.map((family) => family.type))(
    "is what headscope takes absent keys of %s to be",
    (type) => {
      const { defaults } = keys.families[type]!;
      const { id2label: _, ...given } = defaults;
      const full = describe({ ...given, model_type: type }, new Map()).description;
      const bare = describe({ model_type: type }, new Map()).description;
      expect(bare).toEqual(full);
    },
  );
});

group("a config that cannot be reproduced", () => {
  const gpt2 = (more: object) => () => describe({ model_type: "gpt2", ...more }, new Map());

  it("is refused by key and value", () => {
    expect(gpt2({ attention_temperature: 2 })).toThrow(UnsupportedModelError);
    expect(gpt2({ attention_temperature: 2 })).toThrow("sets attention_temperature to 2");
    expect(gpt2({ quantization_config: { bits: 4 } })).toThrow("quantised weights");
    expect(gpt2({ add_cross_attention: true })).toThrow("cross-attention");
  });

  it("is not refused for what is switched off or irrelevant", () => {
    expect(
      gpt2({ some_flag: false, other: null, list: [], pruned_heads: {}, temperature: 0.7 }),
    ).not.toThrow();
  });

  it("names the class it does not run, and those it does", () => {
    expect(gpt2({ architectures: ["GPT2DoubleHeadsModel"] })).toThrow(
      /GPT2DoubleHeadsModel; .*GPT2LMHeadModel/,
    );
  });

  it("names the supported types", () => {
    expect(() => describe({ model_type: "mamba" }, new Map())).toThrow(/"mamba"; headscope runs .*gpt2/);
    expect(() => describe({}, new Map())).toThrow("no model_type");
  });

  it("is refused for values of the wrong kind", () => {
    expect(gpt2({ n_layer: "12" })).toThrow('is "12", expected a number');
    expect(gpt2({ n_head: 0 })).toThrow("a whole number of at least 1");
    expect(gpt2({ scale_attn_weights: 1 })).toThrow("true or false");
  });

  it("is refused for a rotary type it does not know", () => {
    const llama = (scaling: object) => () =>
      describe({ model_type: "llama", rope_scaling: scaling }, new Map());
    expect(llama({ type: "spiral", factor: 2 })).toThrow('rope_type to "spiral"');
    expect(llama({ type: "linear" })).toThrow("rope_parameters.factor");
    expect(llama({ type: "linear", factor: 2, twist: 1 })).toThrow("twist");
  });
});

group("ConfigReader", () => {
  it("takes the first key that is set", () => {
    const reader = new ConfigReader({ old: 3, fresh: null }, "test");
    expect(reader.count(["fresh", "old"])).toBe(3);
    expect(() => reader.finish([])).not.toThrow();
  });
});
