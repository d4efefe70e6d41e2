// Whether a runtime computes what another one does: two tiny models with weights from a seed, the shapes of GPT-2 and
// Llama, whose every tensor is compared. A driver that multiplies wrongly does not say so; its numbers do.

import { memorySource } from "../checkpoint/index.ts";
import { floatTensor, type Tensor, writeSafetensors } from "../tensor/index.ts";
import { CAPTURES, type Capture, type Trace } from "../trace/index.ts";
import { openModel } from "./open.ts";
import type { Runtime } from "./runtime/runtime.ts";

/** Largest deviation that passes: of attention as it is, of other tensors relative to their largest value (at least 1). */
export const SELF_CHECK_TOLERANCE = 1e-4;

const TOKENS = 19;
const [HIDDEN, UNITS, VOCABULARY] = [32, 64, 61];
/** Everything recorded, and what the page records, whose attention is one fused operator. */
const RECORDED: readonly (readonly Capture[])[] = [CAPTURES, ["q", "k", "v", "last_logits"]];

/** null where `runtime` gives the numbers of `other`; else a sentence that says what is how far off. */
export async function selfCheck(runtime: Runtime, other: Runtime): Promise<string | null> {
  for (const files of [gpt2(), llama()]) {
    const source = memorySource("The test model", files);
    const models = await Promise.all([runtime, other].map((each) => openModel(source, { runtime: each })));
    try {
      for (const captures of RECORDED) {
        const ids = Array.from({ length: TOKENS }, (_, i) => (i * 7) % VOCABULARY);
        const traces: Trace[] = [];
        for (const model of models) traces.push((await model.run({ ids }, { captures })).trace);
        const fault = apart(traces[0]!, traces[1]!);
        if (fault !== null) return fault;
      }
    } finally {
      await Promise.all(models.map((model) => model.dispose()));
    }
  }
  return null;
}

function apart(trace: Trace, other: Trace): string | null {
  for (const name of other.names) {
    const [found, expected] = [trace.tensor(name)!.data, other.tensor(name)!.data];
    const error = deviation(found, expected, !name.endsWith(".pattern"));
    if (!(error <= SELF_CHECK_TOLERANCE))
      return (
        `Its numbers differ from WebAssembly's: ${name} of a test model by ${error.toExponential(1)}, ` +
        `at most ${SELF_CHECK_TOLERANCE} is allowed.`
      );
  }
  return null;
}

function deviation(found: Float32Array, expected: Float32Array, relative: boolean): number {
  let [worst, top] = [0, 1];
  for (const [i, value] of expected.entries()) {
    if (Object.is(found[i], value)) continue;
    const gap = Math.abs(found[i]! - value);
    worst = Number.isNaN(gap) ? Number.POSITIVE_INFINITY : Math.max(worst, gap);
    if (relative && Number.isFinite(value)) top = Math.max(top, Math.abs(value));
  }
  return worst / top;
}

type Shapes = Readonly<Record<string, readonly number[]>>;

function gpt2(): Record<string, string | Uint8Array> {
  const layer = {
    "ln_1.weight": [HIDDEN],
    "ln_1.bias": [HIDDEN],
    "attn.c_attn.weight": [HIDDEN, 3 * HIDDEN],
    "attn.c_attn.bias": [3 * HIDDEN],
    "attn.c_proj.weight": [HIDDEN, HIDDEN],
    "attn.c_proj.bias": [HIDDEN],
    "ln_2.weight": [HIDDEN],
    "ln_2.bias": [HIDDEN],
    "mlp.c_fc.weight": [HIDDEN, 4 * HIDDEN],
    "mlp.c_fc.bias": [4 * HIDDEN],
    "mlp.c_proj.weight": [4 * HIDDEN, HIDDEN],
    "mlp.c_proj.bias": [HIDDEN],
  };
  const config = {
    model_type: "gpt2",
    architectures: ["GPT2LMHeadModel"],
    n_layer: 2,
    n_head: 4,
    n_embd: HIDDEN,
    n_positions: 32,
    vocab_size: VOCABULARY,
  };
  return checkpoint(config, {
    "transformer.wte.weight": [VOCABULARY, HIDDEN],
    "transformer.wpe.weight": [32, HIDDEN],
    ...layers("transformer.h", layer),
    "transformer.ln_f.weight": [HIDDEN],
    "transformer.ln_f.bias": [HIDDEN],
  });
}

function llama(): Record<string, string | Uint8Array> {
  const layer = {
    "input_layernorm.weight": [HIDDEN],
    "self_attn.q_proj.weight": [HIDDEN, HIDDEN],
    "self_attn.k_proj.weight": [HIDDEN / 2, HIDDEN],
    "self_attn.v_proj.weight": [HIDDEN / 2, HIDDEN],
    "self_attn.o_proj.weight": [HIDDEN, HIDDEN],
    "post_attention_layernorm.weight": [HIDDEN],
    "mlp.gate_proj.weight": [UNITS, HIDDEN],
    "mlp.up_proj.weight": [UNITS, HIDDEN],
    "mlp.down_proj.weight": [HIDDEN, UNITS],
  };
  const config = {
    model_type: "llama",
    architectures: ["LlamaForCausalLM"],
    num_hidden_layers: 2,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    hidden_size: HIDDEN,
    intermediate_size: UNITS,
    max_position_embeddings: 32,
    vocab_size: VOCABULARY,
    tie_word_embeddings: true,
  };
  return checkpoint(config, {
    "model.embed_tokens.weight": [VOCABULARY, HIDDEN],
    ...layers("model.layers", layer),
    "model.norm.weight": [HIDDEN],
  });
}

function layers(prefix: string, layer: Shapes): Shapes {
  const named = [0, 1].flatMap((i) =>
    Object.entries(layer).map(([name, shape]) => [`${prefix}.${i}.${name}`, shape] as const),
  );
  return Object.fromEntries(named);
}

/** Weights between -0.6 and 0.6, so that patterns are neither even nor all on one token. */
function checkpoint(config: object, shapes: Shapes): Record<string, string | Uint8Array> {
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 32 - 0.5) * 1.2;
  };
  const tensors = new Map<string, Tensor>();
  for (const [name, shape] of Object.entries(shapes)) {
    const size = shape.reduce((product, side) => product * side, 1);
    tensors.set(name, floatTensor(shape, Float32Array.from({ length: size }, next)));
  }
  return { "config.json": JSON.stringify(config), "model.safetensors": writeSafetensors(tensors) };
}
