"""head_view; parameters in the order of BertViz 1.4.1."""

from .recipe import shown, traced


def head_view(
    attention=None,
    tokens=None,
    sentence_b_start=None,
    prettify_tokens=True,
    layer=None,
    heads=None,
    encoder_attention=None,
    decoder_attention=None,
    cross_attention=None,
    encoder_tokens=None,
    decoder_tokens=None,
    include_layers=None,
    html_action="view",
):
    """The attention of one layer between words. layer, heads: those in focus; include_layers: those kept (all)."""
    pair = encoder_attention, decoder_attention, cross_attention, encoder_tokens, decoder_tokens
    trace = traced(attention, tokens, sentence_b_start, prettify_tokens, *pair, include_layers)
    return shown(trace, html_action, view="head", layer=layer, heads=heads)
