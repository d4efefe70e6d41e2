"""Ways of decoding and of padding: sampling, caches, beams and drafts, each against eager attention of the finished text."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch and transformers are not installed: nothing is recorded")
pytest.importorskip("transformers")

import headscope  # noqa: E402
from headscope import TraceError  # noqa: E402
from models import build, eager_attention  # noqa: E402
from scenarios import IDS, WRITE, off, recorded  # noqa: E402


@pytest.mark.parametrize("name", ["llama", "gemma3"])
@pytest.mark.parametrize(
    "options",
    [
        dict(do_sample=True, top_k=20),
        dict(do_sample=False, use_cache=False),
        dict(do_sample=False, cache_implementation="static"),
        dict(do_sample=True, num_return_sequences=3),
    ],
    ids=["sampling", "no cache", "static cache", "three at once"],
)
def test_decoding(name, options):
    model = build(name, "sdpa")
    with torch.no_grad(), headscope.record(model) as r:
        written = model.generate(input_ids=IDS, **WRITE, **options)
    assert len(r.traces) == written.shape[0]
    for item, trace in enumerate(r.traces):
        assert off(trace, written[item : item + 1, :-1], name) < 1e-5
    assert r.trace.manifest["generated"] == {"stream": "text", "start": 12}


@pytest.mark.parametrize("name", ["llama", "gemma3"])
@pytest.mark.parametrize("options", [dict(num_beams=3), dict(cache_implementation="static"), dict(num_beams=1)])
def test_generate_is_right_for_every_way(name, options):
    trace = headscope.generate(build(name, "sdpa"), None, dict(input_ids=IDS), do_sample=False, **WRITE, **options)
    ids = torch.tensor([[token["id"] for token in trace.stream()["tokens"]]])
    assert ids.shape[1] == 17 and off(trace, ids, name) < 1e-5
    assert trace.manifest["generated"] == {"stream": "text", "start": 12}


def test_beams_are_refused_where_the_cache_was_reordered():
    model = build("llama", "sdpa")
    with torch.no_grad(), headscope.record(model) as r:
        model.generate(input_ids=IDS, num_beams=3, do_sample=False, **WRITE)
    with pytest.raises(TraceError, match="Use headscope.generate"):
        _ = r.trace


def test_beams_of_a_family_that_gives_its_weights_are_refused_too():
    model = build("falcon", "sdpa")
    with torch.no_grad(), headscope.record(model) as r:
        model.generate(input_ids=IDS, num_beams=3, do_sample=False, **WRITE)
    with pytest.raises(TraceError, match="Use headscope.generate"):
        _ = r.trace


def test_drafts_are_refused():
    model, draft = build("llama", "sdpa"), build("llama", "sdpa")
    with torch.no_grad():
        for weights in draft.parameters():
            weights.add_(torch.randn_like(weights) * 0.05)
    with torch.no_grad(), headscope.record(model) as r:
        model.generate(input_ids=IDS, assistant_model=draft, max_new_tokens=8, do_sample=False)
    with pytest.raises(TraceError, match="Use headscope.generate"):
        _ = r.trace


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("name", ["llama", "gemma3", "gpt_oss", "bert", "falcon", "bart"])
def test_three_texts_with_padding_on_either_side(name, side):
    ids = torch.randint(3, 80, (3, 12), generator=torch.Generator().manual_seed(4))
    mask = torch.ones_like(ids)
    for item, count in ((1, 3), (2, 5)):
        (mask[item, :count] if side == "left" else mask[item, -count:]).zero_()
    fed = dict(input_ids=ids, attention_mask=mask)
    if name == "bart":
        fed["decoder_input_ids"] = ids[:, :7]
    model = build(name, "eager" if name == "gpt_oss" else "sdpa")
    r = recorded(model, **fed)
    expected = eager_attention(build(name), fed)
    assert len(r.traces) == 3
    for item, trace in enumerate(r.traces):
        keep = mask[item].numpy() == 1
        for block in trace.blocks:
            for layer in trace.layers(block):
                want = expected[block][layer][item].numpy()
                want = want[:, keep] if block in ("self", "encoder") else want
                want = want[:, :, keep] if block != "decoder" else want
                assert np.abs(trace.attention(block, layer) - want).max() < 1e-5


@pytest.mark.parametrize("name", ["llama", "gemma3"])
@pytest.mark.parametrize("options", [dict(cache_implementation="static"), dict(prefill_chunk_size=4)], ids=["static", "chunks"])
def test_padding_is_left_out_and_the_prompt_known_however_it_is_fed(name, options):
    ids = torch.randint(3, 80, (2, 12), generator=torch.Generator().manual_seed(4))
    mask = torch.ones_like(ids)
    mask[1, :3] = 0
    model = build(name, "sdpa")
    with torch.no_grad(), headscope.record(model) as r:
        written = model.generate(input_ids=ids, attention_mask=mask, do_sample=False, **WRITE, **options)
    whole = torch.cat([mask, mask.new_ones(2, 5)], 1)
    expected = eager_attention(build(name), dict(input_ids=written[:, :-1], attention_mask=whole))["self"]
    for item, trace in enumerate(r.traces):
        keep = whole[item].numpy() == 1
        for layer, want in enumerate(expected):
            assert np.abs(trace.attention("self", layer) - want[item].numpy()[:, keep][:, :, keep]).max() < 1e-5
        assert trace.manifest["generated"]["start"] == 12 - 3 * item


def test_a_family_that_gives_its_weights_is_right_under_sdpa_too():
    model = build("falcon", "sdpa")
    assert off(recorded(model, input_ids=IDS).trace, IDS, "falcon") < 1e-5
    assert model.config._attn_implementation == "sdpa"
    with torch.no_grad(), headscope.record(model) as r:
        written = model.generate(input_ids=IDS, do_sample=False, **WRITE)
    assert off(r.trace, written[:, :-1], "falcon") < 1e-5
