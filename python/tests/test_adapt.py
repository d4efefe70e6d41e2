"""The forms in which people pass attention: each right, or refused with a sentence that says what to change."""

import numpy as np
import pytest

import headscope
from conftest import rows_of
from headscope import TraceError, from_attention


class Tensor:
    """As much of a torch tensor as the adapter touches."""

    def __init__(self, array):
        self.array, self.shape, self.dtype = array, array.shape, "torch.bfloat16"

    def detach(self):
        return self

    def float(self):
        return Tensor(self.array.astype(np.float32))

    def cpu(self):
        return self

    def numpy(self):
        return self.array


def same(trace, attention):
    return max(float(np.abs(trace.attention("self", i) - layer[0]).max()) for i, layer in enumerate(attention)) == 0


FORMS = {
    "tuple of [1, h, n, n]": lambda a: tuple(a),
    "list": list,
    "tensors": lambda a: tuple(Tensor(layer) for layer in a),
    "no batch axis": lambda a: [layer[0] for layer in a],
    "stacked [L, h, n, n]": lambda a: np.concatenate(a),
    "stacked [L, 1, h, n, n]": np.stack,
    "nested lists": lambda a: [layer.tolist() for layer in a],
    "a stacked tensor": lambda a: Tensor(np.stack(a)),
    "float64": lambda a: [layer.astype(np.float64) for layer in a],
}


@pytest.mark.parametrize("form", FORMS)
def test_forms_that_are_right(form, attention, words):
    trace = from_attention(FORMS[form](attention), words)
    assert same(trace, attention)
    assert trace.block("self")["recipe"]["causal"] is True


def test_half_precision(attention, words):
    trace = from_attention([layer.astype(np.float16) for layer in attention], words)
    assert np.abs(trace.attention("self", 0) - attention[0][0]).max() < 1e-3


def test_a_batch_needs_an_item(attention, words):
    batch = [np.concatenate([layer, layer[..., ::-1]]) for layer in rows_of(2)]
    assert same(from_attention(batch, words, item=0), [layer[:1] for layer in batch])
    assert same(from_attention(batch, words, item=1), [layer[1:] for layer in batch])
    with pytest.raises(TraceError, match="a batch of 2 texts: choose one with item=0 to item=1"):
        from_attention(batch, words)
    with pytest.raises(TraceError, match="item is 2"):
        from_attention(batch, words, item=2)


def test_layers(attention, words):
    assert sorted(from_attention(attention, words, layers=[1]).tensors) == ["self.1.pattern"]
    trace = from_attention((None, attention[1]), words)
    assert trace.layers("self") == [1] and trace.block("self")["layers"] == 2
    with pytest.raises(TraceError, match=r"None of the layers \[7\]"):
        from_attention(attention, words, layers=[7])


@pytest.mark.parametrize(
    "tokens, shown",
    [
        (np.array(["a", "Ġb", "c", "d", "e"]), ["a", " b", "c", "d", "e"]),
        ([w.encode() for w in "abcde"], list("abcde")),
        ([None, "b", "c", "d", "e"], ["", "b", "c", "d", "e"]),
        ([1, 2, 3, 4, 5], ["1", "2", "3", "4", "5"]),
        ([["a", "b", "c", "d", "e"]], list("abcde")),
        (None, ["0", "1", "2", "3", "4"]),
    ],
)
def test_tokens_of_every_kind(tokens, shown, attention):
    assert from_attention(attention, tokens).tokens() == shown


def test_one_token_too_many_has_no_row(attention, words):
    trace = from_attention(attention, [*words, "more"])
    assert len(trace.tokens()) == 5 and "'more', has no row" in trace.note


def test_sentences_and_prettifying(attention, words):
    trace = from_attention(attention, words, 3, prettify_tokens=False)
    assert [t["segment"] for t in trace.stream()["tokens"]] == [0, 0, 0, 1, 1]
    assert from_attention(attention, words, np.int64(3)).stream()["tokens"][3]["segment"] == 1
    assert trace.tokens() == words


def test_steps_of_generate(attention, words):
    steps = [tuple(layer[:, :, :3, :3] for layer in attention)]
    steps += [tuple(layer[:, :, i : i + 1, : i + 1] for layer in attention) for i in (3, 4)]
    assert same(from_attention(tuple(steps), words), attention)
    fixed = [tuple(np.pad(layer, ((0, 0), (0, 0), (0, 0), (0, 9 - layer.shape[3]))) for layer in s) for s in steps]
    assert same(from_attention(fixed, words), attention)


def test_steps_of_a_cache_with_a_window(words):
    """Each step has the last 3 keys only: they are its own last places, not the first of the text."""
    random, n = np.random.default_rng(6), 5
    whole = np.tril(random.random((1, 2, n, n))) * np.triu(np.ones((n, n)), -2)
    whole = (whole / whole.sum(-1, keepdims=True)).astype(np.float32)
    steps = [(whole[:, :, :2, :2],), *((whole[:, :, i : i + 1, max(0, i - 2) : i + 1],) for i in range(2, n))]
    assert same(from_attention(steps, words), [whole])


def test_encoder_decoder_and_cross():
    encoder, decoder, cross = rows_of(1, n=4), rows_of(2, n=3, causal=True), rows_of(3, n=3, m=4)
    steps = [tuple(layer[:, :, i : i + 1, : i + 1] for layer in decoder) for i in range(3)]
    crossing = [tuple(layer[:, :, i : i + 1] for layer in cross) for i in range(3)]
    for given, across in ((decoder, cross), (steps, crossing)):
        trace = from_attention(
            encoder_attention=encoder,
            decoder_attention=given,
            cross_attention=across,
            encoder_tokens=list("abcd"),
            decoder_tokens=list("xyz"),
        )
        assert trace.blocks == ["encoder", "decoder", "cross"]
        assert np.array_equal(trace.attention("cross", 1), cross[1][0])
        assert np.array_equal(trace.attention("decoder", 1), decoder[1][0])
    only = from_attention(cross_attention=cross, encoder_tokens=list("abcd"), decoder_tokens=list("xyz"))
    assert only.blocks == ["cross"] and only.tokens("encoder") == list("abcd")


def test_rows_of_padding_become_zeros(words):
    layer = rows_of(4)[0]
    layer[:, :, 0] = np.nan
    trace = from_attention([layer], words)
    assert not trace.attention("self", 0)[:, 0].any() and "shown as zeros" in trace.note


def test_dropout_is_named(attention, words):
    assert "model.eval()" in from_attention([layer * 1.1 for layer in attention], words).note


@pytest.mark.parametrize(
    "attention, tokens, message",
    [
        ((), "abcde", 'is empty. Load the model with attn_implementation="eager"'),
        ((None, None), "abcde", "All 2 layers of attention are None"),
        (None, "abcde", "Pass attention"),
        ((np.zeros((1, 5, 8)),) * 2, "abcde", "5 x 8|There are 5 tokens"),
        ((np.zeros((5, 8)),), "abcde", r"\[5, 8\]; .* Hidden states and logits are not attention"),
        ((np.full((1, 2, 5, 5), -1.0),), "abcde", "lies between 0 and 1"),
        (rows_of(1), "abcd", "There are 4 tokens, but the matrix has 5"),
        (rows_of(1), "abcdefgh", "There are 8 tokens, but the matrix has 5"),
        ([layer.swapaxes(2, 3) for layer in rows_of(1)], "abcde", "is transposed"),
        ([rows_of(1)[0], rows_of(1, n=4)[0]], "abcde", "Layers of different lengths"),
        ({"attentions": rows_of(1)}, "abcde", "a whole output or a dictionary"),
        ([[[[0.5, 0.5], [1.0]]]], "ab", "not an array of numbers"),
    ],
)
def test_mistakes(attention, tokens, message):
    with pytest.raises(TraceError, match=message):
        from_attention(attention, list(tokens))


def test_tokens_that_are_none(attention):
    with pytest.raises(TraceError, match="tokens are ids; pass tokenizer.convert_ids_to_tokens"):
        from_attention(attention, np.arange(5))
    with pytest.raises(TraceError, match="tokens is one text"):
        from_attention(attention, "a cat")
    with pytest.raises(TraceError, match="encoder_tokens are given, but no attention"):
        from_attention(attention, list("abcde"), encoder_tokens=list("ab"))


@pytest.mark.parametrize("layers", [1, np.int64(1), (1,), np.array([1]), range(1, 2)])
def test_layers_of_every_kind(layers, attention, words):
    assert from_attention(attention, words, layers=layers).layers("self") == [1]


@pytest.mark.parametrize(
    "options, message",
    [
        (dict(layers=[0, 7]), "has layers 0 to 1, not 7"),
        (dict(layers=["first"]), "expected their numbers"),
        (dict(sentence_b_start=0), "sentence_b_start is 0; expected a position from 1 to 4"),
        (dict(sentence_b_start=5), "sentence_b_start is 5; expected a position from 1 to 4"),
        (dict(sentence_b_start="the"), "expected the position of its first token"),
        (dict(encoder_attention=rows_of(1), encoder_tokens=list("abcde")), "of an encoder-decoder pass encoder_attention"),
    ],
)
def test_mistakes_beside_the_attention(options, message, attention, words):
    with pytest.raises(TraceError, match=message):
        from_attention(attention, words, **options)


def test_select(attention, words):
    trace = from_attention(attention, words)
    part = trace.select(layers=[1], tokens=slice(1, 4))
    assert part.layers("self") == [1] and part.tokens() == ["the", "re", " cat"]
    assert np.array_equal(part.attention("self", 1), attention[1][0][:, 1:4, 1:4])
    assert headscope.load(part.to_bytes()).manifest == part.manifest
    assert np.array_equal(trace.select(tokens=[0, 4]).attention("self", 0), attention[0][0][:, [0, 4]][:, :, [0, 4]])
    for arguments, message in [
        ({"layers": [9]}, r"None of the layers \[9\]"),
        ({"tokens": slice(9, 10)}, "leaves none of 5 tokens"),
        ({"tokens": {"decoder": slice(1)}}, "no stream 'decoder'; it has text"),
    ]:
        with pytest.raises(TraceError, match=message):
            trace.select(**arguments)


def test_a_cache_of_transformer_lens(words):
    random = np.random.default_rng(0)
    q, k, v = (random.normal(size=(1, 5, 2, 4)).astype(np.float32) for _ in range(3))
    scores = np.einsum("bqhd,bkhd->bhqk", q, k) / 2
    pattern = np.exp(np.where(np.tril(np.ones((5, 5))), scores, -np.inf))
    pattern /= pattern.sum(-1, keepdims=True)
    hooks = {"pattern": pattern, "q": q, "k": k, "v": v}
    cache = {f"blocks.0.attn.hook_{name}": t for name, t in hooks.items()}
    trace = headscope.from_transformer_lens(cache, words)
    assert {"self.0.q", "self.0.k", "self.0.v", "self.0.pattern"} == set(trace.tensors)
    del trace.tensors["self.0.pattern"]
    assert np.abs(trace.attention("self", 0) - pattern[0]).max() < 1e-6
    cache["blocks.0.attn.hook_k"] = k[..., ::-1]
    assert set(headscope.from_transformer_lens(cache, words).tensors) == {"self.0.pattern"}
    with pytest.raises(TraceError, match="holds no blocks.N.attn.hook_pattern"):
        headscope.from_transformer_lens({"blocks.0.hook_resid_pre": q}, words)
