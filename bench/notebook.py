"""Bytes of a notebook's output, and seconds until they are made: headscope beside BertViz and circuitsvis.

    python bench/notebook.py     (needs numpy, safetensors, torch, bertviz 1.4.1, circuitsvis 1.43.3)

One causal attention for all, 12 x 12 heads. circuitsvis shows one layer; it is given the first.
"""

import contextlib
import io
import statistics
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import torch

warnings.filterwarnings("ignore")
sys.path.insert(0, str(Path(__file__).parents[1] / "python"))
import bertviz  # noqa: E402
import circuitsvis  # noqa: E402

import headscope  # noqa: E402
from headscope.bertviz import model_view  # noqa: E402


def attention(n, layers=12, heads=12):
    random = np.random.default_rng(n)
    scores = np.where(np.tril(np.ones((n, n), bool)), random.normal(size=(layers, 1, heads, n, n)) * 2, -np.inf)
    weights = np.exp(scores)
    return tuple(torch.tensor(w / w.sum(-1, keepdims=True), dtype=torch.float32) for w in weights)


def measured(call):
    """Bytes and the median seconds of three calls."""
    times, size = [], 0
    for _ in range(3):
        start = time.perf_counter()
        with contextlib.redirect_stdout(io.StringIO()):
            size = len(call().encode())
        times.append(time.perf_counter() - start)
    return size, statistics.median(times)


def main():
    print(f"{'N':>4} {'headscope':>22} {'BertViz model_view':>24} {'circuitsvis, 1 layer':>24} {'bytes, of BertViz':>18}")
    for n in (32, 64, 128, 256):
        weights, words = attention(n), [f"w{i}" for i in range(n)]
        ours = measured(lambda: model_view(weights, words, html_action="return").data)
        theirs = measured(lambda: bertviz.model_view(weights, words, html_action="return").data)
        one = measured(lambda: str(circuitsvis.attention.attention_patterns(words, weights[0][0])))
        row = "".join(f"{size / 1e6:13.2f} MB {seconds:5.2f} s" for size, seconds in (ours, theirs, one))
        print(f"{n:>4}{row} {ours[0] / theirs[0]:17.3f}", flush=True)


if __name__ == "__main__":
    print(f"headscope {headscope.__version__}")
    main()
