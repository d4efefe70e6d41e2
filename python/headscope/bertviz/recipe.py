"""What BertViz's recipe means by outputs[-1] on Transformers 5.

There the last output of BERT, RoBERTa, ELECTRA and GPT-2 is a cross attention that they do not have, an empty tuple. The
output that it comes from is mostly still a variable of the caller, and holds the attention beside it.
"""

import sys
import warnings

from ..errors import TraceError


def meant(attention, tokens):
    """`attention`, or where it is empty the attentions of the one output among the caller's variables that ends with it."""
    if attention is None or not isinstance(attention, (tuple, list)) or len(attention) > 0:
        return attention
    frame = sys._getframe(2)
    variables = {**frame.f_globals, **frame.f_locals}.values()
    found = {id(value): value for value in variables if _ends_empty(value, tokens)}
    if len(found) > 1:
        raise TraceError(
            f"The attention is empty, as outputs[-1] is in Transformers 5, and {len(found)} outputs of this length are "
            "among your variables: pass the attentions of the one that is meant, outputs.attentions."
        )
    for output in found.values():
        warnings.warn(
            "outputs[-1] is an empty cross attention in Transformers 5; outputs.attentions is shown.", stacklevel=3
        )
        return output.attentions
    return attention


def _ends_empty(value, tokens):
    """True for an output of Transformers with attentions of this many tokens, whose last entry is an empty tuple."""
    if not isinstance(value, dict) or not hasattr(value, "to_tuple"):
        return False
    attentions, entries = value.get("attentions"), value.to_tuple()
    if not attentions or attentions[0] is None or not isinstance(entries[-1], tuple) or entries[-1]:
        return False
    return tokens is None or attentions[0].shape[-1] in (len(tokens), len(tokens) - 1)
