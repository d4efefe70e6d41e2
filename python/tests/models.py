"""Tiny random models of many families, with weights large enough that attention is sharp, and what is fed to them."""

import torch
import transformers as hf

SIZES = dict(
    hidden_size=32,
    num_hidden_layers=2,
    num_attention_heads=4,
    intermediate_size=64,
    vocab_size=99,
    bos_token_id=1,
    eos_token_id=None,
    pad_token_id=0,
)
KV = dict(num_key_value_heads=2)
HEAD = dict(head_dim=8)
IDS = dict(bos_token_id=1, eos_token_id=None, pad_token_id=0)
MIXED = dict(sliding_window=4, layer_types=["sliding_attention", "full_attention"])
PAIR = dict(
    d_model=32,
    encoder_layers=2,
    decoder_layers=2,
    encoder_attention_heads=4,
    decoder_attention_heads=4,
    encoder_ffn_dim=64,
    decoder_ffn_dim=64,
    vocab_size=99,
)


def llama(**more):
    return {**SIZES, **KV, **more}


def qwen2_vl(attention):
    rope = {"rope_type": "default", "mrope_section": [1, 1, 2], "rope_theta": 10000.0}
    vision = dict(depth=2, embed_dim=32, hidden_size=32, num_heads=4, patch_size=4, spatial_merge_size=2)
    config = hf.Qwen2VLConfig(
        text_config=llama(rope_parameters=rope, max_position_embeddings=128),
        vision_config={**vision, "temporal_patch_size": 2, "mlp_ratio": 2},
        image_token_id=90,
        video_token_id=91,
        vision_start_token_id=92,
        vision_end_token_id=93,
        attn_implementation=attention,
    )
    return hf.Qwen2VLForConditionalGeneration(config)


def of(model, config, **fields):
    """Builds a model of a class and config class, by their names in Transformers."""
    return lambda attention: getattr(hf, model)(getattr(hf, config)(**fields, attn_implementation=attention))


GPT2 = dict(n_embd=32, n_layer=2, n_head=4, vocab_size=99, n_positions=64, **IDS)
PAIR_IDS = dict(decoder_start_token_id=2, pad_token_id=1, eos_token_id=None, forced_eos_token_id=None)
RELATIVE = dict(relative_attention=True, pos_att_type=["c2p", "p2c"])
T5 = dict(d_model=32, d_kv=8, d_ff=64, num_layers=2, num_heads=4, vocab_size=99)
EXPERTS = dict(num_experts=4, num_experts_per_tok=2, moe_intermediate_size=16)
LINEAR = dict(linear_num_value_heads=4, linear_num_key_heads=2, linear_key_head_dim=8, linear_value_head_dim=8)
MLA = dict(kv_lora_rank=8, q_lora_rank=16, qk_rope_head_dim=4, qk_nope_head_dim=8, v_head_dim=8)
SPEECH = dict(num_mel_bins=8, max_source_positions=20, max_target_positions=30, decoder_start_token_id=1, **IDS)

FAMILIES = {
    "gpt2": of("GPT2LMHeadModel", "GPT2Config", **GPT2),
    "gptj": of("GPTJForCausalLM", "GPTJConfig", rotary_dim=4, **GPT2),
    "llama": of("LlamaForCausalLM", "LlamaConfig", **llama()),
    "qwen3": of("Qwen3ForCausalLM", "Qwen3Config", **llama(**HEAD)),
    "diffllama": of("DiffLlamaForCausalLM", "DiffLlamaConfig", **llama()),
    "gemma2": of(
        "Gemma2ForCausalLM",
        "Gemma2Config",
        **llama(**HEAD, sliding_window=4, attn_logit_softcapping=2.0, query_pre_attn_scalar=8),
    ),
    "gemma3": of("Gemma3ForCausalLM", "Gemma3TextConfig", **llama(**HEAD, **MIXED)),
    "gemma3n": of(
        "Gemma3nForCausalLM",
        "Gemma3nTextConfig",
        **{**llama(**HEAD), "num_hidden_layers": 4},
        sliding_window=4,
        layer_types=["sliding_attention", "full_attention"] * 2,
        num_kv_shared_layers=2,
        hidden_size_per_layer_input=8,
        vocab_size_per_layer_input=99,
        altup_num_inputs=2,
        laurel_rank=4,
        activation_sparsity_pattern=[0.0] * 4,
    ),
    "gemma4": of(
        "Gemma4ForCausalLM",
        "Gemma4TextConfig",
        **llama(**HEAD, **MIXED),
        global_head_dim=16,
        num_global_key_value_heads=1,
        hidden_size_per_layer_input=0,
        vocab_size_per_layer_input=99,
        num_kv_shared_layers=0,
    ),
    "gpt_oss": of(
        "GptOssForCausalLM",
        "GptOssConfig",
        **llama(**HEAD, num_local_experts=2, num_experts_per_tok=1, sliding_window=4),
    ),
    "mistral": of("MistralForCausalLM", "MistralConfig", **llama(sliding_window=4)),
    "bert": of("BertModel", "BertConfig", **SIZES),
    "albert": of("AlbertModel", "AlbertConfig", **SIZES, embedding_size=16),
    "t5": of("T5ForConditionalGeneration", "T5Config", **T5, decoder_start_token_id=0, pad_token_id=0, eos_token_id=None),
    "bart": of("BartForConditionalGeneration", "BartConfig", **PAIR, **PAIR_IDS, max_position_embeddings=64),
    "vit": of(
        "ViTModel",
        "ViTConfig",
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        image_size=16,
        patch_size=4,
    ),
    "falcon": of(
        "FalconForCausalLM",
        "FalconConfig",
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        vocab_size=99,
        **IDS,
    ),
    "mpt": of("MptForCausalLM", "MptConfig", d_model=32, n_heads=4, n_layers=2, vocab_size=99, max_seq_len=64, **IDS),
    "bloom": of("BloomForCausalLM", "BloomConfig", hidden_size=32, n_layer=2, n_head=4, vocab_size=99, **IDS),
    "gpt_neo": of(
        "GPTNeoForCausalLM",
        "GPTNeoConfig",
        hidden_size=32,
        num_layers=2,
        num_heads=4,
        attention_types=[[["global", "local"], 1]],
        window_size=4,
        vocab_size=99,
        max_position_embeddings=64,
        **IDS,
    ),
    "deberta": of("DebertaModel", "DebertaConfig", **SIZES, **RELATIVE),
    "deberta_v2": of("DebertaV2Model", "DebertaV2Config", **SIZES, **RELATIVE),
    "qwen2_moe": of(
        "Qwen2MoeForCausalLM", "Qwen2MoeConfig", **llama(**EXPERTS, shared_expert_intermediate_size=16)
    ),
    "mixtral": of("MixtralForCausalLM", "MixtralConfig", **llama(num_local_experts=4, num_experts_per_tok=2)),
    "granite": of("GraniteForCausalLM", "GraniteConfig", **llama(attention_multiplier=0.3)),
    "cohere": of("CohereForCausalLM", "CohereConfig", **llama(use_qk_norm=True)),
    "cohere2": of("Cohere2ForCausalLM", "Cohere2Config", **llama(**MIXED)),
    "deepseek_v3": of(
        "DeepseekV3ForCausalLM",
        "DeepseekV3Config",
        **SIZES,
        **MLA,
        num_key_value_heads=4,
        n_routed_experts=4,
        num_experts_per_tok=2,
        n_group=1,
        topk_group=1,
        first_k_dense_replace=1,
        moe_intermediate_size=16,
    ),
    "llama4": of(
        "Llama4ForCausalLM",
        "Llama4TextConfig",
        **llama(**HEAD),
        intermediate_size_mlp=64,
        num_local_experts=2,
        num_experts_per_tok=1,
        attention_chunk_size=5,
        no_rope_layers=[1, 0],
    ),
    "qwen3_next": of(
        "Qwen3NextForCausalLM",
        "Qwen3NextConfig",
        **llama(**HEAD, **EXPERTS, **LINEAR),
        shared_expert_intermediate_size=16,
        layer_types=["linear_attention", "full_attention"],
    ),
    "modernbert": of(
        "ModernBertModel",
        "ModernBertConfig",
        **{**SIZES, "num_hidden_layers": 3, "eos_token_id": 2},
        cls_token_id=1,
        sep_token_id=2,
        local_attention=4,
    ),
    "qwen2_vl": qwen2_vl,
    "whisper": of(
        "WhisperForConditionalGeneration",
        "WhisperConfig",
        **PAIR,
        **SPEECH,
        suppress_tokens=None,
        begin_suppress_tokens=None,
    ),
    "opt": of(
        "OPTForCausalLM",
        "OPTConfig",
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        ffn_dim=64,
        vocab_size=99,
        word_embed_proj_dim=32,
        max_position_embeddings=64,
        **IDS,
    ),
    "xlnet": of("XLNetModel", "XLNetConfig", d_model=32, n_layer=2, n_head=4, d_inner=64, vocab_size=99),
}
# Families that a Transformers may be too old for: they do more to attention than they tell the interface.
INKLING = dict(swa_num_attention_heads=4, swa_num_key_value_heads=2, swa_head_dim=8, sliding_window_size=4, d_rel=4, rel_extent=8)
NEWER = {
    "granite_swa": ("GraniteSWAForCausalLM", "GraniteSWAConfig", llama(**MIXED, attention_multiplier=0.3)),
    "granitemoe_swa": (
        "GraniteMoeSWAForCausalLM",
        "GraniteMoeSWAConfig",
        llama(**MIXED, attention_multiplier=0.3, num_local_experts=4, num_experts_per_tok=2),
    ),
    "inkling2_text": (
        "Inkling2ForCausalLM",
        "Inkling2TextConfig",
        dict(
            **{key: value for key, value in llama(**HEAD, **INKLING, **EXPERTS).items() if key not in ("intermediate_size", "num_experts")},
            n_routed_experts=4,
            unpadded_vocab_size=99,
            layer_types=["hybrid_sliding", "hybrid"],
        ),
    ),
    "hrm_text": ("HrmTextForCausalLM", "HrmTextConfig", dict(**SIZES, **HEAD)),
    "nllb_moe": (
        "NllbMoeForConditionalGeneration",
        "NllbMoeConfig",
        dict(**PAIR, **PAIR_IDS, num_experts=4, encoder_sparse_step=2, decoder_sparse_step=2, max_position_embeddings=64),
    ),
}  # fmt: skip
FAMILIES.update({name: of(model, config, **fields) for name, (model, config, fields) in NEWER.items() if hasattr(hf, model)})
PAIRS = {"t5", "bart", "whisper", "nllb_moe"}
ONLY_READ = {"vit", "bert", "albert", "deberta", "deberta_v2", "modernbert", "xlnet"}


def build(name, attention="eager"):
    """A model of a family, the same at each call."""
    return sharpened(FAMILIES[name], attention)


def sharpened(make, attention):
    """What make(attention) makes of one seed, with weights large enough that attention is no average."""
    torch.manual_seed(1)
    model = make(attention).eval()
    with torch.no_grad():
        for weights in model.parameters():
            if weights.ndim > 1:
                weights.mul_(4)
    return model


def feeds(name, padded=False):
    """Inputs of two texts of 12 tokens; padded: the second begins with 3 places of padding."""
    torch.manual_seed(2)
    if name == "vit":
        return dict(pixel_values=torch.randn(2, 3, 16, 16))
    if name == "whisper":
        return dict(input_features=torch.randn(2, 8, 40), decoder_input_ids=torch.randint(3, 80, (2, 7)))
    ids = torch.randint(3, 80, (2, 12))
    inputs = dict(input_ids=ids)
    if padded:
        inputs["attention_mask"] = torch.ones_like(ids)
        inputs["attention_mask"][1, :3] = 0
    if name in PAIRS:
        inputs["decoder_input_ids"] = torch.randint(3, 80, (2, 7))
    if name == "qwen2_vl":
        ids[:, 2], ids[:, 3:7], ids[:, 7] = 92, 90, 93
        inputs.update(pixel_values=torch.randn(2 * 16, 3 * 2 * 4 * 4), image_grid_thw=torch.tensor([[1, 4, 4]] * 2))
        inputs["mm_token_type_ids"] = (ids == 90).long()
    return inputs


def first_of(inputs):
    """The inputs of the first text alone."""
    return {key: value[:16] if key == "pixel_values" and value.ndim == 2 else value[:1] for key, value in inputs.items()}


def eager_attention(model, inputs):
    """What Transformers itself says: attention by block, a tuple of layers [batch, heads, n, m]."""
    with torch.no_grad():
        output = model(**inputs, output_attentions=True)
    if getattr(output, "encoder_attentions", None) is not None:
        return {
            "encoder": output.encoder_attentions,
            "decoder": output.decoder_attentions,
            "cross": output.cross_attentions,
        }
    return {"self": output.attentions}
