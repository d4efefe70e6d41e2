"""The functions of bertviz.util, for layers of torch, numpy and others alike."""

import sys

import numpy as np

from ..errors import TraceError


def format_attention(attention, layers=None, heads=None):
    """Layers [1, heads, queries, keys] as one [layers, heads, queries, keys]; layers, heads: those kept (all)."""
    kept = [attention[i] for i in layers] if layers else list(attention)
    for i, layer in enumerate(kept):
        shape = list(getattr(layer, "shape", ()))
        if len(shape) != 4 or shape[0] != 1:
            raise TraceError(
                f"Entry {i} of the attention has the shape {shape or type(layer).__name__}; expected [1, heads, queries, keys], one "
                "text. Pass outputs.attentions of a model that was called with output_attentions=True."
            )
    if not kept:
        raise TraceError("The attention holds no layers: pass outputs.attentions of a model called with output_attentions=True.")
    kept = [layer[0][list(heads)] if heads else layer[0] for layer in kept]
    torch = sys.modules.get("torch")
    return torch.stack(kept) if torch and torch.is_tensor(kept[0]) else np.stack(kept)


def num_layers(attention):
    """Number of layers."""
    return len(attention)


def num_heads(attention):
    """Number of heads of the first layer."""
    return attention[0][0].shape[0]


def format_special_chars(tokens):
    """Tokens with spaces for the signs that stand for them, and without "</w>"."""
    return [token.replace("Ġ", " ").replace("▁", " ").replace("</w>", "") for token in tokens]
