"""Tiny random models of special kinds, recorded under sdpa and held to Transformers' eager attention of the same weights, 1e-5 (2e-4 for Gemma 4).

Four modes: two texts, one of them left padded, generate() with a cache, and generate() of the padded texts. In the last the
oracle is what generate() itself attended to, since recurrent layers see padding and a padded text is no longer the text alone.
"""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch and transformers are not installed: the families are not recorded")
pytest.importorskip("transformers")
import transformers as hf  # noqa: E402

import headscope  # noqa: E402
from headscope import TraceError  # noqa: E402
from models import build, eager_attention, of, sharpened  # noqa: E402
from special import SPECIAL  # noqa: E402
from steps import eager_steps  # noqa: E402

IDS = torch.randint(3, 80, (2, 12), generator=torch.Generator().manual_seed(2))
MASK = torch.ones_like(IDS)
MASK[1, :3] = 0
WRITE = dict(max_new_tokens=6, min_new_tokens=6, do_sample=False)
# Their eager outputs name a matrix for layers of linear attention, too, which is none of tokens by tokens.
LINEAR_TOO = {"minimax": [0]}
# Scores of Gemma 4 are normed and not scaled, so that the rounding of sdpa against eager is larger.
LIMIT = {"gemma4_shared": 2e-4}


def models(name):
    """The same model twice: to be recorded, and the oracle."""
    own = []
    for attention in ("sdpa", "eager"):
        try:
            own.append(sharpened(SPECIAL[name], attention))
        except ValueError:  # no sdpa in this family
            own.append(sharpened(SPECIAL[name], "eager"))
    return own


def worst(traces, layers, name, mask=None):
    """The largest difference over all texts and layers; every layer that eager has must be there, and no other."""
    largest, kept = 0.0, LINEAR_TOO.get(name, [i for i, layer in enumerate(layers) if layer is not None])
    for item, trace in enumerate(traces):
        numbers = trace.layers("self")
        assert len(numbers) == len(kept)
        for number, index in zip(numbers, kept):
            want = layers[index][item].numpy()
            if mask is not None:
                keep = np.pad(mask[item].numpy() == 1, (0, want.shape[1] - mask.shape[1]), constant_values=True)
                want = want[:, keep][:, :, keep]
            made = trace.attention("self", number)
            assert made.shape == want.shape
            largest = max(largest, float(np.abs(made - want).max()))
    return largest


def recorded(run):
    def inside(model, *args, **kwargs):
        with torch.no_grad(), headscope.record(model) as r:
            run(model)(*args, **kwargs)
        return r.traces

    return inside


called, written = recorded(lambda model: model), recorded(lambda model: model.generate)


@pytest.mark.parametrize("name", SPECIAL)
def test_two_texts_and_left_padding(name):
    model, eager = models(name)
    expected = eager_attention(eager, dict(input_ids=IDS))["self"]
    assert worst(called(model, input_ids=IDS), expected, name) < LIMIT.get(name, 1e-5)
    fed = dict(input_ids=IDS, attention_mask=MASK)
    assert worst(called(model, **fed), eager_attention(eager, fed)["self"], name, MASK) < LIMIT.get(name, 1e-5)


@pytest.mark.parametrize("name", SPECIAL)
def test_generate_and_with_padding(name):
    model, eager = models(name)
    traces = written(model, input_ids=IDS, **WRITE)
    ids = torch.tensor([[token["id"] for token in trace.stream()["tokens"]] for trace in traces])
    assert ids.shape == (2, 17)
    assert worst(traces, eager_attention(eager, dict(input_ids=ids))["self"], name) < LIMIT.get(name, 1e-5)
    fed = dict(input_ids=IDS, attention_mask=MASK)
    if name == "minimax":  # its steps hold no matrices of words in layers of linear attention
        return
    assert worst(written(model, **fed, **WRITE), eager_steps(eager, fed, **WRITE), name, MASK) < LIMIT.get(name, 1e-5)


@pytest.mark.parametrize("name", SPECIAL)
def test_generate_in_one_pass(name):
    model, eager = models(name)
    trace = headscope.generate(model, None, dict(input_ids=IDS[:1]), num_beams=2, **WRITE)
    ids = torch.tensor([[token["id"] for token in trace.stream()["tokens"]]])
    assert worst([trace], eager_attention(eager, dict(input_ids=ids))["self"], name) < LIMIT.get(name, 1e-5)


def test_the_indexer_chooses_while_it_is_recorded():
    """The model writes the same logits: what its indexer leaves out is left out under the recorder, too."""
    model, _ = models("deepseek_v32")
    with torch.no_grad():
        plain = model(IDS).logits
        with headscope.record(model):
            recorded = model(IDS).logits
    assert torch.equal(plain, recorded)


def test_indices_that_are_not_known_are_refused_by_name():
    model = build("llama", "sdpa")
    with headscope.record(model), pytest.raises(TraceError, match="hands its attention block_indices"):
        model(IDS, block_indices=torch.zeros(1))


def test_compressed_blocks_and_two_texts_in_one_softmax_are_refused_by_name():
    if hasattr(hf, "DeepseekV4Config"):
        kinds = ["compressed_sparse_attention", "heavily_compressed_attention"]
        _refused(hf.DeepseekV4Config(num_hidden_layers=2, layer_types=kinds), "deepseek_v4 cannot be recorded: .* compressed blocks")
    if hasattr(hf, "T5Gemma2Config"):
        _refused(hf.T5Gemma2Config(), "t5gemma2 cannot be recorded: its decoder attends to both texts in one softmax")


def _refused(config, message):
    class Model(hf.PreTrainedModel):
        def __init__(self):
            torch.nn.Module.__init__(self)
            self.config = config

    with pytest.raises(TraceError, match=message):
        headscope.record(Model())


def test_old_families_that_add_words_of_their_own_are_refused_where_they_write():
    """XLM ends each step with a mask token, so its cache holds more than the text; one pass over the finished text is right."""
    fields = dict(emb_dim=32, n_layers=2, n_heads=4, vocab_size=99, bos_token_id=1, eos_token_id=None, pad_token_id=0)
    model = sharpened(of("XLMWithLMHeadModel", "XLMConfig", **fields), "eager")
    with pytest.raises(TraceError, match="The cache holds .* some models add words of their own .*headscope.generate"):
        written(model, input_ids=IDS, **WRITE)
    for padded in (False, True):
        fed = dict(input_ids=IDS, **(dict(attention_mask=MASK) if padded else {}))
        expected = eager_attention(model, fed)["self"]
        assert worst(called(model, **fed), expected, "xlm", MASK if padded else None) < 1e-5


def test_flaubert_is_recorded_as_it_was_fed():
    """Each of its steps is a whole text that ends with a token for the word to come; the last step is kept."""
    fields = dict(emb_dim=32, n_layers=2, n_heads=4, vocab_size=99, bos_token_id=1, eos_token_id=None, pad_token_id=0)
    model = sharpened(of("FlaubertWithLMHeadModel", "FlaubertConfig", **fields), "eager")
    (trace,) = written(model, input_ids=IDS[:1], **WRITE)
    ids = torch.tensor([[token["id"] for token in trace.stream()["tokens"]]])
    assert ids.shape == (1, 18) and ids[0, -1] == model.config.mask_token_id
    assert worst([trace], eager_attention(model, dict(input_ids=ids))["self"], "flaubert") < 1e-5


def test_prophetnet_is_refused_by_name_where_it_has_two_texts():
    fields = dict(
        hidden_size=32, num_encoder_layers=2, num_decoder_layers=2, num_encoder_attention_heads=4, num_decoder_attention_heads=4,
        encoder_ffn_dim=64, decoder_ffn_dim=64, vocab_size=99, max_position_embeddings=64,
    )  # fmt: skip
    model = sharpened(of("ProphetNetForConditionalGeneration", "ProphetNetConfig", **fields), "eager")
    with pytest.raises(TraceError, match="ProphetNetForConditionalGeneration cannot be recorded: its decoder attends to the source in several"):
        called(model, input_ids=IDS, decoder_input_ids=IDS[:, :7])
    assert called(sharpened(of("ProphetNetForCausalLM", "ProphetNetConfig", **fields), "eager"), input_ids=IDS)[0].blocks == ["self"]
