"""Attention from queries and keys against its definition, written as plain loops."""

import itertools
import math

import numpy as np
import pytest

import headscope
from headscope.attend import t5_bucket

N, HEADS, KV, SIZE = 7, 4, 2, 5
PLAIN = {"scale": 0.7, "causal": False, "window": None, "softcap": None, "bias": None, "sinks": False}


def array(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


Q, K = array(HEADS, N, SIZE), array(KV, N, SIZE, seed=1)


def trace_of(recipe, **tensors):
    block = {"name": "self", "queries": "text", "keys": "text", "layers": 1}
    block.update(heads=HEADS, kvHeads=KV, headSize=SIZE, recipe={**PLAIN, **recipe})
    stream = {"name": "text", "tokens": headscope.blocks.numbered(N)}
    parts = {f"self.0.{name}" if "." not in name else name: t for name, t in tensors.items()}
    manifest = headscope.blocks.manifest_of([stream], [block])
    return headscope.Trace(manifest, {"self.0.q": Q, "self.0.k": K, **parts})


def slow(recipe, bias=lambda head, i, j: 0.0, sees=lambda i, j: True, sinks=None):
    recipe = {**PLAIN, **recipe}
    out = np.zeros((HEADS, N, N))
    for head, i in itertools.product(range(HEADS), range(N)):
        scores = {}
        for j in range(N):
            before, after = recipe["window"] or (N, N)
            if not sees(i, j) or recipe["causal"] and j > i or i - j > before or j - i > after:
                continue
            score = float(np.dot(Q[head, i].astype(float), K[head // 2, j].astype(float))) * recipe["scale"]
            if recipe["softcap"]:
                score = recipe["softcap"] * math.tanh(score / recipe["softcap"])
            scores[j] = score + bias(head, i, j)
        total = sum(math.exp(s) for s in scores.values()) + (math.exp(sinks[head]) if sinks is not None else 0)
        for j, score in scores.items():
            out[head, i, j] = math.exp(score) / total
    return out


@pytest.mark.parametrize(
    "recipe", [{}, {"causal": True}, {"causal": True, "window": [2, 0]}, {"window": [1, 2]}, {"softcap": 1.5}]
)
def test_recipes(recipe):
    assert np.abs(trace_of(recipe).attention("self", 0) - slow(recipe)).max() < 1e-6


def test_masks_of_block_and_layer():
    chunk = np.equal.outer(np.arange(N) // 3, np.arange(N) // 3)
    first = np.broadcast_to(np.arange(N) > 0, (N, N)) | np.eye(N, dtype=bool)
    masks = {"mask": chunk.astype(np.uint8), "self.mask": first.astype(np.uint8)}
    made = trace_of({"causal": True}, **masks).attention("self", 0)
    expected = slow({"causal": True}, sees=lambda i, j: bool(chunk[i, j] and first[i, j]))
    assert np.abs(made - expected).max() < 1e-6


def test_sinks_take_their_share():
    sinks = array(HEADS, seed=3)
    made = trace_of({"sinks": True}, sinks=sinks).attention("self", 0)
    assert np.abs(made - slow({}, sinks=sinks.astype(float))).max() < 1e-6
    assert made.sum(-1).max() < 1


def test_biases():
    slopes = [0.5, 0.25, 0.125, 0.0625]
    made = trace_of({"bias": {"alibi": slopes}, "causal": True}).attention("self", 0)
    assert np.abs(made - slow({"causal": True}, lambda head, i, j: slopes[head] * j)).max() < 1e-6
    bias = array(HEADS, N, N, seed=4)
    made = trace_of({"bias": "tensor"}, bias=bias).attention("self", 0)
    assert np.abs(made - slow({}, lambda head, i, j: float(bias[head, i, j]))).max() < 1e-6
    table, t5 = array(8, HEADS, seed=5), {"buckets": 8, "maxDistance": 20, "bidirectional": True}
    made = trace_of({"bias": {"t5": t5}}, **{"self.bias_table": table}).attention("self", 0)
    expected = slow({}, lambda head, i, j: float(table[int(t5_bucket(np.array(j - i), **t5)), head]))
    assert np.abs(made - expected).max() < 1e-6


def test_buckets_are_those_of_t5():
    # Transformers 5.24, T5Attention._relative_position_bucket, 8 buckets, maximal distance 20.
    places = np.array([-30, -20, -5, -3, -2, -1, 0, 1, 2, 3, 5, 19, 30])
    both = [3, 3, 2, 2, 2, 1, 0, 5, 6, 6, 6, 7, 7]
    one = [7, 7, 4, 3, 2, 1, 0, 0, 0, 0, 0, 0, 0]
    assert t5_bucket(places, 8, 20, True).tolist() == both
    assert t5_bucket(places, 8, 20, False).tolist() == one


def test_a_row_that_sees_nothing_is_zero():
    made = trace_of({}, mask=np.zeros((N, N), np.uint8)).attention("self", 0)
    assert not made.any()
