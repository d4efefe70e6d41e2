"""The recipes of BertViz's README, word for word but for the import and the names of models, on Transformers of today."""

import warnings
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="torch and transformers are not installed: BertViz's recipes are not run")
pytest.importorskip("transformers")
pytest.importorskip("IPython")
import transformers as hf  # noqa: E402

import headscope.bertviz  # noqa: E402
from headscope import TraceError, from_attention  # noqa: E402
from models import PAIR, PAIR_IDS, SIZES, T5  # noqa: E402

MODELS = Path(__file__).parents[2] / "models"
pytestmark = [
    pytest.mark.skipif(not MODELS.exists(), reason="the models lie in the repository, not in the package"),
    pytest.mark.skipif(
        not (Path(headscope.__file__).parent / "static" / "headscope.js").exists(), reason="npm run build comes first"
    ),
]

GETTING_STARTED = """
from transformers import AutoTokenizer, AutoModel, utils
from bertviz import model_view
utils.logging.set_verbosity_error()  # Suppress standard warnings

model_name = "MODEL"  # Find popular HuggingFace models here: https://huggingface.co/models
input_text = "The cat sat on the mat"
model = AutoModel.from_pretrained(model_name, output_attentions=True)  # Configure model to return attention values
tokenizer = AutoTokenizer.from_pretrained(model_name)
inputs = tokenizer.encode(input_text, return_tensors='pt')  # Tokenize input text
outputs = model(inputs)  # Run model
attention = outputs[-1]  # Retrieve attention from model outputs
tokens = tokenizer.convert_ids_to_tokens(inputs[0])  # Convert input ids to token strings
model_view(attention, tokens)  # Display model view
"""

HEAD_VIEW = """
from transformers import AutoTokenizer, AutoModel, utils
utils.logging.set_verbosity_error()  # Suppress standard warnings
tokenizer = AutoTokenizer.from_pretrained("MODEL")
model = AutoModel.from_pretrained("MODEL", output_attentions=True)
inputs = tokenizer.encode("The cat sat on the mat", return_tensors='pt')
outputs = model(inputs)
attention = outputs[-1]  # Output includes attention weights when output_attentions=True
tokens = tokenizer.convert_ids_to_tokens(inputs[0])
from bertviz import head_view
head_view(attention, tokens)
from bertviz import model_view
model_view(attention, tokens, display_mode="light")
model_view(attention, tokens, include_layers=[1])
head_view(attention, tokens, layer=1, heads=[1,3])
html_head_view = head_view(attention, tokens, html_action='return')
with open("PATH_TO_YOUR_FILE/head_view.html", 'w') as file:
    file.write(html_head_view.data)
"""

SENTENCE_PAIR = """
from bertviz import head_view
from transformers import AutoTokenizer, AutoModel, utils
utils.logging.set_verbosity_error()  # Suppress standard warnings

# NOTE: This code is model-specific
model_version = 'MODEL'
model = AutoModel.from_pretrained(model_version, output_attentions=True)
tokenizer = AutoTokenizer.from_pretrained(model_version)
sentence_a = "the rabbit quickly hopped"
sentence_b = "The turtle slowly crawled"
inputs = tokenizer.encode_plus(sentence_a, sentence_b, return_tensors='pt')
input_ids = inputs['input_ids']
token_type_ids = inputs['token_type_ids'] # token type id is 0 for Sentence A and 1 for Sentence B
attention = model(input_ids, token_type_ids=token_type_ids)[-1]
sentence_b_start = token_type_ids[0].tolist().index(1) # Sentence B starts at first index of token type id 1
token_ids = input_ids[0].tolist() # Batch index 0
tokens = tokenizer.convert_ids_to_tokens(token_ids)
head_view(attention, tokens, sentence_b_start)
"""

# Not of the README, but how many notebooks have it: nothing keeps the output.
NOTHING_KEPT = """
from bertviz import head_view, model_view
from transformers import AutoTokenizer, AutoModel

model = AutoModel.from_pretrained("MODEL", output_attentions=True)
tokenizer = AutoTokenizer.from_pretrained("MODEL")
def show(text):
    inputs = tokenizer.encode(text, return_tensors='pt')
    attention = model(inputs)[-1]
    head_view(attention, tokenizer.convert_ids_to_tokens(inputs[0]))
    return attention
first = show("The cat sat on the mat")
second = show("The dog sat on the mat")
"""

# as_target_tokenizer is what the README has for MarianMT; model_view_bart.ipynb has the same without it.
ENCODER_DECODER = """
from transformers import AutoTokenizer, AutoModel

tokenizer = AutoTokenizer.from_pretrained("MODEL")
model = AutoModel.from_pretrained("MODEL", output_attentions=True)
encoder_input_ids = tokenizer("She sees the small elephant.", return_tensors="pt", add_special_tokens=True).input_ids
with tokenizer.as_target_tokenizer():
    decoder_input_ids = tokenizer("Sie sieht den kleinen Elefanten.", return_tensors="pt", add_special_tokens=True).input_ids

outputs = model(input_ids=encoder_input_ids, decoder_input_ids=decoder_input_ids)

encoder_text = tokenizer.convert_ids_to_tokens(encoder_input_ids[0])
decoder_text = tokenizer.convert_ids_to_tokens(decoder_input_ids[0])
from bertviz import model_view
model_view(
    encoder_attention=outputs.encoder_attentions,
    decoder_attention=outputs.decoder_attentions,
    cross_attention=outputs.cross_attentions,
    encoder_tokens= encoder_text,
    decoder_tokens = decoder_text
)
"""

NEURON_VIEW = """
# Import specialized versions of models (that return query/key vectors)
from bertviz.transformers_neuron_view import BertModel, BertTokenizer
from bertviz.neuron_view import show

model_type = 'bert'
model_version = 'MODEL'
do_lower_case = True
sentence_a = "The cat sat on the mat"
sentence_b = "The cat lay on the rug"
model = BertModel.from_pretrained(model_version, output_attentions=True)
tokenizer = BertTokenizer.from_pretrained(model_version, do_lower_case=do_lower_case)
show(model, model_type, tokenizer, sentence_a, sentence_b, layer=2, head=0)
html_neuron_view = show(model, model_type, tokenizer, sentence_a, sentence_b, layer=2, head=0, html_action='return')

with open("PATH_TO_YOUR_FILE/neuron_view.html", 'w') as file:
    file.write(html_neuron_view.data)
"""

# neuron_view_gpt2.ipynb
NEURON_VIEW_GPT2 = """
from bertviz.transformers_neuron_view import GPT2Model, GPT2Tokenizer
from bertviz.neuron_view import show
model_type = 'gpt2'
model_version = 'MODEL'
model = GPT2Model.from_pretrained(model_version)
tokenizer = GPT2Tokenizer.from_pretrained(model_version)
text = "At the store, she bought apples, oranges, bananas,"
show(model, model_type, tokenizer, text, display_mode='dark')
"""

ANY_NEURON_VIEW = """
from transformers import AutoModel, AutoTokenizer
from bertviz.neuron_view import show
model = AutoModel.from_pretrained("MODEL", output_attentions=True)
tokenizer = AutoTokenizer.from_pretrained("MODEL")
show(model, "MODEL", tokenizer, "The cat sat on the mat", layer=1, head=0)
"""


@pytest.fixture
def folder(tmp_path):
    """Makes the folder of a model: one that is bundled, or a tiny one beside the tokenizer of a bundled one."""

    def folder(name):
        if name in ("bert", "gpt2"):
            return MODELS / f"stories-{name}"
        if name == "marian":
            return MODELS / "translate-en-de"
        tokenizer = hf.AutoTokenizer.from_pretrained(MODELS / ("translate-en-de" if name in ("t5", "bart") else "stories-bert"))
        words = {"vocab_size": len(tokenizer)}
        model = {
            "distilbert": lambda: hf.DistilBertModel(hf.DistilBertConfig(dim=32, n_layers=2, n_heads=4, hidden_dim=64, **words)),
            "roberta": lambda: hf.RobertaModel(hf.RobertaConfig(**{**SIZES, **words})),
            "electra": lambda: hf.ElectraModel(hf.ElectraConfig(**{**SIZES, **words})),
            "t5": lambda: hf.T5Model(hf.T5Config(**{**T5, **words})),
            "bart": lambda: hf.BartModel(hf.BartConfig(**{**PAIR, **PAIR_IDS, **words}, max_position_embeddings=64)),
        }[name]()
        model.save_pretrained(tmp_path / name)
        tokenizer.save_pretrained(tmp_path / name)
        return tmp_path / name

    return folder


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Runs a recipe with our import; returns its variables and what it displayed."""
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)

    def run(recipe, path):
        code = recipe.replace("from bertviz", "from headscope.bertviz").replace("MODEL", str(path))
        names = {}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(code.replace("PATH_TO_YOUR_FILE", str(tmp_path)), names)  # noqa: S102, the recipe is the test
        return names, shown

    return run


def same(shown, attentions):
    """True if a picture was made from these weights: of all layers, or of those that it kept."""
    trace = shown.trace
    layers = trace.layers(trace.blocks[0])
    return all(abs(trace.attention(trace.blocks[0], i) - attentions[i][0].detach().numpy()).max() == 0 for i in layers)


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
