"""model_view; parameters in the order of BertViz 1.4.1."""

import numpy as np

from .recipe import shown, theme_of, traced


def model_view(
    attention=None,
    tokens=None,
    sentence_b_start=None,
    prettify_tokens=True,
    display_mode="dark",
    encoder_attention=None,
    decoder_attention=None,
    cross_attention=None,
    encoder_tokens=None,
    decoder_tokens=None,
    include_layers=None,
    include_heads=None,
    html_action="view",
):
    """All layers and heads at once, or those of include_layers and include_heads."""
    pair = encoder_attention, decoder_attention, cross_attention, encoder_tokens, decoder_tokens
    trace = traced(attention, tokens, sentence_b_start, prettify_tokens, *pair, include_layers)
    cut = dict(include_layers=include_layers, include_heads=include_heads)
    return shown(trace, html_action, view="model", heads=_first(include_heads), theme=theme_of(display_mode), **cut)


def _first(heads):
    """The head in focus: one that is shown."""
    return None if heads is None else np.atleast_1d(np.asarray(heads))[:1]
