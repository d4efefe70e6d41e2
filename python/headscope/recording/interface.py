"""The attention function that models call while they are recorded: it notes queries, keys and values, and attends.

Registered with Transformers' AttentionInterface as "headscope". The name holds neither "sdpa" nor "flash": Transformers
tests for these as substrings. A mask function must be registered with it, or models build no mask at all.
"""

import sys
import weakref

import torch
from transformers import AttentionInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS, AttentionMaskInterface

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
    _note(module, query, key, value, attention_mask, kwargs)
    own = getattr(sys.modules.get(type(module).__module__), "eager_attention_forward", None)
    special = kwargs.get("softcap") is not None or kwargs.get("s_aux") is not None
    if own is not None and (special or kwargs.get("output_attentions")):
        mask = additive(module, query, key, attention_mask, kwargs)
        return own(module, query, key, value, mask, **kwargs)
    return sdpa_attention_forward(module, query, key, value, attention_mask, **kwargs)


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
