"""Recorded while it trains: dropout and gradient checkpointing, which runs every layer twice.

In train mode each run draws its own dropout, so attention of another run is no oracle: with T5 it is 1.0 away. Here it is
the same run (from what its projections gave) or one from the same seed. What is recorded is attention before dropout.
"""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch and transformers are not installed: nothing is recorded")
pytest.importorskip("transformers")
import transformers as hf  # noqa: E402

import headscope  # noqa: E402
from models import GPT2, PAIR, PAIR_IDS, SIZES, T5, build  # noqa: E402

IDS = torch.randint(3, 80, (2, 12), generator=torch.Generator().manual_seed(2))
LABELS = torch.randint(3, 80, (2, 7), generator=torch.Generator().manual_seed(3))
MASK = torch.ones_like(IDS)
MASK[1, -3:] = 0
CHECKPOINTS = [None, dict(use_reentrant=False), dict(use_reentrant=True)]
WAYS = pytest.mark.parametrize("checkpoints", CHECKPOINTS, ids=["plain", "checkpoints", "reentrant"])


def trained(model, checkpoints, **fed):
    """A recorded training step, forward and backward."""
    model.train()
    if checkpoints:
        model.gradient_checkpointing_enable(checkpoints)
    with headscope.record(model) as r:
        model(**fed).loss.backward()
    assert any(weights.grad is not None and weights.grad.abs().sum() > 0 for weights in model.parameters())
    return r


def projections(model, names):
    """Keeps what each projection gives first: gradient checkpointing calls it again in the backward pass."""
    kept = {}
    for name, module in model.named_modules():
        if name.rsplit(".", 1)[-1] in names:
            module.register_forward_hook(lambda _, __, out, name=name: kept.setdefault(name, out.detach()))
    return kept


def heads_of(projected, item, heads=4):
    return projected[item].unflatten(-1, (heads, -1)).transpose(0, 1)


@WAYS
@pytest.mark.parametrize("kind", ["float32", "bfloat16"])
def test_t5_with_dropout_is_what_its_projections_gave(checkpoints, kind):
    torch.manual_seed(1)
    model = hf.T5ForConditionalGeneration(hf.T5Config(**T5, decoder_start_token_id=0, dropout_rate=0.3))
    model = model.to(getattr(torch, kind))
    kept = projections(model, {"q", "k"})
    r = trained(model, checkpoints, input_ids=IDS, attention_mask=MASK, labels=LABELS)
    for item, trace in enumerate(r.traces):
        seen = MASK[item] == 1
        for block, stack, part, layer in [
            (block, stack, part, layer)
            for block, stack, part in (
                ("encoder", model.encoder, "layer.0.SelfAttention"),
                ("decoder", model.decoder, "layer.0.SelfAttention"),
                ("cross", model.decoder, "layer.1.EncDecAttention"),
            )
            for layer in range(2)
        ]:
            name = f"{'encoder' if block == 'encoder' else 'decoder'}.block.{layer}.{part}"
            q, k = (heads_of(kept[f"{name}.{which}"].float(), item) for which in "qk")
            scores = q @ k.transpose(1, 2)
            if block != "cross":
                first = stack.block[0].layer[0].SelfAttention
                scores = scores + first.compute_bias(q.shape[1], k.shape[1]).detach().float()[0]
            if block == "decoder":
                scores = scores.masked_fill(torch.ones(7, 7).triu(1).bool(), -torch.inf)
            if block != "decoder":
                scores = scores[:, :, seen]
            want = scores.softmax(-1)
            want = want[:, seen] if block == "encoder" else want
            assert np.abs(trace.attention(block, layer) - want.numpy()).max() < 1e-5


SEEDED = {
    "bert": lambda: hf.BertForMaskedLM(hf.BertConfig(**SIZES, attention_probs_dropout_prob=0, hidden_dropout_prob=0.3)),
    "gpt2": lambda: hf.GPT2LMHeadModel(hf.GPT2Config(**GPT2, attn_pdrop=0, resid_pdrop=0.3, embd_pdrop=0.3)),
    "bart": lambda: hf.BartForConditionalGeneration(hf.BartConfig(**PAIR, **PAIR_IDS, dropout=0.3, attention_dropout=0)),
    "llama": lambda: build("llama", "sdpa"),
    "bloom": lambda: hf.BloomForCausalLM(
        hf.BloomConfig(hidden_size=32, n_layer=2, n_head=4, vocab_size=99, hidden_dropout=0.3, attention_dropout=0)
    ),
}


@WAYS
@pytest.mark.parametrize("name", SEEDED)
def test_a_step_from_the_same_seed(name, checkpoints):
    """Without dropout within attention, which sdpa and eager code draw differently, both draw the same."""
    torch.manual_seed(1)
    model = SEEDED[name]()
    fed = dict(input_ids=IDS, labels=LABELS if name == "bart" else IDS)
    other = SEEDED[name]()
    other.load_state_dict(model.state_dict())
    other.set_attn_implementation("eager")
    torch.manual_seed(7)
    with torch.no_grad():
        output = other.train()(**fed, output_attentions=True)
    torch.manual_seed(7)
    r = trained(model, checkpoints, **fed)
    blocks = ("encoder", "decoder", "cross") if name == "bart" else ("self",)
    for block in blocks:
        expected = output["attentions" if block == "self" else f"{block}_attentions"]
        for item, trace in enumerate(r.traces):
            for layer, want in enumerate(expected):
                assert np.abs(trace.attention(block, layer) - want[item].numpy()).max() < 1e-5
    # Dropout was on: another seed is another attention, in every family that has it.
    torch.manual_seed(8)
    with torch.no_grad():
        again = other(**fed, output_attentions=True)
    last = "attentions" if blocks == ("self",) else "decoder_attentions"
    assert (float((again[last][1] - output[last][1]).abs().max()) > 1e-4) == (name != "llama")
