"""neuron_view.show with BertViz's signature; any model that Transformers runs, not its own copies of three."""

from .showing import shown, theme_of


def show(
    model,
    model_type,
    tokenizer,
    sentence_a,
    sentence_b=None,
    display_mode="dark",
    layer=None,
    head=None,
    html_action="view",
):
    """How queries and keys make attention. model_type is not needed any more and is ignored."""
    from ..recording import show as run

    trace = run(model, tokenizer, sentence_a, sentence_b or None)
    return shown(trace, html_action, view="neuron", layer=layer, heads=head, theme=theme_of(display_mode))
