import { readFileSync } from "node:fs";
import { expect, describe as group, it } from "vitest";
import { describe, FAMILIES, familyOf } from "./architectures/index.ts";
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
    expect(gpt2({ is_causal: false })).toThrow(UnsupportedModelError);
    expect(gpt2({ is_causal: false })).toThrow("sets is_causal to false: only true is supported");
    expect(gpt2({ quantization_config: { bits: 4 } })).toThrow("quantised weights");
    expect(gpt2({ add_cross_attention: true })).toThrow("add_cross_attention to true");
  });

  it("is refused for all its faults at once", () => {
    const faults = { n_layer: "12", add_cross_attention: true, quantization: { bits: 4 }, is_causal: false };
    expect(gpt2(faults)).toThrow("has 4 settings that headscope cannot follow");
    for (const part of [
      'n_layer is "12", expected a number',
      "sets add_cross_attention to true",
      "sets is_causal to false",
      "quantised weights",
    ])
      expect(gpt2(faults)).toThrow(part);
    const bert = () => describe({ model_type: "bert", hidden_act: 3, is_decoder: true }, new Map());
    expect(bert).toThrow(/\(1\) .*is_decoder.*\(2\) hidden_act is 3/);
  });

  it("is refused for numbers that only Python's JSON has, and opens where they change nothing", () => {
    expect(gpt2({ layer_norm_epsilon: Number.NaN })).toThrow("layer_norm_epsilon is NaN");
    expect(gpt2({ n_positions: Number.POSITIVE_INFINITY })).toThrow("n_positions is Infinity");
    expect(gpt2({ initializer_range: Number.NaN, best_loss: Number.POSITIVE_INFINITY })).not.toThrow();
  });

  it("is refused for one fault in the words of that fault", () => {
    expect(gpt2({ n_head: -1 })).toThrow(/^config.json of this gpt2 model: n_head is -1, expected/);
  });

  it("is not refused for what is switched off or irrelevant", () => {
    expect(
      gpt2({ some_flag: false, other: null, list: [], pruned_heads: {}, temperature: 0.7 }),
    ).not.toThrow();
  });

  it("leaves the head out where the class is one that it does not have, and says which it has", () => {
    const { description, headless } = describe(
      { model_type: "gpt2", architectures: ["GPT2DoubleHeadsModel"] },
      new Map(),
    );
    expect(description.head).toBeNull();
    expect(headless).toMatchObject({ className: "GPT2DoubleHeadsModel" });
    expect(headless!.known).toContain("GPT2LMHeadModel");
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
    expect(llama({ type: "linear" })).toThrow("rope_scaling.factor");
  });
});

group("the family", () => {
  const typeOf = (...architectures: string[]) => familyOf({ architectures }).type;

  it.each([
    ["GPT2LMHeadModel", "gpt2"],
    ["GPT2DoubleHeadsModel", "gpt2"],
    ["TFGPT2LMHeadModel", "gpt2"],
    ["BertForPreTraining", "bert"],
    ["BertForMaskedLM", "bert"],
    ["DistilBertModel", "distilbert"],
    ["RobertaForSequenceClassification", "roberta"],
    ["FlaxRobertaForMaskedLM", "roberta"],
    ["T5WithLMHeadModel", "t5"],
    ["T5EncoderModel", "t5"],
    ["BartForMaskedLM", "bart"],
    ["MarianMTModel", "marian"],
    ["GPTNeoXForCausalLM", "gpt_neox"],
    ["GPTNeoForCausalLM", "gpt_neo"],
    ["LLaMAForCausalLM", "llama"],
    ["Gemma3ForCausalLM", "gemma3_text"],
    ["Gemma3TextModel", "gemma3_text"],
    ["ModernBertForMaskedLM", "modernbert"],
    ["ViTForImageClassification", "vit"],
  ])("of a file that names only the class %s is %s", (name, type) => {
    expect(typeOf(name)).toBe(type);
  });

  it("is not guessed where the class is of none", () => {
    expect(() => typeOf("BertweetModel")).toThrow("the class BertweetModel is of no family");
    expect(() => typeOf()).toThrow('add the line, e.g. "model_type": "bert"');
    expect(() => familyOf({ model_type: "mamba", architectures: ["GPT2Model"] })).toThrow('"mamba"');
  });

  it("has the heads of old class names", () => {
    const head = (architectures: string[]) => describe({ architectures }, new Map()).description.head;
    expect(head(["T5WithLMHeadModel"])?.words).toBe(true);
    expect(head(["LLaMAForCausalLM"])?.words).toBe(true);
    expect(head(["TFBertForMaskedLM"])?.words).toBe(true);
  });
});

group("rotary settings", () => {
  const llama = (config: object) => describe({ model_type: "llama", ...config }, new Map());

  it("are read past keys that change nothing, which are noted", () => {
    const settings = { type: "linear", factor: 2, finetuned: true };
    const { description, unused } = llama({ rope_scaling: settings });
    expect(description).toEqual(llama({ rope_scaling: { type: "linear", factor: 2 } }).description);
    expect(unused).toEqual(["rope_scaling.finetuned"]);
    expect(llama({ rope_parameters: { ...settings, rope_theta: 5 } }).unused).toEqual([
      "rope_parameters.finetuned",
    ]);
  });

  it("turn whole heads whatever partial_rotary_factor says, as Transformers does, unless they are stretched", () => {
    expect(llama({ partial_rotary_factor: 0.5 })).toMatchObject({
      description: llama({}).description,
      unused: ["partial_rotary_factor"],
    });
    const stretched = () =>
      llama({ partial_rotary_factor: 0.5, rope_scaling: { type: "linear", factor: 2 } });
    expect(stretched).toThrow("heads of this family turn whole");
  });
});

group("ConfigReader", () => {
  it("takes the first key that is set", () => {
    const reader = new ConfigReader({ old: 3, fresh: null }, "test");
    expect(reader.count(["fresh", "old"])).toBe(3);
    expect(() => reader.finish([])).not.toThrow();
  });
});

group("sizes and numbers out of bounds", () => {
  const described = (config: object) => describe(config as Record<string, unknown>, new Map());

  it.each([
    [
      { model_type: "gpt2", n_embd: 32, n_head: 5 },
      "num_attention_heads to 5: they do not divide the width of 32",
    ],
    [{ model_type: "bert", hidden_size: 32, num_attention_heads: 5 }, "num_attention_heads to 5"],
    [{ model_type: "bloom", hidden_size: 32, n_head: 2 ** 31 }, "at most 4096 heads"],
    [{ model_type: "bloom", hidden_size: 32, n_head: 2 ** 24 }, "at most 4096 heads"],
    [{ model_type: "t5", num_heads: 1e8 }, "at most 4096 heads"],
    [{ model_type: "llama", num_attention_heads: 4, num_key_value_heads: 3 }, "divides the 4 heads"],
    [{ model_type: "qwen3", rms_norm_eps: -1 }, "rms_norm_eps is -1, expected a number of at least 0"],
    [{ model_type: "bert", layer_norm_eps: -1e308 }, "layer_norm_eps"],
    [
      { model_type: "bert", layer_norm_eps: 1e39 },
      "layer_norm_eps is 1e+39, expected a number that 32-bit floats hold",
    ],
    [{ model_type: "bert", layer_norm_eps: 1e-320 }, "expected a number that 32-bit floats hold"],
    [{ model_type: "gemma2", query_pre_attn_scalar: 1e-320 }, "query_pre_attn_scalar"],
  ])("%j", (config, reason) => {
    expect(() => described(config)).toThrow(reason);
  });

  it("a window wider than any text is as good as the widest", () => {
    const window = (sliding_window: number) => {
      const { stacks } = described({ model_type: "mistral", sliding_window }).description;
      return stacks[0]!.layers[0]!.attention.body.window;
    };
    for (const size of [2 ** 31, 2 ** 32 + 3, 2 ** 53, 1e300]) {
      if (size > 1e38) expect(() => window(size)).toThrow("sliding_window");
      else expect(window(size)).toEqual([2 ** 31 - 2, 0]);
    }
    expect(window(3)).toEqual([2, 0]);
  });
});

it.each([
  ["a text", "BertForMaskedLM"],
  ["a number in a list", [7]],
])("architectures that are %s are refused", (_, architectures) => {
  expect(() => describe({ model_type: "bert", architectures }, new Map())).toThrow("sets architectures to");
});
