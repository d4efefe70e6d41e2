"""Makes the small engine fixtures that the golden set does not have, from Hugging Face Transformers:
classifiers on BERT, GPT-2 and Llama (test/fixtures/goldens-heads) and rotary frequencies of every scaling
(test/fixtures/rotary.json). Random weights from a seed. Run it from the repository root:

    pip install torch transformers safetensors
    python scripts/make-engine-fixtures.py
"""

import json
from pathlib import Path

import torch
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
        make_head(kind, config)


def make_head(kind, config):
    torch.manual_seed(3)
    model = kind(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    folder = FIXTURES / "goldens-heads" / kind.__name__
    model.save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    inputs = {"input_ids": torch.tensor([IDS])}
    if config.model_type == "bert":
        inputs["token_type_ids"] = torch.tensor([[0] * 5 + [1] * 3])
    with torch.no_grad():
        output = model(**inputs)
    logits = output.logits if hasattr(output, "logits") else torch.stack([output.start_logits, output.end_logits], -1)
    save_file({"i0.logits": logits[0].contiguous()}, folder / "expected.safetensors")
    case = {"ids": IDS, "tensors": {"logits": {"name": "i0.logits", "shape": list(logits[0].shape)}}}
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
rotary()
