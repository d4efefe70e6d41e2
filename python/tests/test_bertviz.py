"""BertViz's functions: its signatures, its html_action, and the calls of its README on Transformers of today."""

import inspect

import pytest

from conftest import rows_of
from headscope import TraceError
from headscope.bertviz import head_view, model_view, neuron_view

# Positional order in BertViz 1.4.1.
PAIR = "encoder_attention decoder_attention cross_attention encoder_tokens decoder_tokens".split()
START = ["attention", "tokens", "sentence_b_start", "prettify_tokens"]
SIGNATURES = {
    head_view: [*START, "layer", "heads", *PAIR, "include_layers", "html_action"],
    model_view: [*START, "display_mode", *PAIR, "include_layers", "include_heads", "html_action"],
    neuron_view.show: "model model_type tokenizer sentence_a sentence_b display_mode layer head html_action".split(),
}


@pytest.mark.parametrize("function", SIGNATURES)
def test_signatures(function):
    assert list(inspect.signature(function).parameters) == SIGNATURES[function]


def test_what_is_returned(attention, words):
    assert 'data-theme=&quot;dark&quot;' in model_view(attention, words, html_action="return").data
    shown = head_view(attention, words, 3, True, 1, [0, 2], html_action="return").data
    assert "srcdoc=" in shown and "&quot;layer&quot;: 1, &quot;heads&quot;: [0, 2]" in shown
    few = model_view(attention, words, include_layers=[1], include_heads=[2, 0], html_action="return").data
    assert "&quot;cut&quot;: {&quot;layers&quot;: [1], &quot;heads&quot;: [0, 2]}" in few and "&quot;heads&quot;: [2]}" in few
    assert "&quot;cut&quot;" not in model_view(attention, words, html_action="return").data
    raw = model_view(rows_of(1), ["Ġa"] * len(words), prettify_tokens=False, html_action="return").trace
    assert {token["text"] for token in raw.manifest["streams"][0]["tokens"]} == {"Ġa"}
    for call, message in [
        (lambda: head_view(attention, words, html_action="save"), "html_action is 'save'"),
        (lambda: model_view(attention, words, display_mode="blue"), "display_mode is 'blue'"),
        (lambda: head_view(attention, words, layer=9, html_action="return"), "Layer 9 of self was not recorded"),
        (lambda: model_view(attention, words, include_heads=[0, 99]), r"include_heads is \[0, 99\]; expected numbers from 0 to"),
        (lambda: head_view(rows_of(1, n=3), words), "There are 5 tokens, but the matrix has 3"),
    ]:
        with pytest.raises(TraceError, match=message):
            call()


def test_recipes_of_the_readme():
    """BERT, GPT-2, DistilBERT as one text; T5 and BART as encoder and decoder; the neuron view of a GPT-2."""
    torch = pytest.importorskip("torch")
    hf = pytest.importorskip("transformers")
    from models import build, feeds, first_of

    distil = hf.DistilBertModel(
        hf.DistilBertConfig(dim=32, n_layers=2, n_heads=4, hidden_dim=64, vocab_size=99, attn_implementation="eager")
    )
    for model in (build("bert"), build("gpt2"), distil.eval()):
        ids = feeds("gpt2")["input_ids"][:1]
        with torch.no_grad():
            outputs = model(ids, output_attentions=True)
        tokens = [str(i) for i in ids[0].tolist()]
        assert "srcdoc=" in head_view(outputs.attentions, tokens, html_action="return").data
        assert "srcdoc=" in model_view(outputs.attentions, tokens, html_action="return").data
    for name in ("t5", "bart"):
        inputs = first_of(feeds(name))
        with torch.no_grad():
            outputs = build(name)(**inputs, output_attentions=True)
        shown = model_view(
            encoder_attention=outputs.encoder_attentions,
            decoder_attention=outputs.decoder_attentions,
            cross_attention=outputs.cross_attentions,
            encoder_tokens=[str(i) for i in inputs["input_ids"][0].tolist()],
            decoder_tokens=[str(i) for i in inputs["decoder_input_ids"][0].tolist()],
            html_action="return",
        )
        assert "srcdoc=" in shown.data
    fed = first_of(feeds("gpt2"))
    shown = neuron_view.show(build("gpt2", "sdpa"), "gpt2", None, fed, layer=1, head=2, html_action="return")
    assert "&quot;view&quot;: &quot;neuron&quot;" in shown.data
