"""What is no model, was not run or has no matrix of tokens by tokens is refused by name."""

import pytest

torch = pytest.importorskip("torch", reason="torch and transformers are not installed: nothing is recorded")
pytest.importorskip("transformers")

import headscope  # noqa: E402
from headscope import TraceError  # noqa: E402
from models import build  # noqa: E402
from scenarios import IDS, recorded  # noqa: E402


def test_a_model_without_weights_is_named():
    with torch.device("meta"):
        import transformers as hf

        model = hf.LlamaForCausalLM(build("llama").config)
    with torch.no_grad(), headscope.record(model), pytest.raises(TraceError, match="meta device and has no weights"):
        model(input_ids=IDS.to("meta"))


@pytest.mark.parametrize(
    "family, fields, message",
    [
        ("Longformer", dict(attention_window=[4, 4]), "longformer cannot be recorded: its attention is a band"),
        ("LongT5", {}, "longt5 cannot be recorded: its encoder attends in a band"),
        ("PegasusX", {}, "pegasus_x cannot be recorded: its encoder attends in blocks"),
        ("Mamba", {}, "mamba has no attention"),
        ("Funnel", {}, "funnel cannot be recorded: it pools"),
    ],
)
def test_what_cannot_be_expressed_is_refused_by_name(family, fields, message):
    import transformers as hf

    config = getattr(hf, f"{family}Config")(**fields)

    class Model(hf.PreTrainedModel):
        def __init__(self):
            torch.nn.Module.__init__(self)
            self.config = config

    for use in (headscope.record, lambda model: headscope.generate(model, None, dict(input_ids=IDS))):
        with pytest.raises(TraceError, match=message):
            use(Model())


def test_an_xlnet_with_two_streams_is_refused():
    """generate() of XLNet asks for one more place by target_mapping: two matrices in each layer."""
    import transformers as hf

    config = hf.XLNetConfig(d_model=32, n_layer=2, n_head=4, d_inner=64, vocab_size=99, bos_token_id=1, eos_token_id=None, pad_token_id=0)
    model = hf.XLNetLMHeadModel(config).eval()
    with torch.no_grad(), headscope.record(model) as r:
        model.generate(input_ids=IDS, max_new_tokens=2, do_sample=False)
    with pytest.raises(TraceError, match="XLNetLMHeadModel attends in two streams where it is given a target_mapping"):
        r.traces  # noqa: B018, it is made when it is asked for


def test_an_argument_of_attention_that_is_not_known_is_refused_by_name():
    model, ids = build("llama", "sdpa"), torch.tensor([[3, 4, 5]])
    with headscope.record(model), pytest.raises(TraceError, match="hands its attention relation_bias"):
        model(ids, relation_bias=torch.zeros(1))
    assert recorded(model, input_ids=ids).trace.blocks == ["self"]


def test_what_is_no_model_and_what_was_not_run():
    with pytest.raises(TraceError, match="takes a Transformers model, not str"):
        headscope.record("gpt2")
    with headscope.record(build("gpt2")) as r:
        pass
    with pytest.raises(TraceError, match="Nothing was recorded"):
        _ = r.trace
    with pytest.raises(TraceError, match="pass a string and a tokenizer"):
        headscope.show(build("gpt2"), None, "text")
