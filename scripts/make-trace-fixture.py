"""Writes the two small trace files that the reader is tested on, as any Python user would write them.

Needs numpy and safetensors. The numbers are random with a fixed seed; nothing here comes from a model.
"""

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

FOLDER = Path(__file__).parent.parent / "test" / "fixtures" / "trace"


def metadata(manifest: dict) -> dict:
    return {"format": "headscope.trace", "version": "1", "manifest": json.dumps(manifest, ensure_ascii=False)}


def softmax(scores: np.ndarray) -> np.ndarray:
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    return weights / weights.sum(-1, keepdims=True)


def least(rng: np.random.Generator) -> None:
    """One block's name, its q and k: everything else is a default."""
    q = rng.standard_normal((2, 3, 4), dtype=np.float32)
    k = rng.standard_normal((2, 3, 4), dtype=np.float32)
    save_file({"self.0.q": q, "self.0.k": k}, FOLDER / "least.safetensors", metadata({"blocks": [{"name": "self"}]}))


def full(rng: np.random.Generator) -> None:
    """Grouped keys, a window, a soft cap, sinks, half floats; the expected pattern is stored as layer 1's."""
    heads, kv_heads, n, size = 4, 2, 6, 8
    q = rng.standard_normal((heads, n, size)).astype(np.float16)
    k = rng.standard_normal((kv_heads, n, size)).astype(np.float16)
    sinks = rng.standard_normal(heads).astype(np.float32)
    keys = np.repeat(k.astype(np.float64), heads // kv_heads, axis=0)
    scores = 5 * np.tanh(q.astype(np.float64) @ keys.transpose(0, 2, 1) * 0.5 / 5)
    i, j = np.indices((n, n))
    scores = np.where((j <= i) & (i - j <= 3), scores, -np.inf)
    closed = np.concatenate([scores, np.broadcast_to(sinks[:, None, None], (heads, n, 1))], -1)
    pattern = softmax(closed)[..., :-1].astype(np.float32)
    recipe = {"scale": 0.5, "causal": True, "window": [3, 0], "softcap": 5.0, "bias": None, "sinks": True}
    tokens = [{"id": i, "raw": f"Ġ{w}", "text": f" {w}"} for i, w in enumerate("naïve 🙂 <b> שלום \x07 end".split(" "))]
    manifest = {
        "model": {"name": "fixture", "family": "none"},
        "streams": [{"name": "text", "tokens": tokens}],
        "blocks": [{"name": "self", "recipe": recipe}],
    }
    tensors = {"self.0.q": q, "self.0.k": k, "self.0.sinks": sinks, "self.1.pattern": pattern}
    save_file(tensors, FOLDER / "full.safetensors", metadata(manifest))


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    least(np.random.default_rng(1))
    full(np.random.default_rng(2))
