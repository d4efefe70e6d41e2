"""BertViz's functions beside the views: bertviz.util, and get_attention of its neuron view. Against BertViz where it is installed."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch and transformers are not installed: BertViz's functions are not compared")
hf = pytest.importorskip("transformers")

import headscope  # noqa: E402
from conftest import rows_of  # noqa: E402
from headscope import TraceError  # noqa: E402
from headscope.bertviz import neuron_view, util  # noqa: E402
from models import build, feeds, first_of  # noqa: E402

MODELS = Path(__file__).parents[2] / "models"
in_the_repository = pytest.mark.skipif(not MODELS.exists(), reason="the models lie in the repository, not in the package")
A, B = "The cat sat on the mat", "The cat lay on the rug"
LAYERS = [torch.from_numpy(layer) for layer in rows_of(5, layers=3, heads=4)]


@pytest.mark.parametrize("layers, heads", [(None, None), ([2], None), ([0, 2], [3, 1]), ([], []), (range(1, 3), np.array([0, 1]))])
def test_format_attention(layers, heads):
    if isinstance(heads, np.ndarray):
        heads = tuple(int(head) for head in heads)
    made = util.format_attention(LAYERS, layers, heads)
    want = np.concatenate([LAYERS[i].numpy() for i in (layers or range(3))])[:, list(heads) if heads else slice(None)]
    assert torch.is_tensor(made) and np.array_equal(made.numpy(), want)
    assert np.array_equal(util.format_attention([layer.numpy() for layer in LAYERS], layers, heads), want)
    assert (util.num_layers(LAYERS), util.num_heads(LAYERS)) == (3, 4)


@pytest.mark.parametrize(
    "attention, said",
    [
        ([torch.zeros(1, 5)], r"Entry 0 of the attention has the shape \[1, 5\]; expected \[1, heads, queries, keys\]"),
        ([LAYERS[0], None], "Entry 1 of the attention has the shape NoneType"),
        ([torch.zeros(2, 4, 5, 5)], r"the shape \[2, 4, 5, 5\]; expected \[1, heads"),
        ((), "holds no layers"),
    ],
)
def test_attention_of_another_form(attention, said):
    with pytest.raises(TraceError, match=said):
        util.format_attention(attention)


def test_the_same_as_bertvizs_own():
    theirs = pytest.importorskip("bertviz.util", reason="bertviz is not installed: its functions are not compared")
    for layers, heads in ((None, None), ([0, 2], None), ([1], [2, 3])):
        assert torch.equal(util.format_attention(LAYERS, layers, heads), theirs.format_attention(LAYERS, layers, heads))
    words = ["Ġcat", "▁sat", "mat</w>", "##s", "a▁b"]
    assert util.format_special_chars(words) == theirs.format_special_chars(words)
    assert (util.num_layers(LAYERS), util.num_heads(LAYERS)) == (theirs.num_layers(LAYERS), theirs.num_heads(LAYERS))


@pytest.fixture(scope="module")
def bert():
    kinds = (hf.AutoModel, hf.AutoTokenizer)
    model, tokenizer = (kind.from_pretrained(MODELS / "stories-bert") for kind in kinds)
    return model.float(), tokenizer


def copy_of(model):
    """BertViz's own BertModel with the weights of a model."""
    own = pytest.importorskip("bertviz.transformers_neuron_view", reason="bertviz is not installed: its models are not compared")
    names = "hidden_size num_hidden_layers num_attention_heads intermediate_size max_position_embeddings type_vocab_size layer_norm_eps"
    sizes = {name: getattr(model.config, name) for name in names.split()}
    copy = own.BertModel(own.BertConfig(model.config.vocab_size, **sizes, output_attentions=True))
    missing, _ = copy.load_state_dict(model.state_dict(), strict=False)
    assert not missing
    return copy.eval()


@in_the_repository
@pytest.mark.parametrize("second", [None, B])
@pytest.mark.parametrize("vectors", [False, True])
def test_get_attention_is_bertvizs(bert, second, vectors):
    """The same dictionary as BertViz makes with its own copy of the model; numbers within 1e-5, of float32 by another code."""
    theirs = pytest.importorskip("bertviz.neuron_view", reason="bertviz is not installed: its neuron view is not compared")
    model, tokenizer = bert
    want = theirs.get_attention(copy_of(model), "bert", tokenizer, A, second, vectors)
    made = neuron_view.get_attention(model, "bert", tokenizer, A, second, vectors)
    assert list(made) == list(want)
    for name, entry in want.items():
        assert list(made[name]) == list(entry)
        for key, value in entry.items():
            if key.endswith("text"):
                assert made[name][key] == value
            else:
                assert len(made[name][key]) == len(value) and type(made[name][key][0][0][0][0]) is float
                assert max(np.abs(np.subtract(a, b)).max() for a, b in zip(made[name][key], value)) < 1e-5


@in_the_repository
def test_get_attention_of_a_pair(bert):
    """Without BertViz: the eager attention, cut behind the first [SEP]."""
    model, tokenizer = bert
    eager = hf.AutoModel.from_pretrained(MODELS / "stories-bert", attn_implementation="eager").float()
    inputs = tokenizer(A, B, return_tensors="pt")
    with torch.no_grad():
        expected = eager(**inputs, output_attentions=True).attentions
    made = neuron_view.get_attention(model, "bert", tokenizer, A, B)
    start = inputs["input_ids"][0].tolist().index(tokenizer.sep_token_id) + 1
    for name, rows, columns in (("aa", slice(start), slice(start)), ("ba", slice(start, None), slice(start))):
        assert all(np.abs(made[name]["attn"][i] - layer[0, :, rows, columns].numpy()).max() < 1e-5 for i, layer in enumerate(expected))
    assert made["ab"]["left_text"][-1] == "[SEP]" and made["ab"]["right_text"] == made["bb"]["left_text"]


def test_queries_and_keys_of_any_model():
    """Keys that heads share are there once for each head, so that query times key is the score."""
    fed = first_of(feeds("qwen3"))
    model = build("qwen3", "sdpa")
    made = neuron_view.get_attention(model, "gpt2", None, fed, include_queries_and_keys=True)["all"]
    trace = headscope.show(model, None, fed)
    scores = np.matmul(made["queries"][1], np.swapaxes(made["keys"][1], 1, 2)) * trace.block("self")["recipe"]["scale"]
    known = trace.scores_before_softmax("self", 1)
    assert np.abs(np.where(np.isfinite(known), scores - known, 0)).max() < 1e-5
    assert np.abs(np.subtract(made["attn"][1], trace.attention("self", 1))).max() == 0


@in_the_repository
def test_what_get_attention_cannot_give(bert):
    model, tokenizer = bert
    with pytest.raises(TraceError, match="of an encoder-decoder headscope.show gives all three blocks"):
        neuron_view.get_attention(build("bart"), "bart", None, first_of(feeds("bart")))
    with pytest.raises(TraceError, match="gives its weights only, no queries and keys"):
        neuron_view.get_attention(build("falcon"), "gpt2", None, first_of(feeds("falcon")), include_queries_and_keys=True)

    def turned(*texts, **more):
        return tokenizer(*reversed(texts), **more)

    turned.is_fast, turned.tokenizer, turned.sep_token, turned.cls_token = False, tokenizer, "[SEP]", "[CLS]"
    with pytest.raises(TraceError, match="spells sentence A otherwise where another follows"):
        neuron_view.get_attention(model, "bert", turned, A, "Another text, and a longer one")


@in_the_repository
def test_bertvizs_own_models_are_named(bert):
    model, tokenizer = bert
    for call in (neuron_view.get_attention, neuron_view.show):
        with pytest.raises(TraceError, match="BertViz's own copy of BertModel.*from transformers import BertModel"):
            call(copy_of(model), "bert", tokenizer, A, B)


def test_a_module_with_a_configuration_is_no_model():
    """Of a module of one's own the model within it is named, though it has a configuration, too."""

    class Classifier(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.bert = build("bert", "sdpa")
            self.config = self.bert.config

    with pytest.raises(TraceError, match=r"pass the one within it, model\.bert \(BertModel\)"):
        headscope.show(Classifier(), None, first_of(feeds("bert")))


def test_where_bertviz_keeps_them():
    from headscope.bertviz.neuron_view import format_delimiters, format_special_chars, get_attention  # noqa: F401
    from headscope.bertviz.util import format_attention, num_heads, num_layers  # noqa: F401

    import headscope.bertviz as package

    assert package.util is util and package.neuron_view is neuron_view
