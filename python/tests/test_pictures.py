"""Models that read a text with a picture: recorded under sdpa and held to Transformers' eager attention, 1e-5.

Of the text, and where it is written on, to what generate() itself attended to: its positions, its types of tokens and what it
sees of the picture are the model's own business.
"""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch and transformers are not installed: nothing is recorded")
pytest.importorskip("transformers")

import headscope  # noqa: E402
from headscope import TraceError  # noqa: E402
from models import sharpened  # noqa: E402
from pictures import NAMES, feeds, first_of, make  # noqa: E402
from scenarios import recorded  # noqa: E402
from steps import eager_steps  # noqa: E402

WRITE = dict(max_new_tokens=6, min_new_tokens=6, do_sample=False)
# Layers that attend to the words; others attend to the picture alone.
OF_WORDS = {"mllama": [0, 2]}
WRITERS = [name for name in NAMES if name not in ("git", "blip-2")]


def models(name):
    try:
        return sharpened(make(name), "sdpa"), sharpened(make(name), "eager")
    except ValueError:  # no sdpa in this family
        return sharpened(make(name), "eager"), sharpened(make(name), "eager")


def worst(traces, layers, name, keep=None):
    """The largest difference over all texts and layers; `keep`: places of the second text that are no padding."""
    numbers, largest = OF_WORDS.get(name, list(range(len(layers)))), 0.0
    for item, trace in enumerate(traces):
        assert trace.blocks == ["self"] and trace.layers("self") == numbers
        for number in numbers:
            want = layers[number][item].numpy()
            if item and keep is not None:
                want = want[:, keep][:, :, keep]
            made = trace.attention("self", number)
            assert made.shape == want.shape
            largest = max(largest, float(np.abs(made - want).max()))
    return largest


def attentions(model, fed):
    with torch.no_grad():
        out = model(**fed, output_attentions=True)
    return getattr(out, "language_model_outputs", out).attentions


@pytest.mark.parametrize("name", [name for name in NAMES if name != "git"])
def test_two_texts_with_pictures(name):
    (model, eager), fed = models(name), feeds(name)
    r = recorded(model, **fed)
    assert worst(r.traces, attentions(eager, fed), name) < 1e-5
    for tower in r.towers.values():  # of the picture: square, and as many layers as its configuration says
        for layer in tower.layers("self"):
            weights = tower.attention("self", layer)
            assert weights.shape[1] == weights.shape[2] and np.abs(weights.sum(-1) - 1).max() < 1e-5
        assert len(tower.layers("self")) <= 2 and not any("cross" in path for path in r.towers)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("git", "qwen2_5_vl", "qwen3_vl")])
def test_left_padding(name):
    """Not Qwen's: a padded text has fewer positions than Transformers makes types of tokens for."""
    (model, eager), fed = models(name), feeds(name)
    fed["attention_mask"] = torch.ones_like(fed["input_ids"])
    fed["attention_mask"][1, :2] = 0
    assert worst(recorded(model, **fed).traces, attentions(eager, fed), name, fed["attention_mask"][1].numpy() == 1) < 1e-5


@pytest.mark.parametrize("name", WRITERS)
def test_text_that_is_written_on(name):
    (model, eager), fed = models(name), first_of(feeds(name))
    expected = eager_steps(eager, fed, **WRITE)
    with torch.no_grad(), headscope.record(model) as r:
        model.generate(**fed, **WRITE)
    assert worst(r.traces, expected, name) < 1e-5
    trace = headscope.generate(model, None, fed, **WRITE)
    assert worst([trace], expected, name) < 1e-5
    assert trace.manifest["generated"] == {"stream": "text", "start": 12}


@pytest.mark.parametrize("name", ["qwen2_5_vl", "qwen3_vl"])
def test_a_tower_by_itself_with_two_pictures_shows_the_first(name):
    fed = feeds(name)
    traces = []
    for count in (2, 1):
        tower = models(name)[0].model.visual
        grid = fed["image_grid_thw"][:count]
        with torch.no_grad(), headscope.record(tower) as r:
            tower(fed["pixel_values"][: int(grid.prod(-1).sum())], grid)
        traces.append(r.trace)
    assert [trace.layers("self") for trace in traces] == [[0, 1], [0, 1]]
    for layer in (0, 1):
        assert np.abs(traces[0].attention("self", layer) - traces[1].attention("self", layer)).max() < 1e-5


def test_beams_with_a_picture_write_their_words_once_more():
    model, _ = models("gemma3")
    fed = first_of(feeds("gemma3"))
    with torch.no_grad():
        written = model.generate(**fed, num_beams=3, **WRITE)[0, :-1].tolist()
    trace = headscope.generate(model, None, fed, num_beams=3, **WRITE)
    assert [token["id"] for token in trace.stream()["tokens"]] == written


def test_a_picture_among_the_words_is_refused_by_name():
    """GIT puts the picture before the text, in the same matrix."""
    model, _ = models("git")
    with pytest.raises(TraceError, match="GitForCausalLM attends among 29 places and was fed 12 words"):
        _ = recorded(model, **feeds("git")).traces
    assert recorded(model, input_ids=feeds("git")["input_ids"]).trace.blocks == ["self"]


def test_a_model_whose_part_writes_is_named():
    model, _ = models("blip-2")
    with torch.no_grad(), headscope.record(model) as r:
        model.generate(**first_of(feeds("blip-2")), **WRITE)
    with pytest.raises(TraceError, match=r"Nothing was recorded.* calls a part of it; record that: headscope.record\(model.language_model\)"):
        _ = r.traces
