"""The recipes of BertViz's README, word for word but for the import and the names of models, on Transformers of today."""

import pytest

torch = pytest.importorskip("torch", reason="torch and transformers are not installed: BertViz's recipes are not run")
pytest.importorskip("transformers")
pytest.importorskip("IPython")
import transformers as hf  # noqa: E402

import headscope.bertviz  # noqa: E402
from recipes import (  # noqa: E402, F401, two are fixtures
    ANY_NEURON_VIEW,
    ENCODER_DECODER,
    GETTING_STARTED,
    HEAD_VIEW,
    NEEDED,
    NEURON_VIEW,
    NEURON_VIEW_GPT2,
    NOTHING_KEPT,
    SENTENCE_PAIR,
    folder,
    run,
    same,
)

pytestmark = NEEDED


@pytest.mark.parametrize("name", ["bert", "gpt2", "distilbert", "roberta", "electra"])
def test_one_text(name, folder, run, tmp_path):
    names, shown = run(GETTING_STARTED, folder(name))
    assert len(shown) == 1 and same(shown[0], names["outputs"].attentions)
    names, shown = run(HEAD_VIEW, folder(name))
    assert len(shown) == 5 and all(same(one, names["outputs"].attentions) for one in shown[1:])
    assert shown[3].trace.layers("self") == [1]
    assert "srcdoc=" in (tmp_path / "head_view.html").read_text()


@pytest.mark.parametrize("name", ["bert", "electra"])
def test_a_sentence_pair(name, folder, run):
    names, shown = run(SENTENCE_PAIR, folder(name))
    expected = names["model"](names["input_ids"], token_type_ids=names["token_type_ids"]).attentions
    assert same(shown[0], expected)
    segments = [token["segment"] for token in shown[0].trace.stream()["tokens"]]
    assert segments == names["token_type_ids"][0].tolist()


@pytest.mark.parametrize("name", ["bert", "gpt2", "distilbert", "roberta", "electra"])
def test_an_output_that_nothing_keeps(name, folder, run):
    names, shown = run(NOTHING_KEPT, folder(name))
    inputs = [names["tokenizer"](f"The {who} sat on the mat", return_tensors="pt").input_ids for who in ("cat", "dog")]
    expected = [names["model"](ids).attentions for ids in inputs]
    assert same(shown[0], expected[0]) and same(shown[1], expected[1]) and not same(shown[0], expected[1])
    # It is what it was, and the first one still leads to the first text.
    if not isinstance(names["first"], tuple) or not len(names["first"]):
        assert names["first"] == () and not names["first"] and len(names["first"]) == 0
    headscope.bertviz.head_view(names["first"], names["tokenizer"].convert_ids_to_tokens(inputs[0][0]))
    assert same(shown[2], expected[0])


@pytest.mark.parametrize("name", ["t5", "bart", "marian"])
def test_encoder_decoder(name, folder, run):
    names, shown = run(ENCODER_DECODER, folder(name))
    assert shown[0].trace.blocks == ["encoder", "decoder", "cross"]
    assert same(shown[0], names["outputs"].encoder_attentions)
    ids = names["tokenizer"](text_target="Sie sieht den kleinen Elefanten.").input_ids
    assert names["decoder_input_ids"][0].tolist() == ids
    # Their outputs[-1] is the encoder's attention, as in Transformers 4.
    headscope.bertviz.model_view(names["outputs"][-1], names["encoder_text"])
    assert same(shown[1], names["outputs"].encoder_attentions)


def test_neurons_of_bert(folder, run, tmp_path):
    names, shown = run(NEURON_VIEW, folder("bert"))
    trace = shown[0].trace
    ids = names["tokenizer"](names["sentence_a"], names["sentence_b"], return_tensors="pt")
    # The model is stored in half precision, in which eager code and sdpa round differently: 5e-2, and 1e-5 in float32.
    model = names["model"].float()
    again = headscope.show(model, names["tokenizer"], names["sentence_a"], names["sentence_b"])
    for i, layer in enumerate(model(**ids).attentions):
        want = layer[0].detach().numpy()
        assert abs(again.attention("self", i) - want).max() < 1e-5
        assert abs(trace.attention("self", i) - want).max() < 5e-2
    assert trace.tokens()[1] == "the" and "self.2.q" in trace.tensors
    assert "srcdoc=" in (tmp_path / "neuron_view.html").read_text("ascii")


def test_neurons_of_gpt2(folder, run):
    names, shown = run(NEURON_VIEW_GPT2, folder("gpt2"))
    ids = names["tokenizer"](names["text"], return_tensors="pt").input_ids
    expected = hf.GPT2Model.from_pretrained(folder("gpt2"), attn_implementation="eager")(ids, output_attentions=True)
    made = shown[0].trace.attention("self", 1)
    assert abs(made - expected.attentions[1][0].detach().numpy()).max() < 2e-3


@pytest.mark.parametrize("name", ["roberta", "distilbert", "electra"])
def test_neurons_of_other_models(name, folder, run):
    _, shown = run(ANY_NEURON_VIEW, folder(name))
    assert "self.1.q" in shown[0].trace.tensors
