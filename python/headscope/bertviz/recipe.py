"""What BertViz's recipe means by outputs[-1] on Transformers 5, where that is an empty tuple (see transformers_4).

An output that was indexed before headscope.bertviz was imported, or that is a plain tuple, is looked up among the
caller's variables.
"""

import sys
import warnings

from ..errors import TraceError
from .transformers_4 import EmptyOutput


def meant(attention, tokens):
    """`attention`, or where it is empty the attentions of the output that it ends.

    Of an EmptyOutput they are known; otherwise they are those of the one output among the caller's variables that ends
    so and has as many tokens.
    """
    if attention is None or not isinstance(attention, (tuple, list)) or len(attention) > 0:
        return attention
    found = [attention.attentions] if isinstance(attention, EmptyOutput) else _among_variables(tokens)
    if len(found) > 1:
        raise TraceError(
            f"The attention is empty, as outputs[-1] is in Transformers 5, and {len(found)} outputs of this length are "
            "among your variables: pass the attentions of the one that is meant, outputs.attentions."
        )
    if not found or found[0] is None:
        return attention
    warnings.warn("outputs[-1] is an empty cross attention in Transformers 5; outputs.attentions is shown.", stacklevel=3)
    return found[0]


def _among_variables(tokens):
    """Attentions of each output in the variables of whoever called head_view or model_view."""
    frame = sys._getframe(3)
    variables = {**frame.f_globals, **frame.f_locals}.values()
    found = [_attentions_of(value, tokens) for value in variables]
    return list({id(attentions): attentions for attentions in found if attentions is not None}.values())


def _attentions_of(value, tokens):
    """Attentions of this many tokens in an output of Transformers, or in its tuple, that ends with an empty tuple."""
    if isinstance(value, dict) and hasattr(value, "to_tuple"):
        entries, attentions = value.to_tuple(), value.get("attentions")
    elif isinstance(value, tuple) and type(value) is tuple and len(value) > 1:
        entries, attentions = value, next((entry for entry in reversed(value) if _are_attentions(entry)), None)
    else:
        return None
    if not _are_attentions(attentions) or not isinstance(entries[-1], tuple) or entries[-1]:
        return None
    fits = tokens is None or attentions[0].shape[-1] in (len(tokens), len(tokens) - 1)
    return attentions if fits else None


def _are_attentions(entry):
    """True for a tuple of layers [batch, heads, tokens, tokens]."""
    shapes = [getattr(layer, "shape", ()) for layer in entry] if isinstance(entry, tuple) else []
    return bool(shapes) and all(len(shape) == 4 and shape[2] == shape[3] for shape in shapes)
