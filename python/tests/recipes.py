"""The texts of BertViz's recipes, and how one is run: a folder of a model, a stand-in for the notebook, what it has drawn."""

import warnings
from pathlib import Path

import pytest
import transformers as hf

import headscope.bertviz
from models import PAIR, PAIR_IDS, SIZES, T5

MODELS = Path(__file__).parents[2] / "models"
NEEDED = [
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
