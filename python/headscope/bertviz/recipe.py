"""What BertViz's functions share: which attention is meant, displaying a trace or returning it, and what its recipes use of
Transformers 4 and do not find in 5, put back when headscope.bertviz is imported.

That is two functions of tokenizers that are gone, and outputs[-1]: there the last output of BERT, RoBERTa, ELECTRA and
GPT-2 is a cross attention that they do not have, an empty tuple. It stays an empty tuple, but one that leads to the
attention beside it, since nothing else does after `model(inputs)[-1]`. An output that was indexed before the import, or that
is a plain tuple, is looked up among the caller's variables. What is there already is never replaced by something else.
"""

import contextlib
import functools
import sys
import warnings

from ..adapt import from_attention
from ..errors import TraceError


def traced(attention, tokens, start, prettify, encoder, decoder, cross, encoder_tokens, decoder_tokens, layers):
    """The trace of what head_view and model_view are given."""
    return from_attention(
        _meant(attention, tokens),
        tokens,
        start,
        encoder_attention=encoder,
        decoder_attention=decoder,
        cross_attention=cross,
        encoder_tokens=encoder_tokens,
        decoder_tokens=decoder_tokens,
        layers=layers,
        prettify_tokens=prettify,
    )


def _meant(attention, tokens):
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
    warnings.warn("outputs[-1] is an empty cross attention in Transformers 5; outputs.attentions is shown.", stacklevel=4)
    return found[0]


def _among_variables(tokens):
    """Attentions of each output in the variables of whoever called head_view or model_view."""
    frame = sys._getframe(4)
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


def theme_of(display_mode):
    """BertViz's display_mode as a theme."""
    if display_mode in ("dark", "light"):
        return display_mode
    raise TraceError(f'display_mode is {display_mode!r}; expected "dark" or "light".')


def shown(trace, html_action, **options):
    """'view' draws it and returns None; 'return' returns an object whose `data` is the HTML."""
    result = trace.view(**options)
    if html_action == "return":
        return result
    if html_action != "view":
        raise TraceError(f"html_action is {html_action!r}; expected 'view' or 'return'.")
    try:
        from IPython.display import display
    except ImportError as error:
        raise TraceError("html_action='view' needs a notebook (IPython). Use html_action='return', or trace.html(path).") from error
    display(result)
    return None


class EmptyOutput(tuple):
    """An empty tuple, equal to any other; `attentions`: those of the output that it was the last entry of."""

    attentions = None


def put_back():
    """Does it once, where Transformers is installed: head_view and model_view do not need it."""
    try:
        from transformers.tokenization_utils_base import PreTrainedTokenizerBase
        from transformers.utils.generic import ModelOutput
    except ImportError:
        return
    for name, function in (("encode_plus", _encode_plus), ("as_target_tokenizer", _as_target_tokenizer)):
        if not hasattr(PreTrainedTokenizerBase, name):
            setattr(PreTrainedTokenizerBase, name, function)
    if not hasattr(ModelOutput.__getitem__, "by_headscope"):
        ModelOutput.__getitem__ = _leading_back(ModelOutput.__getitem__)


def _leading_back(getitem):
    """Access to an output's entries, where an empty last one knows the attentions beside it."""

    @functools.wraps(getitem)
    def by_headscope(self, key):
        value = getitem(self, key)
        if type(key) is int and key == -1 and type(value) is tuple and not value:
            attentions = self.get("attentions")
            if attentions:
                value = EmptyOutput()
                value.attentions = attentions
        return value

    by_headscope.by_headscope = True
    return by_headscope


def _encode_plus(self, text, text_pair=None, **options):
    """Transformers 4's name for calling the tokenizer with one text or pair."""
    return self(text, text_pair, **options)


@contextlib.contextmanager
def _as_target_tokenizer(self):
    """Within it, texts are those of the target language; today `text_target` says the same."""
    if hasattr(self, "_switch_to_target_mode"):
        self._switch_to_target_mode()
    self._in_target_context_manager = True
    try:
        yield
    finally:
        self._in_target_context_manager = False
        if hasattr(self, "_switch_to_input_mode"):
            self._switch_to_input_mode()
