"""Trace files: what is written comes back, what Python's readers of the fixtures say, what is refused."""

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save

import headscope
from headscope import TraceError

FIXTURES = Path(__file__).parents[2] / "test" / "fixtures" / "trace"


def trace_file(manifest, version="1", **tensors):
    metadata = {"format": "headscope.trace", "version": version, "manifest": json.dumps(manifest)}
    return save({name.replace("_", "."): t for name, t in tensors.items()}, metadata=metadata)


def array(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


LEAST = {"blocks": [{"name": "self"}]}


def test_a_file_comes_back_whole(tmp_path, attention, words):
    trace = headscope.from_attention(attention, words, 3)
    trace.save(tmp_path / "run.safetensors")
    again = headscope.load(tmp_path / "run.safetensors")
    assert again.manifest == trace.manifest
    assert again.tokens() == ["[CLS]", "the", "re", " cat", "</s>"]
    for name, tensor in trace.tensors.items():
        assert np.array_equal(again.tensors[name], tensor)
    assert set(load_file(tmp_path / "run.safetensors")) == set(trace.tensors)


def test_halves_say_so_and_differ_little():
    trace = headscope.load(trace_file(LEAST, self_0_q=array(2, 4, 8), self_0_k=array(2, 4, 8, seed=1)))
    halves = headscope.load(trace.to_bytes("f16"))
    assert halves.manifest["precision"] == "f16"
    assert halves.tensors["self.0.q"].dtype == np.float16
    assert np.abs(halves.attention("self", 0) - trace.attention("self", 0)).max() < 2e-3


@pytest.mark.skipif(not FIXTURES.exists(), reason="the fixtures lie in the repository, not in the package")
@pytest.mark.parametrize("name", ["least", "full"])
def test_fixtures_of_the_repository(name):
    trace = headscope.load(FIXTURES / f"{name}.safetensors")
    assert trace.attention("self", 0).shape[0] == trace.heads("self", 0)
    if name == "full":
        assert np.abs(trace.attention("self", 0) - trace.attention("self", 1)).max() < 1e-6


def test_sizes_of_layers_are_lists():
    block = {"name": "self", "heads": [2, 4], "kvHeads": [1, 2], "headSize": [3, 5]}
    trace = headscope.load(
        trace_file(
            {"blocks": [block]},
            "1.1",
            self_0_q=array(2, 4, 3),
            self_0_k=array(1, 4, 3),
            self_1_q=array(4, 4, 5),
            self_1_k=array(2, 4, 5),
        )
    )
    assert [trace.heads("self", layer) for layer in (0, 1)] == [2, 4]
    assert [r["scale"] for r in trace.block("self")["recipe"]] == [3**-0.5, 5**-0.5]
    assert trace.attention("self", 1).shape == (4, 4, 4)
    assert headscope.load(trace.to_bytes()).manifest == trace.manifest


def test_some_heads_only():
    q, k = array(4, 4, 3), array(2, 4, 3, seed=1)
    whole = headscope.load(trace_file(LEAST, self_0_q=q, self_0_k=k))
    some = {**LEAST, "heads": {"self.0.q": [1, 3]}, "blocks": [{"name": "self", "heads": 4, "kvHeads": 2}]}
    trace = headscope.load(trace_file(some, "1.1", self_0_q=q[[1, 3]], self_0_k=k))
    assert np.array_equal(trace.attention("self", 0, 3), whole.attention("self", 0, 3))
    with pytest.raises(TraceError, match=r"holds heads \[1, 3\] only, not 2"):
        trace.attention("self", 0, 2)


Q = array(2, 3, 4)


@pytest.mark.parametrize(
    "data, message",
    [
        (b"", "not a whole trace file"),
        (save({"w": Q}), "not a trace: its metadata holds no format"),
        (trace_file(LEAST, "2", self_0_q=Q), "version 2; this headscope reads versions 1 and 1.1. Update it"),
        (trace_file({}, self_0_q=Q), "names no block"),
        (trace_file({"blocks": [{"name": "selfish"}]}), "A block is one of"),
        (trace_file(LEAST), "no layers or heads"),
        (trace_file({"blocks": [{"name": "self", "heads": 3}]}, self_0_q=Q), r"the shape \[2, 3, 4\]; .* \[3, 3, 4\]"),
        (trace_file({"blocks": [{"name": "self", "layers": 1}]}, self_1_q=Q), "is of layer 1"),
        (trace_file(LEAST, self_0_q=Q, self_0_tree=Q), "a part of a block that this headscope does not know"),
        (trace_file({"blocks": [{"name": "self", "kvHeads": 3}]}, self_0_q=Q), "cannot share"),
        (trace_file({**LEAST, "streams": [{"name": "text", "tokens": ["a"]}]}, self_0_q=Q), r"must be \[2, 1, 4\]"),
    ],
)
def test_what_is_refused(data, message):
    with pytest.raises(TraceError, match=message):
        headscope.load(data)


def test_a_path_that_is_none():
    with pytest.raises(TraceError, match="There is no file"):
        headscope.load("nowhere.safetensors")


def test_asking_for_what_is_not_there(attention):
    trace = headscope.from_attention(attention)
    for arguments, message in [
        (("cross", 0), "no block 'cross'; it has self"),
        (("self", 9), "layers 0 to 1, not 9"),
        (("self", 0, 3), "heads 0 to 2, not 3"),
    ]:
        with pytest.raises(TraceError, match=message):
            trace.attention(*arguments)
