// Recognises quantised weights by the tensors that quantisers add, for files whose config.json does not say so.

import type { Weights } from "./weights.ts";

/** Scales, zero points, packed codes and states of GPTQ, AWQ, bitsandbytes, compressed-tensors, FP8, MXFP4, HQQ, quanto, AQLM, MLX. */
const SIGN =
  /(^|[._])(qweight|qzeros|g_idx|scales|weight_packed|weight_scale(_inv|_2)?|weight_zero_point|input_scale|absmax|quant_map|quant_state(\..*)?|SCB|W_q|_data|_scale|codebooks|codes|blocks)$/;

/** A tensor that shows that weights are quantised, e.g. "model.layers.0.self_attn.q_proj.qweight (I32)"; undefined where none does. */
export function quantisedSign(weights: Weights): string | undefined {
  const sign = [...weights].find(([name, { dtype }]) => SIGN.test(name) || isPacked(name, dtype));
  return sign && `${sign[0].slice(0, 200)} (${sign[1].dtype})`;
}

function isPacked(name: string, dtype: string): boolean {
  return name.endsWith(".weight") && /^(F8_|F6_|F4|U32|U8|I8)/.test(dtype);
}
