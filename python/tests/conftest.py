"""What the tests share: made-up attention, tiny models, and where torch is missing, saying so."""

import os

import numpy as np
import pytest

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("HF_HUB_OFFLINE", "1")


def rows_of(seed, layers=2, heads=3, n=5, m=None, causal=False):
    """Attention whose rows sum to 1, one array [1, heads, n, m] per layer."""
    random = np.random.default_rng(seed)
    out = []
    for _ in range(layers):
        weights = random.random((1, heads, n, m or n)).astype(np.float32) ** 3
        if causal:
            weights = np.tril(weights)
        out.append(weights / weights.sum(-1, keepdims=True))
    return out


@pytest.fixture
def attention():
    return rows_of(1, causal=True)


@pytest.fixture
def words():
    return ["[CLS]", "the", "##re", "Ġcat", "</s>"]
