"""Tensors and arrays of every kind as attention: each right, or refused with a sentence that says what to change."""

import numpy as np
import pytest

from conftest import rows_of
from headscope import TraceError, from_attention

torch = pytest.importorskip("torch", reason="torch is not installed: its tensors are not tried")
WORDS = list("abcde")
ROWS = rows_of(1, causal=True)


def torches(change):
    """A form of each layer as a tensor of torch."""
    return lambda: tuple(change(torch.from_numpy(layer)) for layer in ROWS)


def objects(layers):
    """Layers in an array of objects, as np.array(list, dtype=object) gives where their shapes differ."""
    out = np.empty(len(layers), object)
    out[:] = layers
    return out


def hidden(layer):
    """A layer whose later places are masked out, with anything beneath."""
    later = np.triu(np.ones(layer.shape[-2:], bool), 1)
    return np.ma.masked_array(np.where(later, 0.5, layer), np.broadcast_to(later, layer.shape))


# What is passed, and by how much it may differ from float32: the rounding of its type.
RIGHT = {
    "requires_grad": (torches(lambda t: t.requires_grad_()), 0),
    "float64": (torches(lambda t: t.double()), 0),
    "bfloat16": (torches(lambda t: t.bfloat16()), 2**-8),
    "float16": (torches(lambda t: t.half()), 2**-11),
    "float8_e4m3fn": (torches(lambda t: t.to(torch.float8_e4m3fn)), 2**-4),
    "float8_e5m2": (torches(lambda t: t.to(torch.float8_e5m2)), 2**-3),
    "sparse": (torches(lambda t: t.to_sparse()), 0),
    "sparse rows": (torches(lambda t: t[0].to_sparse_csr()), 0),
    "one sparse stack": (lambda: torch.from_numpy(np.stack(ROWS)).to_sparse(), 0),
    "a view that is not contiguous": (torches(lambda t: t.transpose(2, 3).contiguous().transpose(2, 3)), 0),
    "a parameter": (torches(torch.nn.Parameter), 0),
    "numpy float16": (lambda: [layer.astype(np.float16) for layer in ROWS], 2**-11),
    "numpy big-endian": (lambda: [layer.astype(">f4") for layer in ROWS], 0),
    "numpy objects": (lambda: objects(ROWS), 0),
    "numpy objects of tensors": (lambda: objects([torch.from_numpy(layer) for layer in ROWS]), 0),
    "numpy objects of numbers": (lambda: np.stack(ROWS).astype(object), 0),
    "numpy layers of objects": (lambda: [layer.astype(object) for layer in ROWS], 0),
    "numpy with a mask": (lambda: [hidden(layer) for layer in ROWS], 0),
    "a generator": (lambda: (layer for layer in ROWS), 0),
    "heads that look at one word": (lambda: [np.tile(np.eye(5), (1, 3, 1, 1)), np.tile(np.eye(5, dtype=int), (1, 3, 1, 1))], None),
}


@pytest.mark.parametrize("form", RIGHT)
def test_forms_that_are_right(form):
    make, rounding = RIGHT[form]
    trace = from_attention(make(), WORDS)
    for i, layer in enumerate(ROWS):
        made, want = trace.attention("self", i), np.tile(np.eye(5), (3, 1, 1)) if rounding is None else layer[0]
        assert made.dtype == np.float32 and np.abs(made - want).max() <= (rounding or 0)


def batch_encoding():
    transformers = pytest.importorskip("transformers")
    return transformers.BatchEncoding({"input_ids": torch.ones(1, 5, dtype=int), "attention_mask": torch.ones(1, 5)})


def model_output():
    outputs = pytest.importorskip("transformers.modeling_outputs")
    return outputs.BaseModelOutput(last_hidden_state=torch.zeros(1, 5, 8), attentions=tuple(map(torch.from_numpy, ROWS)))


CAUSAL = np.tile(np.tri(5), (1, 1, 1, 1))
REFUSED = {
    "meta": (torches(lambda t: t.to("meta")), "layer 0 is on the meta device and has no numbers: load the model's weights"),
    "one meta stack": (lambda: torch.empty(2, 3, 5, 5, device="meta"), "attention is on the meta device"),
    "nested": (
        lambda: [torch.nested.nested_tensor([torch.rand(3, 5, 5), torch.rand(3, 4, 4)])],
        r"layer 0 is a nested tensor of texts that differ in length; pass one of them, as tensor.unbind\(\)\[0\]",
    ),
    "one nested": (lambda: torch.nested.nested_tensor([torch.rand(3, 5, 5)]), "attention is a nested tensor"),
    "nested, jagged": (
        lambda: [torch.nested.nested_tensor([torch.rand(3, 5, 5), torch.rand(4, 5, 5)], layout=torch.jagged)],
        "layer 0 is a nested tensor",
    ),
    "a mask of torch": (lambda: (torch.from_numpy(CAUSAL).bool(),), "is a mask, nothing but 0 and 1, and no attention"),
    "one mask of torch": (lambda: torch.from_numpy(CAUSAL).bool(), "is a mask, nothing but 0 and 1"),
    "a mask of numpy": (lambda: [CAUSAL.astype(bool)], "is a mask, nothing but 0 and 1"),
    "a mask of integers": (lambda: [CAUSAL.astype(int)], "is a mask, nothing but 0 and 1"),
    "a mask that is added": (lambda: [np.where(CAUSAL, 0, -1e9)], "lies between 0 and 1"),
    "a mask that is added, infinite": (lambda: [np.where(CAUSAL, 0, -np.inf)], "lies between 0 and 1"),
    "a mask of padding": (lambda: torch.ones(1, 5), r"the shape \[1, 5\]; expected \[layers, heads, queries, keys\]"),
    "BatchEncoding": (batch_encoding, r"is what a tokenizer made; pass model\(\*\*inputs, output_attentions=True\).attentions"),
    "ModelOutput": (model_output, "is a whole output or a dictionary; pass its attentions, e.g. outputs.attentions"),
    "a number": (lambda: 5, "is of the type int; pass outputs.attentions, one tensor per layer"),
    "a model": (lambda: torch.nn.Linear(2, 2), "is of the type Linear; pass outputs.attentions"),
    "a text": (lambda: "attention", "is not an array of numbers"),
    "objects of other lengths": (lambda: objects([ROWS[0], ROWS[1][..., :4, :4]]), "Layers of different lengths"),
    "four bits": (lambda: [torch.zeros(1, 3, 5, 5, dtype=torch.uint8).view(torch.float4_e2m1fn_x2)], "is not an array of numbers"),
}  # fmt: skip


@pytest.mark.parametrize("form", REFUSED)
def test_forms_that_are_refused(form):
    make, said = REFUSED[form]
    with pytest.raises(TraceError, match=said):
        from_attention(make(), WORDS)


def test_coarse_rounding_is_no_silence():
    """Rows of 8-bit floats may sum to more than 1: a note says so."""
    rows = torch.full((1, 1, 3, 3), 0.35).to(torch.float8_e5m2)
    assert "summed or rounded" in from_attention([rows], list("abc")).note


@pytest.mark.parametrize("tokens", [{"input_ids": [[1, 2]], "attention_mask": [[1, 1]]}, batch_encoding])
def test_tokens_that_a_tokenizer_made(tokens):
    """Their names must not be taken for the words of a text of as many."""
    given = tokens() if callable(tokens) else tokens
    with pytest.raises(TraceError, match="tokens are ids; pass tokenizer.convert_ids_to_tokens"):
        from_attention(rows_of(1, n=2), given)
