"""What importing headscope.bertviz puts back for recipes of Transformers 4: outputs[-1], names of BertViz, and nothing else."""

import pytest

torch = pytest.importorskip("torch", reason="torch and transformers are not installed: BertViz's recipes are not run")
pytest.importorskip("transformers")
pytest.importorskip("IPython")
import transformers as hf  # noqa: E402

import headscope.bertviz  # noqa: E402
from headscope import TraceError, from_attention  # noqa: E402
from recipes import (  # noqa: E402, F401, two are fixtures
    NEEDED,
    folder,
    same,
)

pytestmark = NEEDED


def test_the_classes_of_bertvizs_own_models_are_those_of_transformers():
    from headscope.bertviz.transformers_neuron_view import BertModel, GPT2Model, RobertaModel, RobertaTokenizer

    assert (BertModel, GPT2Model, RobertaModel) == (hf.BertModel, hf.GPT2Model, hf.RobertaModel)
    assert RobertaTokenizer is hf.RobertaTokenizer
    with pytest.raises(ImportError):
        from headscope.bertviz.transformers_neuron_view import NoSuchModel  # noqa: F401


def test_the_functions_where_bertviz_keeps_them():
    from headscope.bertviz.head_view import head_view
    from headscope.bertviz.model_view import model_view

    assert head_view is headscope.bertviz.head_view and model_view is headscope.bertviz.model_view


def of_the_pair(path, **options):
    tokenizer = hf.AutoTokenizer.from_pretrained(path)
    model = hf.AutoModel.from_pretrained(path, output_attentions=True, **options)
    inputs = tokenizer("the rabbit quickly hopped", "The turtle slowly crawled", return_tensors="pt")
    return model, inputs, tokenizer.convert_ids_to_tokens(inputs["input_ids"][0])


@pytest.mark.parametrize("as_dict", [True, False])
def test_an_output_of_before_the_import(as_dict, folder):
    """The empty tuple that it ended with led nowhere then: the caller's variables do."""
    model, inputs, tokens = of_the_pair(folder("bert"), return_dict=as_dict)
    one = model(**inputs)
    attentions = one.attentions if as_dict else one[-2]
    with pytest.warns(UserWarning, match="outputs.attentions is shown"):
        assert same(headscope.bertviz.head_view((), tokens, html_action="return"), attentions)
    two = model(**inputs)
    with pytest.raises(TraceError, match="2 outputs of this length"):
        headscope.bertviz.head_view((), tokens)
    del one, two
    with pytest.raises(TraceError, match=r"pass outputs\.attentions"):
        headscope.bertviz.head_view((), tokens)


def test_attention_that_was_never_computed_is_refused(folder):
    """Loaded without output_attentions the model attends by sdpa, which has no weights to give."""
    tokenizer, model = (kind.from_pretrained(folder("bert")) for kind in (hf.AutoTokenizer, hf.AutoModel))
    inputs = tokenizer("The cat sat on the mat", return_tensors="pt")
    tokens = tokenizer.convert_ids_to_tokens(inputs["input_ids"][0])
    for outputs in (model(**inputs, output_attentions=True), model(**inputs)):
        for attention in (outputs.attentions, outputs[-1]):
            with pytest.raises(TraceError, match='attn_implementation="eager"|output_attentions=True'):
                headscope.bertviz.head_view(attention, tokens)


def test_nothing_that_transformers_has_is_replaced():
    from headscope.bertviz.recipe import put_back

    getitem = hf.utils.ModelOutput.__getitem__
    put_back()
    assert hf.utils.ModelOutput.__getitem__ is getitem
    output = hf.modeling_outputs.BaseModelOutput(last_hidden_state=torch.zeros(1), attentions=(torch.ones(1),))
    assert output[-1] is output.attentions and output[0] is output.last_hidden_state
    assert output["attentions"] is output.attentions and output[:1] == (output.last_hidden_state,)


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16, torch.float64])
def test_tensors_of_torch(kind):
    weights = torch.rand(2, 1, 3, 5, 5, dtype=torch.float64).softmax(-1).to(kind).requires_grad_()
    for given in (weights, tuple(weights), [layer.transpose(2, 3).contiguous().transpose(2, 3) for layer in weights]):
        trace = from_attention(given, list("abcde"))
        assert abs(trace.attention("self", 1) - weights[1, 0].detach().float().numpy()).max() == 0
