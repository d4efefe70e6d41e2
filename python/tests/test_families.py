"""Tiny random models of many families: recorded attention against Transformers' eager attention.

Three modes: two texts at once, one of them left padded, and generate() with a cache. 1e-5; 1e-4 for T5, whose scores
are not scaled, so that the rounding of sdpa against eager is larger.
"""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch and transformers are not installed: the families are not recorded")
pytest.importorskip("transformers")

import headscope  # noqa: E402
from models import FAMILIES, ONLY_READ, PAIRS, build, eager_attention, feeds, first_of  # noqa: E402

WRITERS = [name for name in FAMILIES if name not in ONLY_READ]


def worst(trace, expected, item, keep=None):
    """The largest difference over all blocks and layers; every layer that eager has must be there."""
    largest = 0.0
    for block, layers in expected.items():
        recorded = [i for i, layer in enumerate(layers) if layer is not None]
        numbers = trace.layers(block)
        assert len(numbers) == len(recorded), f"{block}: {numbers} of {recorded}"
        for number, index in zip(numbers, recorded):
            want = layers[index][item].float().numpy()
            if keep is not None and block in ("self", "encoder"):
                want = want[:, keep]
            if keep is not None and block != "decoder":
                want = want[:, :, keep]
            made = trace.attention(block, number)
            assert made.shape == want.shape
            largest = max(largest, float(np.abs(made - want).max()))
    return largest


def limit(name):
    return 1e-4 if name == "t5" else 1e-5


@pytest.mark.parametrize("name", FAMILIES)
def test_two_texts(name):
    model, inputs = build(name), feeds(name)
    with torch.no_grad(), headscope.record(model) as r:
        model(**inputs)
    expected = eager_attention(model, inputs)
    assert len(r.traces) == 2
    for item, trace in enumerate(r.traces):
        assert worst(trace, expected, item) < limit(name)
        again = headscope.load(trace.to_bytes())
        assert worst(again, expected, item) < limit(name)


@pytest.mark.parametrize("name", [name for name in FAMILIES if name not in ("vit", "whisper")])
def test_left_padding(name):
    model, inputs = build(name), feeds(name, padded=True)
    with torch.no_grad(), headscope.record(model) as r:
        model(**inputs)
    expected = eager_attention(model, inputs)
    keep = inputs["attention_mask"][1].numpy() == 1
    assert worst(r.traces[0], expected, 0) < limit(name)
    assert worst(r.traces[1], expected, 1, keep) < limit(name)


@pytest.mark.parametrize("name", WRITERS)
def test_generate(name):
    model = build(name)
    inputs = {key: value for key, value in first_of(feeds(name)).items() if key != "decoder_input_ids"}
    with torch.no_grad(), headscope.record(model) as r:
        model.generate(**inputs, max_new_tokens=6, min_new_tokens=6, do_sample=False)
    # What was fed: generate() of Whisper begins with tokens of its own.
    fed = r.runs[-1].all_ids()
    whole = {**inputs, ("decoder_input_ids" if name in PAIRS else "input_ids"): fed}
    if "mm_token_type_ids" in whole:
        whole["mm_token_type_ids"] = (fed == 90).long()
    assert worst(r.trace, eager_attention(model, whole), 0) < limit(name)
    stream = "decoder" if name in PAIRS else "text"
    start = r.trace.manifest["generated"]["start"]
    assert r.trace.manifest["generated"]["stream"] == stream
    assert len(r.trace.stream(stream)["tokens"]) - start == 5


@pytest.mark.parametrize("padded", [False, True])
def test_scores_in_the_place_of_attention(padded):
    """SqueezeBERT returns its scores before softmax; what its softmax makes of them is its attention. Bitwise."""
    import transformers as hf

    torch.manual_seed(1)
    sizes = dict(hidden_size=32, embedding_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64, vocab_size=99)
    model, made = hf.SqueezeBertModel(hf.SqueezeBertConfig(**sizes)).eval(), []
    softmaxes = [module for module in model.modules() if isinstance(module, torch.nn.Softmax)]
    hooks = [module.register_forward_hook(lambda *call: made.append(call[2].numpy())) for module in softmaxes]
    inputs = feeds("bert", padded)
    with torch.no_grad(), headscope.record(model) as r:
        model(**inputs)
    assert len(hooks) == len(made) == 2
    keep = inputs["attention_mask"][1].numpy() == 1 if padded else np.ones(12, bool)
    for item, kept in ((0, np.ones(12, bool)), (1, keep)):
        for layer in range(2):
            assert np.abs(r.traces[item].attention("self", layer) - made[layer][item][:, kept][:, :, kept]).max() < 1e-7
