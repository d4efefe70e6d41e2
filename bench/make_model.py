"""Writes a model with random weights into a folder: `make_model.py gpt2|llama-1b FOLDER`.

gpt2: GPT-2 small's shape, 124 million parameters in float32. llama-1b: Llama-3.2-1B's shape (its published config.json),
1,236 million parameters in bfloat16. Speed does not depend on what the weights say, so nothing has to be downloaded.
"""
import sys

import torch
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM


def gpt2():
    return GPT2LMHeadModel(GPT2Config())


def llama_1b():
    torch.set_default_dtype(torch.bfloat16)
    rope = {"rope_type": "llama3", "rope_theta": 500000.0, "factor": 32.0, "low_freq_factor": 1.0,
            "high_freq_factor": 4.0, "original_max_position_embeddings": 8192}
    return LlamaForCausalLM(LlamaConfig(
        vocab_size=128256, hidden_size=2048, intermediate_size=8192, num_hidden_layers=16, num_attention_heads=32,
        num_key_value_heads=8, head_dim=64, max_position_embeddings=131072, rms_norm_eps=1e-5,
        rope_parameters=rope, tie_word_embeddings=True, dtype="bfloat16",
    ))


torch.manual_seed(1)
shape, folder = sys.argv[1:]
{"gpt2": gpt2, "llama-1b": llama_1b}[shape]().save_pretrained(folder, max_shard_size="10GB")
