"""Ways of running a model: threads, several texts, training, precision, compiled, dispatched, quantised; and after an error."""

import threading

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch and transformers are not installed: nothing is recorded")
pytest.importorskip("transformers")

import headscope  # noqa: E402
from headscope import TraceError  # noqa: E402
from models import build, eager_attention  # noqa: E402
from scenarios import IDS, off, recorded  # noqa: E402


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


def test_everything_is_as_before_after_an_error():
    model = build("llama", "sdpa")
    with pytest.raises(KeyError), headscope.record(model):
        raise KeyError("x")
    assert model.config._attn_implementation == "sdpa" and not model._forward_pre_hooks and not model._forward_hooks
    r = headscope.record(model)
    with r, pytest.raises(TraceError, match="being recorded already"):
        with headscope.record(model):
            pass


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
    "path, name",
    [("/home/me/models/mine/", "mine"), ("./mine", "mine"), (r"C:\models\mine", "mine"), ("google-bert/bert-base-uncased", "google-bert/bert-base-uncased"), ("", "")],
)  # fmt: skip
@pytest.mark.parametrize("family", ["llama", "bloom"])
def test_a_model_is_called_by_its_folder_and_not_by_the_way_to_it(family, path, name):
    """A notebook that is shared says nothing of the machine that it was made on."""
    model = build(family)
    model.config._name_or_path = path
    assert recorded(model, input_ids=IDS).trace.manifest["model"]["name"] == name
