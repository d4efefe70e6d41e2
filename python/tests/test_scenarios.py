"""Ways of running a model: decoding, caches, threads, compiled, half precision, several texts; and what is refused."""

import threading

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch and transformers are not installed: nothing is recorded")
pytest.importorskip("transformers")

import headscope  # noqa: E402
from headscope import TraceError  # noqa: E402
from models import build, eager_attention  # noqa: E402

IDS = torch.randint(3, 80, (1, 12), generator=torch.Generator().manual_seed(2))
WRITE = dict(max_new_tokens=6, min_new_tokens=6)


def off(trace, ids, name="llama", **fed):
    """The largest difference from eager attention over `ids`."""
    expected = eager_attention(build(name), dict(input_ids=ids, **fed))["self"]
    layers = zip(range(len(expected)), expected)
    return max(float(np.abs(trace.attention("self", i) - w[0].numpy()).max()) for i, w in layers)


def recorded(model, **fed):
    with torch.no_grad(), headscope.record(model) as r:
        model(**fed)
    return r


@pytest.mark.parametrize("name", ["llama", "gemma3"])
@pytest.mark.parametrize(
    "options",
    [
        dict(do_sample=True, top_k=20),
        dict(do_sample=False, use_cache=False),
        dict(do_sample=False, cache_implementation="static"),
        dict(do_sample=True, num_return_sequences=3),
    ],
    ids=["sampling", "no cache", "static cache", "three at once"],
)
def test_decoding(name, options):
    model = build(name, "sdpa")
    with torch.no_grad(), headscope.record(model) as r:
        written = model.generate(input_ids=IDS, **WRITE, **options)
    assert len(r.traces) == written.shape[0]
    for item, trace in enumerate(r.traces):
        assert off(trace, written[item : item + 1, :-1], name) < 1e-5
    assert r.trace.manifest["generated"] == {"stream": "text", "start": 12}


@pytest.mark.parametrize("name", ["llama", "gemma3"])
@pytest.mark.parametrize("options", [dict(num_beams=3), dict(cache_implementation="static"), dict(num_beams=1)])
def test_generate_is_right_for_every_way(name, options):
    trace = headscope.generate(build(name, "sdpa"), None, dict(input_ids=IDS), do_sample=False, **WRITE, **options)
    ids = torch.tensor([[token["id"] for token in trace.stream()["tokens"]]])
    assert ids.shape[1] == 17 and off(trace, ids, name) < 1e-5
    assert trace.manifest["generated"] == {"stream": "text", "start": 12}


def test_beams_are_refused_where_the_cache_was_reordered():
    model = build("llama", "sdpa")
    with torch.no_grad(), headscope.record(model) as r:
        model.generate(input_ids=IDS, num_beams=3, do_sample=False, **WRITE)
    with pytest.raises(TraceError, match="Use headscope.generate"):
        _ = r.trace


def test_beams_of_a_family_that_gives_its_weights_are_refused_too():
    model = build("falcon", "sdpa")
    with torch.no_grad(), headscope.record(model) as r:
        model.generate(input_ids=IDS, num_beams=3, do_sample=False, **WRITE)
    with pytest.raises(TraceError, match="Use headscope.generate"):
        _ = r.trace


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("name", ["llama", "gemma3", "gpt_oss", "bert", "falcon", "bart"])
def test_three_texts_with_padding_on_either_side(name, side):
    ids = torch.randint(3, 80, (3, 12), generator=torch.Generator().manual_seed(4))
    mask = torch.ones_like(ids)
    for item, count in ((1, 3), (2, 5)):
        (mask[item, :count] if side == "left" else mask[item, -count:]).zero_()
    fed = dict(input_ids=ids, attention_mask=mask)
    if name == "bart":
        fed["decoder_input_ids"] = ids[:, :7]
    model = build(name, "eager" if name == "gpt_oss" else "sdpa")
    r = recorded(model, **fed)
    expected = eager_attention(build(name), fed)
    assert len(r.traces) == 3
    for item, trace in enumerate(r.traces):
        keep = mask[item].numpy() == 1
        for block in trace.blocks:
            for layer in trace.layers(block):
                want = expected[block][layer][item].numpy()
                want = want[:, keep] if block in ("self", "encoder") else want
                want = want[:, :, keep] if block != "decoder" else want
                assert np.abs(trace.attention(block, layer) - want).max() < 1e-5


def test_a_family_that_gives_its_weights_is_right_under_sdpa_too():
    model = build("falcon", "sdpa")
    assert off(recorded(model, input_ids=IDS).trace, IDS, "falcon") < 1e-5
    assert model.config._attn_implementation == "sdpa"
    with torch.no_grad(), headscope.record(model) as r:
        written = model.generate(input_ids=IDS, do_sample=False, **WRITE)
    assert off(r.trace, written[:, :-1], "falcon") < 1e-5


@pytest.mark.parametrize("name", ["llama", "gemma3"])
@pytest.mark.parametrize("options", [dict(cache_implementation="static"), dict(prefill_chunk_size=4)], ids=["static", "chunks"])
def test_padding_is_left_out_and_the_prompt_known_however_it_is_fed(name, options):
    ids = torch.randint(3, 80, (2, 12), generator=torch.Generator().manual_seed(4))
    mask = torch.ones_like(ids)
    mask[1, :3] = 0
    model = build(name, "sdpa")
    with torch.no_grad(), headscope.record(model) as r:
        written = model.generate(input_ids=ids, attention_mask=mask, do_sample=False, **WRITE, **options)
    whole = torch.cat([mask, mask.new_ones(2, 5)], 1)
    expected = eager_attention(build(name), dict(input_ids=written[:, :-1], attention_mask=whole))["self"]
    for item, trace in enumerate(r.traces):
        keep = whole[item].numpy() == 1
        for layer, want in enumerate(expected):
            assert np.abs(trace.attention("self", layer) - want[item].numpy()[:, keep][:, :, keep]).max() < 1e-5
        assert trace.manifest["generated"]["start"] == 12 - 3 * item


def test_a_model_without_weights_is_named():
    with torch.device("meta"):
        import transformers as hf

        model = hf.LlamaForCausalLM(build("llama").config)
    with torch.no_grad(), headscope.record(model), pytest.raises(TraceError, match="meta device and has no weights"):
        model(input_ids=IDS.to("meta"))


def test_two_threads_run_one_model():
    model, other = build("llama", "sdpa"), IDS.flip(1)[:, :9]

    def work(ids):
        with torch.no_grad():
            for _ in range(6):
                model(input_ids=ids)

    with headscope.record(model) as r:
        threads = [threading.Thread(target=work, args=(ids,)) for ids in (IDS, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    lengths = [len(trace.tokens()) for trace in r.traces]
    assert sorted(lengths) == [9] * 6 + [12] * 6
    assert all(off(trace, IDS if length == 12 else other) < 1e-5 for trace, length in zip(r.traces, lengths))


def test_a_run_that_failed_half_way_is_no_recording():
    model, fails = build("llama", "sdpa"), [True]

    def fail(*_):
        if fails[0]:
            raise RuntimeError("out of memory")

    model.model.layers[1].register_forward_pre_hook(fail)
    with torch.no_grad(), headscope.record(model) as r:
        with pytest.raises(RuntimeError):
            model(input_ids=IDS[:, :5])
        fails[0] = False
        model(input_ids=IDS)
    assert len(r.traces) == 1 and off(r.trace, IDS) < 1e-5


def test_drafts_are_refused():
    model, draft = build("llama", "sdpa"), build("llama", "sdpa")
    with torch.no_grad():
        for weights in draft.parameters():
            weights.add_(torch.randn_like(weights) * 0.05)
    with torch.no_grad(), headscope.record(model) as r:
        model.generate(input_ids=IDS, assistant_model=draft, max_new_tokens=8, do_sample=False)
    with pytest.raises(TraceError, match="Use headscope.generate"):
        _ = r.trace


def test_a_thread_and_two_models_at_once():
    first, second = build("llama", "sdpa"), build("mistral", "sdpa")
    with headscope.record(first) as a, headscope.record(second) as b:
        work = threading.Thread(target=lambda: first.generate(input_ids=IDS, max_new_tokens=3, do_sample=False))
        work.start()
        second(input_ids=IDS)
        work.join()
    assert off(a.trace, a.runs[0].all_ids()) < 1e-5
    assert off(b.trace, IDS, "mistral") < 1e-5


def test_several_texts_in_one_block():
    model = build("llama", "sdpa")
    with torch.no_grad(), headscope.record(model) as r:
        model(IDS)
        model(input_ids=IDS[:, :5])
    assert [len(trace.tokens()) for trace in r.traces] == [12, 5]
    assert off(r.traces[0], IDS) < 1e-5 and off(r.traces[1], IDS[:, :5]) < 1e-5


def test_embeddings_and_packed_positions():
    model = build("llama", "sdpa")
    r = recorded(model, inputs_embeds=model.model.embed_tokens(IDS))
    assert off(r.trace, IDS) < 1e-5 and r.trace.tokens()[:2] == ["0", "1"]
    places = torch.cat([torch.arange(7), torch.arange(5)])[None]
    assert off(recorded(model, input_ids=IDS, position_ids=places).trace, IDS, position_ids=places) < 1e-5


@pytest.mark.parametrize("checkpointing", [False, True])
def test_training_steps(checkpointing):
    model = build("llama", "sdpa").train()
    if checkpointing:
        model.gradient_checkpointing_enable()
    with headscope.record(model) as r:
        model(input_ids=IDS, labels=IDS).loss.backward()
    assert off(r.trace, IDS) < 1e-5


@pytest.mark.parametrize("dtype, tolerance, stored", [("bfloat16", 5e-3, "float32"), ("float16", 1e-3, "float16")])
def test_half_precision(dtype, tolerance, stored):
    r = recorded(build("llama", "sdpa").to(getattr(torch, dtype)), input_ids=IDS)
    own = build("llama").to(getattr(torch, dtype))
    expected = eager_attention(own, dict(input_ids=IDS))["self"]
    assert np.abs(r.trace.attention("self", 1) - expected[1][0].float().numpy()).max() < tolerance
    assert str(r.trace.tensors["self.0.q"].dtype) == stored


def test_numbers_that_overflowed_are_named():
    model = build("llama", "sdpa")
    with torch.no_grad():
        model.model.layers[1].self_attn.q_proj.weight.fill_(float("nan"))
    with pytest.raises(TraceError, match="q holds NaN or infinity"):
        _ = recorded(model, input_ids=IDS).trace


def test_stored_in_half_precision():
    model = build("llama", "sdpa")
    with torch.no_grad(), headscope.record(model, precision="f16") as r:
        model(input_ids=IDS)
    assert r.trace.tensors["self.0.q"].dtype == np.float16 and r.trace.manifest["precision"] == "f16"
    assert off(r.trace, IDS) < 2e-3


def test_a_compiled_model():
    model = build("llama", "sdpa")
    model.forward = torch.compile(model.forward, backend="eager")
    with torch.no_grad():
        model(input_ids=IDS)
    assert off(recorded(model, input_ids=IDS).trace, IDS) < 1e-5
    around = torch.compile(build("llama", "sdpa"), backend="eager")
    with torch.no_grad():
        around(input_ids=IDS)
    assert off(recorded(around, input_ids=IDS).trace, IDS) < 1e-5


def test_devices_of_accelerate(tmp_path):
    accelerate = pytest.importorskip("accelerate")
    places = {f"model.layers.{i}": place for i, place in enumerate(["cpu", "disk"])}
    places.update({"model.embed_tokens": "cpu", "model.norm": "cpu", "lm_head": "cpu", "model.rotary_emb": "cpu"})
    model = accelerate.dispatch_model(
        build("llama", "sdpa"), device_map=places, main_device="cpu", offload_dir=tmp_path, force_hooks=True
    )
    assert off(recorded(model, input_ids=IDS).trace, IDS) < 1e-5


@pytest.mark.parametrize("bits", [4, 8])
def test_quantised(bits, tmp_path):
    pytest.importorskip("bitsandbytes")
    pytest.importorskip("accelerate")
    import transformers as hf

    # bitsandbytes quantises blocks of 64 numbers, so the model is wider than the others.
    sizes = dict(hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4, vocab_size=99)
    torch.manual_seed(1)
    hf.LlamaForCausalLM(hf.LlamaConfig(**sizes, num_key_value_heads=2)).save_pretrained(tmp_path)
    kind = {"load_in_8bit": True} if bits == 8 else {"load_in_4bit": True, "bnb_4bit_compute_dtype": torch.float32}
    model = hf.LlamaForCausalLM.from_pretrained(
        tmp_path, quantization_config=hf.BitsAndBytesConfig(**kind), device_map="cpu"
    )
    trace = recorded(model, input_ids=IDS).trace
    model.set_attn_implementation("eager")
    expected = eager_attention(model, dict(input_ids=IDS))["self"]
    assert np.abs(trace.attention("self", 1) - expected[1][0].float().numpy()).max() < 1e-5


def test_everything_is_as_before_after_an_error():
    model = build("llama", "sdpa")
    with pytest.raises(KeyError), headscope.record(model):
        raise KeyError("x")
    assert model.config._attn_implementation == "sdpa" and not model._forward_pre_hooks and not model._forward_hooks
    r = headscope.record(model)
    with r, pytest.raises(TraceError, match="being recorded already"):
        with headscope.record(model):
            pass


def test_a_picture_and_a_tower():
    trace = recorded(build("vit", "sdpa"), pixel_values=torch.randn(1, 3, 16, 16)).trace
    stream = trace.stream()
    assert stream["grid"] == [4, 4] and stream["unit"] == "patch"
    assert [t["raw"] for t in stream["tokens"]][:3] == ["[CLS]", "0,0", "0,1"]
    from models import feeds

    r = recorded(build("qwen2_vl", "sdpa"), **feeds("qwen2_vl"))
    assert r.trace.blocks == ["self"] and len(r.trace.tokens()) == 12
    assert len(r.towers) == 1


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
