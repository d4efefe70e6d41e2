"""head_view and model_view; parameters in the order of BertViz 1.4.1."""

from ..adapt import from_attention
from ..errors import TraceError
from .recipe import meant


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
    """All layers and heads at once. include_heads: those in focus; the others are drawn too."""
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
    return shown(trace, html_action, view="model", heads=include_heads, theme=theme_of(display_mode))


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
