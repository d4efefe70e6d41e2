"""head_view; parameters in the order of BertViz 1.4.1."""

from ..adapt import from_attention
from .recipe import meant
from .showing import shown


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
    trace = from_attention(
        meant(attention, tokens),
        tokens,
        sentence_b_start,
        encoder_attention=encoder_attention,
        decoder_attention=decoder_attention,
        cross_attention=cross_attention,
        encoder_tokens=encoder_tokens,
        decoder_tokens=decoder_tokens,
        layers=include_layers,
        prettify_tokens=prettify_tokens,
    )
    return shown(trace, html_action, view="head", layer=layer, heads=heads)
