"""What a model was called with, and by whom: ids, padding, the length of the cache; generate() or beam search."""

import sys

import torch


def fed_to(module, args, kwargs, is_pair):
    """What a model was called with: ids of the text that attends, padding, token types, length of the cache.

    `is_pair`: an encoder-decoder, where input_ids are the source and the decoder's attend.
    """
    tensors = [a for a in args if torch.is_tensor(a)]
    whole = {**kwargs}
    if tensors:
        whole.setdefault("input_ids", tensors[0])
    if len(tensors) > 1:
        whole.setdefault("attention_mask", tensors[1])
    cache = next((c for c in (*kwargs.values(), *args) if hasattr(c, "get_seq_length")), None)
    past = 0 if cache is None else int(cache.get_seq_length())
    source = whole.get("input_ids")
    decoder = whole.get("decoder_input_ids")
    if is_pair and decoder is None and torch.is_tensor(whole.get("labels")):
        decoder = module.prepare_decoder_input_ids_from_labels(labels=whole["labels"])
    return {
        "ids": _ids(decoder if is_pair else source),
        "mask": _mask(whole.get("decoder_attention_mask" if is_pair else "attention_mask")),
        "types": None if is_pair else whole.get("token_type_ids"),
        "source": _ids(source) if is_pair else None,
        "source_mask": _mask(whole.get("attention_mask")) if is_pair else None,
        "past": past,
    }


def _ids(tensor):
    return tensor if torch.is_tensor(tensor) and tensor.ndim == 2 and not tensor.is_floating_point() else None


def _mask(mask):
    """The padding of each text [batch, tokens], nonzero where there is none."""
    if isinstance(mask, dict):
        mask = mask.get("full_attention")
    if not torch.is_tensor(mask):
        return None
    if mask.ndim == 4 and running("generate"):
        # For a cache of fixed size generate() makes the whole mask itself: what the last row sees is no padding.
        last = mask[:, 0, -1]
        return last if last.dtype == torch.bool else last > -1e4
    return mask if mask.ndim == 2 else None


def extends(before, ids):
    """True if `ids` are those before and one more."""
    if before is None or ids is None or ids.shape[1] != before.shape[1] + 1 or ids.shape[0] != before.shape[0]:
        return False
    return torch.equal(ids[:, :-1].cpu(), before)


def prompt_length(ids):
    """Tokens of the prompt that generate() was called with, which it may feed in chunks; None outside of it."""
    frame = running("generate")
    if not frame or ids is None:
        return None
    whole = frame.f_locals.get("input_ids")
    return whole.shape[1] if torch.is_tensor(whole) and whole.ndim == 2 and whole.shape[1] else ids.shape[1]


def running(name):
    """The frame of a function of Transformers' generation that is running in this thread, or None."""
    frame = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        if code.co_name == name and code.co_filename.endswith(("generation/utils.py", "generation\\utils.py")):
            return frame
        frame = frame.f_back
    return None
