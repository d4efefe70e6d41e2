"""The recipes of BertViz's README, word for word but for the import and the names of models, on Transformers of today."""

import warnings
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="torch and transformers are not installed: BertViz's recipes are not run")
pytest.importorskip("transformers")
pytest.importorskip("IPython")
import transformers as hf  # noqa: E402

import headscope.bertviz.views  # noqa: E402
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

ENCODER_DECODER = """
from transformers import AutoTokenizer, AutoModel

tokenizer = AutoTokenizer.from_pretrained("MODEL")
model = AutoModel.from_pretrained("MODEL", output_attentions=True)
encoder_input_ids = tokenizer("She sees the small elephant.", return_tensors="pt", add_special_tokens=True).input_ids
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
from transformers import AutoModel, AutoTokenizer
from bertviz.neuron_view import show

model_type = 'bert'
sentence_a = "The cat sat on the mat"
sentence_b = "The cat lay on the rug"
model = AutoModel.from_pretrained("MODEL", output_attentions=True)
tokenizer = AutoTokenizer.from_pretrained("MODEL")
show(model, model_type, tokenizer, sentence_a, sentence_b, layer=2, head=0)
"""


@pytest.fixture
def folder(tmp_path):
    """Makes the folder of a model: one that is bundled, or a tiny one beside the tokenizer of a bundled one."""

    def folder(name):
        if name in ("bert", "gpt2"):
            return MODELS / f"stories-{name}"
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


@pytest.mark.parametrize("name", ["t5", "bart"])
def test_encoder_decoder(name, folder, run):
    names, shown = run(ENCODER_DECODER, folder(name))
    assert shown[0].trace.blocks == ["encoder", "decoder", "cross"]
    assert same(shown[0], names["outputs"].encoder_attentions)


@pytest.mark.parametrize("name", ["bert", "gpt2"])
def test_neurons(name, folder, run):
    _, shown = run(NEURON_VIEW.replace("'bert'", repr(name)), folder(name))
    assert shown[0].trace.has("self", 2) and "self.2.q" in shown[0].trace.tensors


def test_an_empty_last_output_that_nothing_leads_back_from(folder):
    tokenizer = hf.AutoTokenizer.from_pretrained(folder("bert"))
    model = hf.AutoModel.from_pretrained(folder("bert"), output_attentions=True)
    inputs = tokenizer("the rabbit quickly hopped", "The turtle slowly crawled", return_tensors="pt")
    tokens = tokenizer.convert_ids_to_tokens(inputs["input_ids"][0])
    with pytest.raises(TraceError, match=r"pass outputs\.attentions"):
        headscope.bertviz.head_view(model(**inputs)[-1], tokens)
    one, two = model(**inputs), model(**inputs)
    with pytest.raises(TraceError, match="2 outputs of this length"):
        headscope.bertviz.head_view(one[-1], tokens)
    del two
    with pytest.warns(UserWarning, match="outputs.attentions is shown"):
        assert same(headscope.bertviz.head_view(one[-1], tokens, html_action="return"), one.attentions)


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16, torch.float64])
def test_tensors_of_torch(kind):
    weights = torch.rand(2, 1, 3, 5, 5, dtype=torch.float64).softmax(-1).to(kind).requires_grad_()
    for given in (weights, tuple(weights), [layer.transpose(2, 3).contiguous().transpose(2, 3) for layer in weights]):
        trace = from_attention(given, list("abcde"))
        assert abs(trace.attention("self", 1) - weights[1, 0].detach().float().numpy()).max() == 0
