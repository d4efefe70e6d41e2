"""Padded texts that are written on: each attends as it does alone, without its padding.

The oracle is eager attention of each finished text by itself, so no mask and no position is taken from what was recorded.
generate() counts positions without padding; a model that is called once with a mask and no position_ids counts it, which
for learned positions (GPT-2, GPT-Neo) is another text: 0.2 away.
"""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch and transformers are not installed: nothing is recorded")
pytest.importorskip("transformers")

import headscope  # noqa: E402
from headscope import TraceError  # noqa: E402
from models import FAMILIES, ONLY_READ, PAIRS, build, eager_attention  # noqa: E402

# Qwen2-VL is fed with a picture; Qwen3-Next's linear layers see padding, so that its text alone is another one.
WRITERS = [name for name in FAMILIES if name not in ONLY_READ | PAIRS | {"qwen2_vl", "qwen3_next"}]
# Families that Transformers does not run by sdpa.
IMPLEMENTATION = dict.fromkeys(["gpt_oss", "gemma2", "mpt", "bloom", "gpt_neo", "granite_swa", "granitemoe_swa", "inkling2_text"], "eager")
IDS = torch.randint(3, 80, (2, 12), generator=torch.Generator().manual_seed(4))
PADDED = 3
MASK = torch.ones_like(IDS)
MASK[1, :PADDED] = 0
WRITE = dict(max_new_tokens=6, min_new_tokens=6, do_sample=False)


def off(trace, name, ids):
    """The largest difference from eager attention of a text alone, ids [1, tokens]."""
    assert [token["id"] for token in trace.stream()["tokens"]] == ids[0].tolist()
    expected = eager_attention(build(name), dict(input_ids=ids))["self"]
    assert trace.layers("self") == list(range(len(expected)))
    return max(float(np.abs(trace.attention("self", i) - w[0].numpy()).max()) for i, w in enumerate(expected))


@pytest.mark.parametrize("name", WRITERS)
def test_a_padded_text_attends_as_it_does_alone(name):
    model = build(name, IMPLEMENTATION.get(name, "sdpa"))
    with torch.no_grad(), headscope.record(model) as r:
        written = model.generate(input_ids=IDS, attention_mask=MASK, **WRITE)
    for item, trace in enumerate(r.traces):
        assert off(trace, name, written[item : item + 1, PADDED * item : -1]) < 1e-5
        assert trace.manifest["generated"] == {"stream": "text", "start": 12 - PADDED * item}


@pytest.mark.parametrize("name", ["gpt2", "gpt_neo", "opt", "llama", "bloom", "falcon", "gemma3"])
@pytest.mark.parametrize("beams", [1, 3])
def test_generate_leaves_padding_out(name, beams):
    fed = dict(input_ids=IDS[1:], attention_mask=MASK[1:])
    model = build(name, IMPLEMENTATION.get(name, "sdpa"))
    trace = headscope.generate(model, None, fed, num_beams=beams, **WRITE)
    with torch.no_grad():
        written = model.generate(**fed, num_beams=beams, **WRITE)
    assert off(trace, name, written[:, PADDED:-1]) < 1e-5
    assert trace.manifest["generated"] == {"stream": "text", "start": 12 - PADDED}


@pytest.mark.parametrize("name", ["t5", "bart"])
def test_a_padded_source_attends_as_it_does_alone(name):
    model, mask = build(name, "sdpa"), MASK.flip(1)
    with torch.no_grad(), headscope.record(model) as r:
        written = model.generate(input_ids=IDS, attention_mask=mask, **WRITE)
    for item, trace in enumerate(r.traces):
        alone = dict(input_ids=IDS[item : item + 1, : 12 - PADDED * item], decoder_input_ids=written[item : item + 1, :-1])
        for block, layers in eager_attention(build(name), alone).items():
            for layer, want in enumerate(layers):
                made = trace.attention(block, layer)
                assert np.abs(made - want[0].numpy()).max() < (1e-4 if name == "t5" else 1e-5)


def test_one_text_is_shown_and_a_batch_says_how():
    for run in (headscope.show, headscope.generate):
        with pytest.raises(TraceError, match=r"a batch of 2 texts, and this shows one.*headscope\.record"):
            run(build("llama"), None, dict(input_ids=IDS, attention_mask=MASK))
