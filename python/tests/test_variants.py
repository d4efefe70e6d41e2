"""Parts and wrappings of models: an encoder alone, a decoder alone, two models as one, adapters, a class of one's own.

Each is recorded under sdpa and held to Transformers' eager attention of the same weights, 1e-5 (1e-4 for T5 and where a
family adds numbers to its scores, as test_families says).
"""

import copy

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch and transformers are not installed: nothing is recorded")
pytest.importorskip("transformers")
import transformers as hf  # noqa: E402

import headscope  # noqa: E402
from headscope import TraceError  # noqa: E402
from models import GPT2, PAIR, PAIR_IDS, RELATIVE, SIZES, T5, build, eager_attention  # noqa: E402
from scenarios import recorded  # noqa: E402

IDS = torch.randint(3, 80, (1, 12), generator=torch.Generator().manual_seed(2))
TWO = torch.randint(3, 80, (2, 12), generator=torch.Generator().manual_seed(4))
TARGET = torch.randint(3, 80, (2, 7), generator=torch.Generator().manual_seed(5))
BERT = {**SIZES, "eos_token_id": 2}


def sharp(model):
    """The same model with weights large enough that attention is no average."""
    torch.manual_seed(1)
    with torch.no_grad():
        for weights in model.parameters():
            if weights.ndim > 1:
                weights.normal_(std=0.08)
    return model.eval()


def eager(model):
    """A copy of a model that attends with its own eager code."""
    other = copy.deepcopy(model)
    for module in other.modules():
        if hasattr(getattr(module, "config", None), "_attn_implementation_internal"):
            module.config._attn_implementation_internal = "eager"
    return other


def worst(traces, expected, keep=None):
    """The largest difference of all texts, blocks, layers and heads; `keep`: places of each text that are no padding."""
    largest = 0.0
    for item, trace in enumerate(traces):
        assert trace.blocks == list(expected)
        for block, layers in expected.items():
            assert trace.layers(block) == list(range(len(layers)))
            for layer, weights in enumerate(layers):
                want = weights[item].float().numpy()
                if keep is not None and block in ("self", "encoder"):
                    want = want[:, keep[item]]
                if keep is not None and block != "decoder":
                    want = want[:, :, keep[item]]
                made = trace.attention(block, layer)
                assert made.shape == want.shape
                largest = max(largest, float(np.abs(made - want).max()))
    return largest


def of(name, config, **fields):
    return lambda: sharp(getattr(hf, name)(getattr(hf, config)(**fields)))


def bert_and_gpt2(kind="EncoderDecoder"):
    decoder = hf.GPT2Config(**GPT2, is_decoder=True, add_cross_attention=True)
    first = hf.BertConfig(**BERT) if kind == "EncoderDecoder" else hf.ViTConfig(
        hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64, image_size=16, patch_size=4
    )
    config = getattr(hf, f"{kind}Config").from_encoder_decoder_configs(first, decoder)
    config.decoder_start_token_id, config.pad_token_id = 1, 0
    return sharp(getattr(hf, f"{kind}Model")(config))


def two_berts():
    decoder = hf.BertConfig(**BERT, is_decoder=True, add_cross_attention=True)
    config = hf.EncoderDecoderConfig.from_encoder_decoder_configs(hf.BertConfig(**BERT), decoder)
    config.decoder_start_token_id, config.pad_token_id = 1, 0
    return sharp(hf.EncoderDecoderModel(config))


ONE = {
    "T5EncoderModel": of("T5EncoderModel", "T5Config", **T5),
    "BartForCausalLM": of("BartForCausalLM", "BartConfig", **PAIR, max_position_embeddings=64),
    "BertLMHeadModel": of("BertLMHeadModel", "BertConfig", **BERT, is_decoder=True),
    "BertForSequenceClassification": of("BertForSequenceClassification", "BertConfig", **BERT, num_labels=3),
    "GPT2ForTokenClassification": of("GPT2ForTokenClassification", "GPT2Config", **GPT2),
    "DistilBertForMaskedLM": of("DistilBertForMaskedLM", "DistilBertConfig", dim=32, n_layers=2, n_heads=4, hidden_dim=64, vocab_size=99),
    "BloomForCausalLM": of("BloomForCausalLM", "BloomConfig", hidden_size=32, n_layer=2, n_head=4, vocab_size=99),
    "DebertaModel": of("DebertaModel", "DebertaConfig", **SIZES, **RELATIVE),
    "DebertaV2ForMaskedLM": of("DebertaV2ForMaskedLM", "DebertaV2Config", **SIZES, **RELATIVE),
    "MT5EncoderModel": of("MT5EncoderModel", "MT5Config", **T5),
    "UMT5EncoderModel": of("UMT5EncoderModel", "UMT5Config", **T5),
    "ElectraForPreTraining": of("ElectraForPreTraining", "ElectraConfig", **SIZES),
    "XLMRobertaModel": of("XLMRobertaModel", "XLMRobertaConfig", **SIZES),
    "MPNetModel": of("MPNetModel", "MPNetConfig", **SIZES),
    "CamembertModel": of("CamembertModel", "CamembertConfig", **SIZES),
}  # fmt: skip


@pytest.mark.parametrize("side", [None, "left", "right"])
@pytest.mark.parametrize("name", ONE)
def test_models_of_one_text(name, side):
    model = ONE[name]()
    fed, keep = dict(input_ids=TWO), None
    if side:
        mask = torch.ones_like(TWO)
        (mask[1, :3] if side == "left" else mask[1, -3:]).zero_()
        fed["attention_mask"], keep = mask, mask.numpy() == 1
    expected = eager_attention(eager(model), fed)["self"]
    implementation = model.config._attn_implementation
    assert worst(recorded(model, **fed).traces, {"self": expected}, keep) < 1e-4
    assert model.config._attn_implementation == implementation


PAIRS = {
    "EncoderDecoderModel": two_berts,
    "BERT and GPT-2": bert_and_gpt2,
    "T5Model": of("T5Model", "T5Config", **T5),
    "MBartModel": of("MBartModel", "MBartConfig", **PAIR),
    "MarianMTModel": of("MarianMTModel", "MarianConfig", **PAIR, **PAIR_IDS),
    "PegasusModel": of("PegasusModel", "PegasusConfig", **PAIR),
}


@pytest.mark.parametrize("name", PAIRS)
def test_models_of_two_texts(name):
    model = PAIRS[name]()
    mask = torch.ones_like(TWO)
    mask[1, -3:] = 0
    fed = dict(input_ids=TWO, attention_mask=mask, decoder_input_ids=TARGET)
    expected = eager_attention(eager(model), fed)
    assert worst(recorded(model, **fed).traces, expected, mask.numpy() == 1) < 1e-4


def test_a_picture_that_is_described():
    model = bert_and_gpt2("VisionEncoderDecoder")
    fed = dict(pixel_values=torch.randn(2, 3, 16, 16), decoder_input_ids=TARGET)
    assert worst(recorded(model, **fed).traces, eager_attention(eager(model), fed)) < 1e-5


def test_two_towers():
    sizes = dict(hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4)
    text = dict(**sizes, vocab_size=99, max_position_embeddings=20, eos_token_id=98, bos_token_id=1)
    config = hf.CLIPConfig(text_config=text, vision_config=dict(**sizes, image_size=16, patch_size=4), projection_dim=16)
    model = sharp(hf.CLIPModel(config))
    fed = dict(input_ids=TWO, pixel_values=torch.randn(2, 3, 16, 16))
    r = recorded(model, **fed)
    own = eager(model)
    with torch.no_grad():
        text = own.text_model(TWO, output_attentions=True).attentions
        vision = own.vision_model(fed["pixel_values"], output_attentions=True).attentions
    assert worst(r.traces, {"self": text}) < 1e-5
    (tower,) = r.towers.values()
    assert worst([tower], {"self": vision}) < 1e-5


@pytest.mark.parametrize("name", ["EncoderDecoderModel", "BERT and GPT-2"])
@pytest.mark.parametrize("how", ["record", "generate"])
def test_two_models_as_one_that_write(name, how):
    model, write = PAIRS[name](), dict(max_new_tokens=6, min_new_tokens=6, do_sample=False)
    ids = TWO[:1]
    if how == "generate":
        trace = headscope.generate(model, None, dict(input_ids=ids), **write)
        with torch.no_grad():
            written = model.generate(ids, **write)
    else:
        with torch.no_grad(), headscope.record(model) as r:
            written = model.generate(ids, **write)
        trace = r.trace
    expected = eager_attention(eager(model), dict(input_ids=ids, decoder_input_ids=written[:, :-1]))
    assert worst([trace], expected) < 1e-5
    assert trace.manifest["generated"] == {"stream": "decoder", "start": 1}


def test_a_decoder_alone_that_writes():
    model = ONE["BartForCausalLM"]()
    with torch.no_grad(), headscope.record(model) as r:
        written = model.generate(IDS, max_new_tokens=6, min_new_tokens=6, do_sample=False)
    assert worst(r.traces, {"self": eager_attention(eager(model), dict(input_ids=written[:, :-1]))["self"]}) < 1e-5


class Classifier(hf.BertPreTrainedModel):
    """As people write them: it gives no attention."""

    def __init__(self, config):
        super().__init__(config)
        self.bert = hf.BertModel(config)
        self.head = torch.nn.Linear(config.hidden_size, 2)
        self.post_init()

    def forward(self, input_ids=None, attention_mask=None, labels=None):
        return self.head(self.bert(input_ids, attention_mask=attention_mask).last_hidden_state[:, 0])


class Network(torch.nn.Module):
    def __init__(self, bert):
        super().__init__()
        self.bert = bert
        self.layers = torch.nn.ModuleList([torch.nn.Linear(32, 2)])

    def forward(self, ids):
        return self.layers[0](self.bert(ids).last_hidden_state[:, 0])


def test_a_class_of_ones_own(monkeypatch):
    """Defined in a notebook, its source cannot be read, and Transformers does not change how it attends."""
    monkeypatch.setattr(Classifier, "__module__", "__notebook__")
    model = sharp(Classifier(hf.BertConfig(**SIZES)))
    assert not model._can_set_attn_implementation()
    before = model.config._attn_implementation
    r = recorded(model, input_ids=TWO)
    assert "self.0.q" in r.trace.tensors and model.config._attn_implementation == before
    assert worst(r.traces, {"self": eager_attention(eager(model.bert), dict(input_ids=TWO))["self"]}) < 1e-5


def test_a_module_around_a_model():
    network = Network(sharp(hf.BertModel(hf.BertConfig(**SIZES))))
    with pytest.raises(TraceError, match=r"not Network: pass the one within it, model\.bert \(BertModel\)"):
        headscope.record(network)
    with pytest.raises(TraceError, match=r"not Sequential: pass the one within it, model\[0\]\.bert \(BertModel\)"):
        headscope.show(torch.nn.Sequential(network), None, dict(input_ids=IDS))
    with torch.no_grad(), headscope.record(network.bert) as r:
        network(TWO)
    assert worst(r.traces, {"self": eager_attention(eager(network.bert), dict(input_ids=TWO))["self"]}) < 1e-5
    own = recorded(torch.nn.DataParallel(network.bert, device_ids=[]), input_ids=TWO)
    assert worst(own.traces, {"self": eager_attention(eager(network.bert), dict(input_ids=TWO))["self"]}) < 1e-5


@pytest.mark.parametrize("name", ["llama", "t5", "bert", "bloom"])
def test_adapters_of_peft(name):
    peft = pytest.importorskip("peft", reason="peft is not installed: no adapted model is recorded")
    linear = {"llama": ["q_proj", "k_proj"], "t5": ["q", "k"], "bert": ["query", "key"], "bloom": ["query_key_value"]}[name]
    config = peft.LoraConfig(r=4, target_modules=linear, init_lora_weights=False)
    model = peft.get_peft_model(build(name, "eager" if name == "bloom" else "sdpa"), config).eval()
    fed = dict(input_ids=TWO, **(dict(decoder_input_ids=TARGET) if name == "t5" else {}))
    plain = eager_attention(build(name), fed)
    expected = eager_attention(eager(model.get_base_model()), fed)
    assert worst(recorded(model, **fed).traces, expected) < 1e-4
    assert worst(recorded(model, **fed).traces, plain) > 1e-3  # the adapter counts
    if name in ("bert", "t5"):
        return
    with torch.no_grad(), headscope.record(model) as r:
        written = model.generate(input_ids=IDS, max_new_tokens=6, min_new_tokens=6, do_sample=False)
    own = eager_attention(eager(model.get_base_model()), dict(input_ids=written[:, :-1]))
    assert worst(r.traces, own) < 1e-4
    shown = headscope.generate(model, None, dict(input_ids=IDS), max_new_tokens=6, min_new_tokens=6, do_sample=False)
    assert worst([shown], own) < 1e-4


@pytest.mark.parametrize("way", ["model", "forward", "layers"])
def test_a_compiled_model_that_writes(way):
    model, write = build("llama", "sdpa"), dict(max_new_tokens=6, min_new_tokens=6, do_sample=False)
    with torch.no_grad():
        written = model.generate(IDS, **write)
        expected = eager_attention(build("llama"), dict(input_ids=written[:, :-1]))
        compiled = model
        if way == "model":
            compiled = torch.compile(model, backend="eager")
        elif way == "forward":
            model.forward = torch.compile(model.forward, backend="eager")
        else:
            for layer in model.model.layers:
                layer.compile(backend="eager")
        compiled.generate(IDS, **write)  # what was compiled before the recording is not used in it
        with headscope.record(compiled) as r:
            compiled.generate(IDS, **write)
    assert worst(r.traces, expected) < 1e-5
    assert worst([headscope.generate(compiled, None, dict(input_ids=IDS), **write)], expected) < 1e-5


def test_a_pipeline():
    model = hf.GPT2LMHeadModel(hf.GPT2Config(**GPT2))
    pipe = hf.FeatureExtractionPipeline(model=model, tokenizer=_Tokens())
    for run in (headscope.record, lambda pipe: headscope.show(pipe, None, "text")):
        with pytest.raises(TraceError, match="not FeatureExtractionPipeline. Of a pipeline pass pipe.model"):
            run(pipe)
    for run in (headscope.show, headscope.generate):
        with pytest.raises(TraceError, match="takes a Transformers model, not str"):
            run("gpt2", None, "text")


class _Tokens:
    """As much of a tokenizer as a pipeline asks for when it is made."""

    padding_side = "right"


def test_a_model_without_weights_is_named_by_show_too():
    with torch.device("meta"):
        model = hf.LlamaForCausalLM(build("llama").config)
    for run in (headscope.show, headscope.generate):
        with pytest.raises(TraceError, match="meta device and has no weights"):
            run(model, None, dict(input_ids=IDS))


def test_generate_needs_ids_and_a_model_that_writes():
    with pytest.raises(TraceError, match="no input_ids"):
        headscope.generate(build("llama"), None, dict(inputs_embeds=torch.zeros(1, 3, 32)))
    with pytest.raises(TraceError, match="writes no text|cannot write|generate"):
        headscope.generate(build("bert"), None, dict(input_ids=IDS))


@pytest.mark.parametrize("kind", ["bfloat16", "float16"])
@pytest.mark.parametrize("name", ["bert", "bloom", "deberta"])
def test_half_precision_of_other_families(name, kind):
    """2e-2 of their own eager attention in the same precision: bfloat16 has 8 bits. T5 is held to its own run in test_training."""
    model = build(name, "sdpa" if name == "bert" else "eager").to(getattr(torch, kind))
    fed = dict(input_ids=TWO)
    expected = eager_attention(eager(model), fed)
    assert worst(recorded(model, **fed).traces, expected) < 2e-2
