import { describe, expect, it } from "vitest";
import { unwrapNames } from "./names.ts";
import { quantisedSign } from "./quantised.ts";
import { CheckpointError } from "./source.ts";
import type { WeightEntry, Weights } from "./weights.ts";

const entry = (start: number, dtype: WeightEntry["dtype"] = "F32") =>
  ({ dtype, shape: [1], start, end: start + 4, file: "model.safetensors" }) as WeightEntry;

const weightsOf = (...names: string[]): Weights => new Map(names.map((name, i) => [name, entry(i)]));

describe("unwrapNames", () => {
  it.each([
    ["module.h.0.w", "h.0.w", ["module."]],
    ["_orig_mod.h.0.w", "h.0.w", ["_orig_mod."]],
    ["base_model.model.h.0.w", "h.0.w", ["base_model.model."]],
    ["module._orig_mod.h.0.w", "h.0.w", ["module.", "_orig_mod."]],
    ["_orig_mod.module.h.0.w", "h.0.w", ["_orig_mod.", "module."]],
    ["model._orig_mod.layers.0.w", "model.layers.0.w", ["_orig_mod."]],
    ["_fsdp_wrapped_module.h.0._fsdp_wrapped_module.w", "h.0.w", ["_fsdp_wrapped_module."]],
    ["h.0._checkpoint_wrapped_module._orig_mod.w", "h.0.w", ["_checkpoint_wrapped_module.", "_orig_mod."]],
  ])("takes %s for %s", (wrapped, plain, cut) => {
    const found = unwrapNames(weightsOf(wrapped));
    expect([...found.weights.keys()]).toEqual([plain]);
    expect(found.cut).toEqual(cut);
  });

  it("leaves other names alone", () => {
    const weights = weightsOf("h.0.module.w", "modules.w", "base_model.w", "my_orig_mod.w");
    expect(unwrapNames(weights)).toEqual({ weights, cut: [] });
  });

  it("keeps the tensor that has the plain name", () => {
    const { weights } = unwrapNames(weightsOf("h.w", "module.h.w"));
    expect(weights.get("h.w")!.start).toBe(0);
  });

  it("refuses an adapter that is not merged", () => {
    const unmerged = weightsOf(
      "base_model.model.q.base_layer.weight",
      "base_model.model.q.lora_A.default.weight",
    );
    expect(() => unwrapNames(unmerged)).toThrow(CheckpointError);
    expect(() => unwrapNames(unmerged)).toThrow("merge_and_unload");
  });
});

describe("quantisedSign", () => {
  it.each([
    "q_proj.qweight", // GPTQ, AWQ
    "q_proj.qzeros",
    "q_proj.g_idx",
    "q_proj.scales", // MLX
    "q_proj.weight_packed", // compressed-tensors
    "q_proj.weight_scale_inv", // FP8 in blocks
    "q_proj.weight.absmax", // bitsandbytes
    "q_proj.weight.quant_state.bitsandbytes__nf4",
    "q_proj.SCB",
    "q_proj.W_q", // HQQ
    "q_proj.weight._data", // quanto
    "experts.gate_up_proj_blocks", // MXFP4
    "q_proj.codebooks", // AQLM
  ])("knows %s", (name) => {
    expect(quantisedSign(weightsOf("a.weight", name))).toBe(`${name} (F32)`);
  });

  it("knows packed numbers", () => {
    expect(quantisedSign(new Map([["q_proj.weight", entry(0, "F8_E4M3")]]))).toBe("q_proj.weight (F8_E4M3)");
    expect(quantisedSign(new Map([["q_proj.weight", entry(0, "U32")]]))).toContain("U32");
    expect(quantisedSign(new Map([["q_proj.weight", entry(0, "I8")]]))).toContain("I8");
  });

  it("sees nothing in plain weights", () => {
    const plain = weightsOf("transformer.h.0.attn.c_attn.weight", "lm_head.bias", "attn.scale", "rescales");
    expect(quantisedSign(plain)).toBeUndefined();
    expect(quantisedSign(new Map([["attn.bias", entry(0, "U8")]]))).toBeUndefined();
  });
});
