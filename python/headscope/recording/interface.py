"""The attention function that models call while they are recorded: it notes queries, keys and values, and attends.

Registered with Transformers' AttentionInterface as "headscope". The name holds neither "sdpa" nor "flash": Transformers
tests for these as substrings. A mask function must be registered with it, or models build no mask at all.

And what was passed as a model: the Transformers model within it, whether its attention goes through the interface, and refusals.
"""

import inspect
import sys
import weakref

import torch
from transformers import AttentionInterface, PreTrainedModel
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS, AttentionMaskInterface

from ..errors import TraceError

NAME = "headscope"

# Attention modules and who records them. By module and not by context: generate() may run in a thread.
owners = weakref.WeakKeyDictionary()


@torch.compiler.disable
def _note(module, query, key, value, mask, kwargs):
    owner = owners.get(module)
    if owner is not None:
        owner.note(module, query, key, value, mask, kwargs)


def attend(module, query, key, value, attention_mask, **kwargs):
    """Notes the call and answers it: as sdpa, or as the model's own eager code where sdpa cannot."""
    attention_mask = chosen(query, key, attention_mask, kwargs)
    _note(module, query, key, value, attention_mask, kwargs)
    own = getattr(sys.modules.get(type(module).__module__), "eager_attention_forward", None)
    special = kwargs.get("softcap") is not None or kwargs.get("s_aux") is not None
    if own is not None and (special or kwargs.get("output_attentions")):
        mask = additive(module, query, key, attention_mask, kwargs)
        return own(module, query, key, value, mask, **kwargs)
    return sdpa_attention_forward(module, query, key, value, attention_mask, **kwargs)


def chosen(query, key, mask, kwargs):
    """The mask with the keys that a family's indexer chose, which it hands over where its attention is neither sdpa nor eager.

    DeepSeek-V3.2 and its kin: `indices` [batch, queries, chosen], of keys that any head may see.
    """
    indices = kwargs.get("indices")
    if not torch.is_tensor(indices):
        return mask
    kwargs["indices"] = None
    cells = torch.zeros(query.shape[0], query.shape[2], key.shape[2], dtype=torch.bool, device=query.device)
    cells = cells.scatter(-1, indices.long(), True)[:, None]
    if mask is None or mask.dtype == torch.bool:
        return cells if mask is None else cells & mask
    return mask.masked_fill(~cells, torch.finfo(mask.dtype).min)


def additive(module, query, key, mask, kwargs):
    """The mask that eager code adds to the scores, from one of sdpa's: bool, or None with is_causal."""
    lowest = torch.finfo(query.dtype).min
    if mask is None and is_causal(module, kwargs) and query.shape[2] > 1:
        rows, columns = query.shape[2], key.shape[2]
        mask = torch.ones(rows, columns, dtype=torch.bool, device=query.device).tril(columns - rows)[None, None]
    if mask is not None and mask.dtype == torch.bool:
        return torch.zeros(mask.shape, dtype=query.dtype, device=mask.device).masked_fill(~mask, lowest)
    return mask


def is_causal(module, kwargs):
    """Whether a call without a mask is causal: as its arguments say, or else its module."""
    given = kwargs.get("is_causal")
    return bool(getattr(module, "is_causal", True) if given is None else given)


def _mask(*args, **kwargs):
    """sdpa's mask, made even where the module is to say that it is causal: the decoder of NLLB-MoE says that it is not."""
    return ALL_MASK_ATTENTION_FUNCTIONS["sdpa"](*args, **{**kwargs, "allow_is_causal_skip": False})


AttentionInterface.register(NAME, attend)
AttentionMaskInterface.register(NAME, _mask)

# What families have instead of a matrix of queries and keys.
_OTHERS = {
    "longformer": "its attention is a band around each token, with global tokens apart",
    "led": "its encoder attends in a band around each token, with global tokens apart",
    "longt5": "its encoder attends in a band around each token",
    "pegasus_x": "its encoder attends in blocks, with global tokens apart",
    "reformer": "it attends within hashed chunks",
    "big_bird": "it attends in random and sliding blocks",
    "bigbird_pegasus": "its encoder attends in random and sliding blocks",
    "nystromformer": "it approximates attention by landmarks",
    "yoso": "it approximates attention by hashing",
    "funnel": "it pools, so that layers differ in length",
    "swin": "it attends within shifted windows of a picture",
    "swinv2": "it attends within shifted windows of a picture",
    "t5gemma2": "its decoder attends to both texts in one softmax",
}
_NONE = ("mamba", "mamba2", "falcon_mamba", "rwkv", "xlstm", "fnet", "poolformer", "resnet", "convnext")


def unwrapped(model):
    """The Transformers model within a compiled one, one with adapters (PEFT) or one that is trained on several devices.

    Its own hooks see every run of those around it: generate() of an adapted model goes past the outer forward.
    """
    inner = getattr(model, "_orig_mod", model)
    if isinstance(inner, (torch.nn.parallel.DistributedDataParallel, torch.nn.DataParallel)):
        inner = inner.module
    if isinstance(inner, torch.nn.Module) and type(inner).__module__.split(".")[0] == "peft":
        inner = inner.get_base_model()
    if isinstance(inner, PreTrainedModel):
        return inner
    home, name = type(inner).__module__, type(inner).__name__
    if home.startswith("bertviz."):
        raise TraceError(f"This is BertViz's own copy of {name}. Any model will do: load it with `from transformers import {name}`.")
    within = _within(inner)
    if within:
        raise TraceError(f"record takes a Transformers model, not {type(model).__name__}: pass the one within it, {within}.")
    raise TraceError(
        f"record takes a Transformers model, not {type(model).__name__}. Of a pipeline pass pipe.model and "
        "pipe.tokenizer; for arrays use headscope.from_attention."
    )


def _within(module):
    """Where a module of one's own holds a Transformers model, as "model.bert (BertModel)"; empty if it holds none."""
    if not isinstance(module, torch.nn.Module):
        return ""
    for name, part in module.named_modules():
        if hasattr(part, "_can_set_attn_implementation"):
            path = "".join(f"[{step}]" if step.isdigit() else f".{step}" for step in name.split("."))
            return f"model{path} ({type(part).__name__})"
    return ""


def is_pair(model):
    """True for an encoder and a decoder; UMT5's encoder alone says so too, by its configuration."""
    if not getattr(model.config, "is_encoder_decoder", False):
        return False
    alone = model.get_decoder() is model if hasattr(model, "get_decoder") else False
    return not alone or "decoder_input_ids" in inspect.signature(type(model).forward).parameters


# These do more than they tell the interface: sinks of the module, biases by position, layers run twice, experts by the mask,
# blocks of keys by head, a text apart from its pictures.
_MORE_THAN_TOLD = (
    "nllb-moe", "granite_swa", "granitemoe_swa", "inkling2", "inkling2_text", "inkling2_loop", "inkling2_loop_text", "diffllama", "hrm_text",
    "minimax_m3_vl", "minimax_m3_vl_text", "git",
)  # fmt: skip


def goes_through(model):
    """True if every part of the model with attention uses Transformers' AttentionInterface, and tells it all."""
    if getattr(model.config, "model_type", "") in _MORE_THAN_TOLD:
        return False
    parts = [m for m in model.modules() if hasattr(m, "_can_set_attn_implementation")]
    return bool(parts) and all(part._can_set_attn_implementation() or _borrows(part) for part in parts)


def _borrows(part):
    """True for a class of one's own, as in a notebook, whose attention is that of a family that uses the interface.

    Transformers tells by the source of the class, which it cannot read there.
    """
    if type(part).__module__.startswith("transformers."):
        return False
    homes = {type(m).__module__ for m in part.modules() if "Attention" in type(m).__name__}
    families = [sys.modules.get(home) for home in homes if home.startswith("transformers.")]
    return bool(families) and all(hasattr(family, "ALL_ATTENTION_FUNCTIONS") for family in families)


def refuse_family(config):
    """Raises a TraceError for a family that cannot be expressed as a trace."""
    family = getattr(config, "model_type", "")
    if family in _OTHERS:
        raise TraceError(f"{family} cannot be recorded: {_OTHERS[family]}, which is no matrix of tokens by tokens.")
    text = config.get_text_config() if hasattr(config, "get_text_config") else config
    if any("compressed" in str(kind) for kind in getattr(text, "layer_types", None) or ()):
        raise TraceError(f"{family} cannot be recorded: it attends to compressed blocks of words, which is no matrix of tokens by tokens.")
    if family in _NONE:
        raise TraceError(f"{family} has no attention, so there is nothing to show.")
