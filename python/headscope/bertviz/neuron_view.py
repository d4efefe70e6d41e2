"""neuron_view with BertViz's signatures; any model that Transformers runs, not its own copies of three."""

import numpy as np

from ..errors import TraceError
from .recipe import shown, theme_of
from .util import format_special_chars


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


def get_attention(model, model_type, tokenizer, sentence_a, sentence_b=None, include_queries_and_keys=False):
    """Attention as nested lists: {"all": {"attn": [layers, heads, queries, keys], "left_text", "right_text"}}.

    Of a pair also "aa", "bb", "ab" and "ba", from sentence to sentence. include_queries_and_keys: adds "queries" and
    "keys" [layers, heads, tokens, size], keys once for each head. model_type: "gpt2" keeps the names of special tokens.
    """
    from ..recording import show as run

    trace = run(model, tokenizer, sentence_a, sentence_b or None)
    if trace.blocks != ["self"]:
        raise TraceError("get_attention is of models with one text; of an encoder-decoder headscope.show gives all three blocks.")
    tokens = trace.stream()["tokens"]
    words = format_special_chars(token["raw"] for token in tokens)
    if model_type != "gpt2":
        words = format_delimiters(words, tokenizer)
    sides = {"all": slice(None)}
    if sentence_b:
        first = tokenizer(sentence_a).input_ids
        if [token["id"] for token in tokens[: len(first)]] != first:
            raise TraceError("This tokenizer spells sentence A otherwise where another follows; headscope.show tells them apart.")
        sides.update(a=slice(len(first)), b=slice(len(first), None))
    layers = trace.layers("self")
    weights = [trace.attention("self", layer) for layer in layers]
    found = {}
    for name in ["all", *(("aa", "bb", "ab", "ba") if sentence_b else ())]:
        rows, columns = (sides["all"],) * 2 if name == "all" else (sides[side] for side in name)
        attn = [layer[:, rows, columns].tolist() for layer in weights]
        found[name] = {"attn": attn, "left_text": words[rows], "right_text": words[columns]}
        if include_queries_and_keys:
            found[name]["queries"] = [_vectors(trace, layer, "q")[:, rows].tolist() for layer in layers]
            found[name]["keys"] = [_vectors(trace, layer, "k")[:, columns].tolist() for layer in layers]
    return found


def _vectors(trace, layer, part):
    """Queries or keys [heads, tokens, size], repeated where heads share them."""
    stored = trace.tensors.get(f"self.{layer}.{part}")
    if stored is None:
        raise TraceError("This model gives its weights only, no queries and keys: leave include_queries_and_keys out.")
    return np.repeat(stored, trace.heads("self", layer) // len(stored), 0)


def format_delimiters(tokens, tokenizer):
    """Tokens with [SEP] and [CLS] for what the tokenizer calls them."""
    for own, name in ((tokenizer.sep_token, "[SEP]"), (tokenizer.cls_token, "[CLS]")):
        tokens = [token.replace(own, name) if own else token for token in tokens]
    return tokens
