"""Tiny random models of special kinds: hybrids of attention and recurrence, latent and sparse attention, looped layers, keys
shared between layers. A Transformers that is too old for a family does not have it here."""

import transformers as hf

from models import EXPERTS, HEAD, IDS, LINEAR, MIXED, MLA, llama, of

HYBRID = ["linear_attention", "full_attention"]
MAMBA = dict(mamba_d_state=8, mamba_n_heads=8, mamba_d_head=8, mamba_n_groups=1, mamba_chunk_size=8)
LATENT = llama(**MLA, **EXPERTS, n_routed_experts=4, n_group=1, topk_group=1)
LATENT.update(num_key_value_heads=4, first_k_dense_replace=1)
# Fewer keys than tokens, so that the indexer has to choose.
SPARSE = {**LATENT, "index_topk": 4, "index_n_heads": 4, "index_head_dim": 8}


def _less(fields, *names):
    """Fields without num_experts, which these families call otherwise, and without some more."""
    return {key: value for key, value in fields.items() if key not in ("num_experts", *names)}


KINDS = {
    # Recurrence beside attention: some layers have none.
    "bamba": ("Bamba", dict(**llama(), **MAMBA, attn_layer_indices=[1])),
    "jamba": ("Jamba", dict(**llama(num_experts=2, num_experts_per_tok=1), attn_layer_period=2, attn_layer_offset=1, mamba_d_state=8, mamba_dt_rank=8)),
    "falcon_h1": ("FalconH1", dict(**llama(**HEAD), **MAMBA, mamba_d_ssm=64)),
    "granitemoehybrid": (
        "GraniteMoeHybrid",
        dict(**llama(num_local_experts=2, num_experts_per_tok=1, shared_intermediate_size=16), **MAMBA, layer_types=HYBRID),
    ),
    "kimi_linear": ("KimiLinear", dict(**_less(LATENT), layer_types=HYBRID, linear_num_heads=4, linear_head_dim=8)),
    "qwen3_5_text": ("Qwen3_5", dict(**llama(**HEAD, **LINEAR), layer_types=HYBRID)),
    "lfm2": ("Lfm2", dict(**llama(), layer_types=["conv", "full_attention"])),
    "recurrent_gemma": ("RecurrentGemma", dict(**{**llama(), "num_hidden_layers": 3}, lru_width=32, attention_window_size=4)),
    "zamba2": (
        "Zamba2",
        dict(
            **{**llama(), "num_hidden_layers": 3, "num_key_value_heads": 4},
            layers_block_type=["linear_attention", "hybrid", "hybrid"],
            mamba_d_state=8, n_mamba_heads=8, mamba_ngroups=1, chunk_size=8, adapter_rank=4,
        ),
    ),
    "minimax": ("MiniMax", dict(**llama(**HEAD, num_local_experts=2, num_experts_per_tok=1), layer_types=HYBRID[::-1], block_size=4)),
    # Keys chosen by an indexer, one by one or by blocks.
    "deepseek_v32": ("DeepseekV32", _less(SPARSE)),
    "glm_moe_dsa": ("GlmMoeDsa", _less(SPARSE)),
    "hy_v4": ("HYV4", _less(SPARSE, "first_k_dense_replace")),
    "minimax_m3_vl_text": (
        "MiniMaxM3VLText",
        dict(
            **llama(**HEAD, num_local_experts=4, num_experts_per_tok=2, rotary_dim=4, dense_intermediate_size=64, shared_intermediate_size=16),
            index_n_heads=2, index_head_dim=8, index_block_size=2, index_topk_blocks=2,
            layer_types=["full_attention", "minimax_m3_sparse"],
        ),
    ),
    # Two attentions in a layer, layers that run several times, layers that share keys.
    "longcat_flash": (
        "LongcatFlash",
        dict(
            **_less(llama(**MLA), "num_hidden_layers", "intermediate_size", "num_key_value_heads"),
            num_key_value_heads=4, num_layers=2, ffn_hidden_size=64, expert_ffn_hidden_size=16, n_routed_experts=4, zero_expert_num=1, moe_topk=2, head_dim=4,
        ),
    ),
    "dory": ("Dory", dict(**{**llama(**HEAD, **MIXED), "num_hidden_layers": 4, "layer_types": MIXED["layer_types"] * 2}, n_input_layers=1, n_output_layers=1)),
    "gemma4_shared": (
        "Gemma4Text",
        dict(
            **{**llama(**HEAD, **MIXED), "num_hidden_layers": 4, "layer_types": MIXED["layer_types"] * 2},
            num_kv_shared_layers=2, hidden_size_per_layer_input=8, vocab_size_per_layer_input=99,
        ),
    ),
    # Of shapes of their own.
    "dbrx": (
        "Dbrx",
        dict(
            d_model=32, n_heads=4, n_layers=2, max_seq_len=64, vocab_size=99, **IDS,
            attn_config=dict(kv_n_heads=2, clip_qkv=8.0, rope_theta=10000.0),
            ffn_config=dict(ffn_hidden_size=32, moe_num_experts=4, moe_top_k=2),
        ),
    ),
    "nemotron": ("Nemotron", llama()),
    "openai-gpt": ("OpenAIGPT", dict(n_embd=32, n_layer=2, n_head=4, vocab_size=99, n_positions=64, **IDS)),
    "ctrl": ("CTRL", dict(n_embd=32, n_layer=2, n_head=4, dff=64, vocab_size=99, n_positions=64, **IDS)),
    "bert-generation": ("BertGeneration", dict(**{**llama(), "eos_token_id": 2}, is_decoder=True)),
}  # fmt: skip
# Whose class is no {name}ForCausalLM, and whose configuration no {name}Config.
MODELS = {
    "MiniMaxM3VLText": "MiniMaxM3VLForCausalLM", "Gemma4Text": "Gemma4ForCausalLM", "OpenAIGPT": "OpenAIGPTLMHeadModel",
    "CTRL": "CTRLLMHeadModel", "BertGeneration": "BertGenerationDecoder",
}  # fmt: skip
CONFIGS = {"Qwen3_5": "Qwen3_5TextConfig"}


def _names(kind):
    return MODELS.get(kind, f"{kind}ForCausalLM"), CONFIGS.get(kind, f"{kind}Config")


SPECIAL = {name: of(*_names(kind), **fields) for name, (kind, fields) in KINDS.items() if all(hasattr(hf, n) for n in _names(kind))}
