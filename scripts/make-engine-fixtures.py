"""Makes the small engine fixtures that the golden set does not have, from Hugging Face Transformers:
classifiers (test/fixtures/goldens-heads), options of families that no golden uses (test/fixtures/goldens-options)
and rotary frequencies of every scaling (test/fixtures/rotary.json). Random weights from a seed. Run it from the repository root:

    pip install torch transformers safetensors
    python scripts/make-engine-fixtures.py
"""

import json
from pathlib import Path

import torch
import transformers
from safetensors.torch import save_file
from transformers import (
    BertConfig,
    BertForNextSentencePrediction,
    BertForQuestionAnswering,
    BertForSequenceClassification,
    BertForTokenClassification,
    GPT2Config,
    GPT2ForSequenceClassification,
    GPT2ForTokenClassification,
    LlamaConfig,
    LlamaForSequenceClassification,
    LlamaForTokenClassification,
)
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

FIXTURES = Path("test/fixtures")
IDS = [3, 14, 15, 9, 26, 5, 35, 8]


def heads():
    bert = dict(vocab_size=40, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=24,
                max_position_embeddings=16, num_labels=3, pad_token_id=0)
    gpt2 = dict(vocab_size=40, n_embd=16, n_layer=1, n_head=2, n_positions=16, num_labels=3, pad_token_id=0,
                bos_token_id=1, eos_token_id=2)
    llama = dict(vocab_size=40, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, num_key_value_heads=1,
                 intermediate_size=24, max_position_embeddings=16, num_labels=3, pad_token_id=0, bos_token_id=1,
                 eos_token_id=2)
    cases = [
        (BertForSequenceClassification, BertConfig(**bert)),
        (BertForTokenClassification, BertConfig(**bert)),
        (BertForQuestionAnswering, BertConfig(**{**bert, "num_labels": 2})),
        (BertForNextSentencePrediction, BertConfig(**bert)),
        (GPT2ForSequenceClassification, GPT2Config(**gpt2)),
        (GPT2ForTokenClassification, GPT2Config(**gpt2)),
        (LlamaForSequenceClassification, LlamaConfig(**llama)),
        (LlamaForTokenClassification, LlamaConfig(**llama)),
    ]
    for kind, config in cases:
        make_golden(kind, config, FIXTURES / "goldens-heads" / kind.__name__)
    for name, more in {
        "MistralForTokenClassification": WIDE,
        "Gemma3TextForSequenceClassification": {**WIDE, "head_dim": 8},
        "Qwen3ForQuestionAnswering": {**WIDE, "head_dim": 8},
        "GptOssForSequenceClassification": {**WIDE, "head_dim": 8, "num_local_experts": 2, "num_experts_per_tok": 1},
        "GPTNeoForSequenceClassification": NEO,
        "GPTNeoXForTokenClassification": NEOX,
        "OPTForSequenceClassification": {**OPT, "word_embed_proj_dim": 8},
        "BloomForTokenClassification": BLOOM,
        "PhiForTokenClassification": WIDE,
    }.items():
        make_golden(*named(name, {**more, "num_labels": 3, "pad_token_id": 0}), FIXTURES / "goldens-heads" / name)
    padded = named("MistralForSequenceClassification", {**WIDE, "num_labels": 3})
    make_golden(*padded, FIXTURES / "goldens-heads" / "MistralForSequenceClassification", IDS + [0, 0])


WIDE = dict(vocab_size=40, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=1,
            intermediate_size=24, max_position_embeddings=16, pad_token_id=0, bos_token_id=1, eos_token_id=2)
NEOX = {key: value for key, value in WIDE.items() if key != "num_key_value_heads"}
NEO = dict(vocab_size=40, hidden_size=16, num_layers=2, num_heads=2, attention_types=[[["local", "global"], 1]],
           window_size=3, max_position_embeddings=16, bos_token_id=1, eos_token_id=2)
OPT = dict(vocab_size=40, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, ffn_dim=24,
           max_position_embeddings=16)
BLOOM = dict(vocab_size=40, hidden_size=24, n_layer=2, n_head=3)
WINDOW = ["sliding_attention", "full_attention"]
LONG = {"rope_type": "longrope", "short_factor": [1.0, 1.5], "long_factor": [2.0, 5.0], "partial_rotary_factor": 0.5}


def named(name, settings):
    """A class by its name, and its config."""
    kind = getattr(transformers, name)
    return kind, kind.config_class(**settings, attn_implementation="eager")


def options():
    cases = {
        "gpt_neo": ("GPTNeoForCausalLM", {**NEO, "attention_types": [[["local"], 2]], "intermediate_size": 20,
                                          "tie_word_embeddings": False}),
        "gptj": ("GPTJForCausalLM", dict(vocab_size=40, n_embd=16, n_layer=2, n_head=2, n_positions=16, rotary_dim=6,
                                         n_inner=20, activation_function="relu")),
        "gpt_neox": ("GPTNeoXForCausalLM", {
            **NEOX, "attention_bias": False, "tie_word_embeddings": True,
            "rope_parameters": {"rope_type": "linear", "factor": 2.0, "partial_rotary_factor": 0.5}}),
        "opt": ("OPTForCausalLM", {**OPT, "enable_bias": False, "layer_norm_elementwise_affine": False,
                                   "_remove_final_layer_norm": True, "activation_function": "gelu"}),
        "bloom": ("BloomForCausalLM", {**BLOOM, "tie_word_embeddings": False}),
        "mistral": ("MistralForCausalLM", {**WIDE, "sliding_window": None, "tie_word_embeddings": True}),
        "qwen2": ("Qwen2ForCausalLM", {
            **WIDE, "use_sliding_window": True, "sliding_window": 3, "max_window_layers": 1,
            "rope_parameters": {"rope_type": "llama3", "factor": 4.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
                                "original_max_position_embeddings": 8}}),
        "qwen3": ("Qwen3ForCausalLM", {**WIDE, "head_dim": 6, "attention_bias": True, "use_sliding_window": True,
                                       "sliding_window": 2, "layer_types": WINDOW}),
        "gemma2": ("Gemma2ForCausalLM", {
            **WIDE, "head_dim": 8, "attn_logit_softcapping": None, "final_logit_softcapping": None,
            "layer_types": WINDOW[::-1], "sliding_window": 3, "attention_bias": True, "query_pre_attn_scalar": 9}),
        "gemma3_text": ("Gemma3ForCausalLM", {
            **WIDE, "head_dim": 8, "final_logit_softcapping": 5.0, "sliding_window": 3, "layer_types": WINDOW,
            "attention_bias": True, "tie_word_embeddings": False,
            "rope_parameters": {"full_attention": {"rope_type": "linear", "factor": 4.0, "rope_theta": 500.0},
                                "sliding_attention": {"rope_type": "default", "rope_theta": 50.0}}}),
        "phi": ("PhiForCausalLM", {**WIDE, "qk_layernorm": True, "tie_word_embeddings": True}),
        "phi3_long": ("Phi3ForCausalLM", {**WIDE, "sliding_window": 3, "original_max_position_embeddings": 6,
                                          "rope_parameters": dict(LONG)}),
        "phi3_short": ("Phi3ForCausalLM", {**WIDE, "original_max_position_embeddings": 12,
                                           "tie_word_embeddings": True, "rope_parameters": dict(LONG)}),
        "olmo2": ("Olmo2ForCausalLM", {**WIDE, "attention_bias": True, "tie_word_embeddings": True}),
        "smollm3": ("SmolLM3ForCausalLM", {**WIDE, "use_sliding_window": True, "sliding_window": 3, "mlp_bias": True,
                                           "no_rope_layer_interval": 2, "attention_bias": True}),
        "gpt_oss": ("GptOssForCausalLM", {
            **WIDE, "head_dim": 8, "num_local_experts": 3, "num_experts_per_tok": 2, "swiglu_alpha": 1.3,
            "swiglu_limit": 0.5, "attention_bias": False, "sliding_window": 3, "layer_types": WINDOW[::-1]}),
    }
    for name, (kind, settings) in cases.items():
        make_golden(*named(kind, settings), FIXTURES / "goldens-options" / name)


def make_golden(kind, config, folder, ids=IDS):
    torch.manual_seed(3)
    model = kind(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    model.save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    inputs = {"input_ids": torch.tensor([ids])}
    if config.model_type == "bert":
        inputs["token_type_ids"] = torch.tensor([[0] * 5 + [1] * 3])
    with torch.no_grad():
        output = model(**inputs)
    logits = output.logits if hasattr(output, "logits") else torch.stack([output.start_logits, output.end_logits], -1)
    save_file({"i0.logits": logits[0].contiguous()}, folder / "expected.safetensors")
    case = {"ids": ids, "tensors": {"logits": {"name": "i0.logits", "shape": list(logits[0].shape)}}}
    if "token_type_ids" in inputs:
        case["type_ids"] = inputs["token_type_ids"][0].tolist()
    (folder / "expected.json").write_text(json.dumps({"kind": "head", "inputs": [case]}) + "\n")


def rotary():
    base = {"rope_theta": 10000.0}
    original = {"original_max_position_embeddings": 32}
    kinds = {
        "linear": {"factor": 4.0},
        "dynamic": {"factor": 4.0},
        "llama3": {"factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, **original},
        "yarn": {"factor": 4.0, **original},
        "yarn mscale": {"factor": 4.0, "mscale": 1.0, "mscale_all_dim": 0.7, "beta_fast": 16, "beta_slow": 2, **original},
        "yarn not truncated": {"factor": 32.0, "truncate": False, **original},
        "longrope": {"short_factor": [1.0 + 0.1 * i for i in range(8)], "long_factor": [2.0 + i for i in range(8)],
                     **original},
    }
    cases = []
    for name, more in kinds.items():
        rope = {"rope_type": name.split()[0], **base, **more}
        config = LlamaConfig(hidden_size=64, num_attention_heads=4, head_dim=16, max_position_embeddings=128,
                             rope_parameters=dict(rope))
        for length in (16, 200):
            frequencies, factor = ROPE_INIT_FUNCTIONS[rope["rope_type"]](config, "cpu", seq_len=length)
            cases.append({"name": name, "rope_parameters": rope, "head_dim": 16, "max_position_embeddings": 128,
                          "length": length, "inverse_frequencies": frequencies.tolist(), "factor": factor})
    (FIXTURES / "rotary.json").write_text(json.dumps(cases) + "\n")


heads()
options()
rotary()
