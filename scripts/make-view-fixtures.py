"""Writes the small recorded runs that the views are tested on and pictured with (test/fixtures/views).

Needs numpy and safetensors, and transformers with torch for stories260K. Arguments: the folder of recorded
activations and the folder of checkpoints that test/fixtures/views/SOURCES.md names.
"""

import gzip
import json
import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

OUT = Path(__file__).parent.parent / "test" / "fixtures" / "views"
RECORDED, CHECKPOINTS = (Path(argument) for argument in sys.argv[1:3])


def load(name: str) -> dict:
    return json.loads(gzip.open(RECORDED / name).read())


def sqrt_codes(weights: np.ndarray) -> np.ndarray:
    return np.round(255 * np.sqrt(weights)).astype(np.uint8)


def token(text: str, index: int | None, special: bool, segment: int = 0) -> dict:
    return {
        "id": index, "raw": text, "text": text, "start": None, "end": None, "special": special, "segment": segment,
    }


def save(name: str, model: dict, tokens: list, tensors: dict, stored: dict, rotary: dict | None = None) -> None:
    block = {
        "name": "self", "queries": "text", "keys": "text", "layers": model["layers"], "heads": model["heads"],
        "kvHeads": model["kvHeads"], "headSize": model["headSize"],
        "recipe": {
            "scale": model["headSize"] ** -0.5, "causal": True, "window": None, "softcap": None, "bias": None,
            "sinks": False,
        },
    }
    if rotary:
        block["rotary"] = rotary
    manifest = {
        "model": model, "streams": [{"name": "text", "tokens": tokens}], "blocks": [block], "edits": [],
        "receipts": [], "generated": None, "stored": stored,
    }
    metadata = {"format": "headscope.trace", "version": "1", "manifest": json.dumps(manifest, ensure_ascii=False)}
    save_file({k: np.ascontiguousarray(v) for k, v in tensors.items()}, OUT / f"{name}.safetensors", metadata)


def model(name: str, family: str, layers: int, heads: int, head_size: int, vocab: int, kv_heads: int | None = None):
    return {
        "name": name, "family": family, "layers": layers, "heads": heads, "kvHeads": kv_heads or heads,
        "headSize": head_size, "hidden": heads * head_size, "vocab": vocab,
    }


def llama() -> None:
    data = load("circuitsvis/llama-7b-layer0.json.gz")
    tokens = [token(text, None, text == "<s>") for text in data["tokens"]]
    tensors = {"self.0.pattern": sqrt_codes(np.array(data["attention"]))}
    save("llama-7b", model("llama-7b", "llama", 32, 32, 128, 32000), tokens, tensors, {"self.0.pattern": "sqrt"})


def lily() -> None:
    import torch
    from transformers import AutoModelForCausalLM
    from transformers.models.llama import modeling_llama

    folder = CHECKPOINTS / "stories260K"
    network = AutoModelForCausalLM.from_pretrained(folder / "hf", attn_implementation="eager", dtype=torch.float32).eval()
    recorded = []
    plain = modeling_llama.eager_attention_forward

    def record(module, query, key, value, *rest, **more):
        recorded.append((query[0].numpy(), key[0].numpy(), value[0].numpy()))
        return plain(module, query, key, value, *rest, **more)

    modeling_llama.eager_attention_forward = record
    names = [piece for piece, _ in json.loads((CHECKPOINTS / "stories260K" / "vocab.json").read_text())["pieces"]]
    raws = (
        "<s> ▁Lily ▁and ▁B en ▁w ent ▁to ▁the ▁p ar k . ▁Lily ▁saw ▁a ▁big ▁r ed ▁b all . ▁B en ▁want ed ▁the"
    ).split()
    ids = [names.index(raw) for raw in raws]
    with torch.no_grad():
        network(torch.tensor([ids]))
    tokens = [token(raw.replace("▁", " "), i, raw == "<s>") | {"raw": raw} for raw, i in zip(raws, ids)]
    tensors = {}
    for layer, parts in enumerate(recorded):
        tensors |= {f"self.{layer}.{name}": part.astype(np.float16) for name, part in zip("qkv", parts)}
    config = network.config
    heads, kv = config.num_attention_heads, config.num_key_value_heads
    stories = model("stories260K", "llama", config.num_hidden_layers, heads, config.hidden_size // heads, config.vocab_size, kv)
    save("stories260k-lily", stories, tokens, tensors, {}, {"dims": stories["headSize"], "style": "half"})


OUT.mkdir(parents=True, exist_ok=True)
for make in (llama, lily):
    make()
