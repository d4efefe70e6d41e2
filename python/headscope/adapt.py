"""Traces of attention that was recorded elsewhere: in the forms that BertViz's users pass, and in TransformerLens caches."""

import operator
import re
from collections.abc import Mapping

import numpy as np

from .arrays import checked_weights, is_array, item_of, layers_of, to_array
from .attend import reach, softmax
from .blocks import NO_RECIPE, SIDES, block_of, joined, manifest_of, numbered, token
from .errors import TraceError
from .trace import Trace

_HOOK = re.compile(r"blocks\.(\d+)\.attn\.hook_(pattern|q|k|v|rot_q|rot_k)$")


def from_attention(
    attention=None,
    tokens=None,
    sentence_b_start=None,
    *,
    encoder_attention=None,
    decoder_attention=None,
    cross_attention=None,
    encoder_tokens=None,
    decoder_tokens=None,
    layers=None,
    item=None,
    prettify_tokens=True,
    name="",
):
    """A trace of attention: a tuple or stack of [batch, heads, queries, keys], one per layer.

    attention, tokens: of a model with one text; encoder_*, decoder_*, cross_*: of an encoder-decoder.
    sentence_b_start: position of the first token of sentence B. layers: those to keep. item: which text of a batch.
    Raises TraceError with what to change where the arrays and the tokens do not fit.
    """
    if attention is not None and any(a is not None for a in (encoder_attention, decoder_attention, cross_attention)):
        raise TraceError(
            "attention is of a model with one text; of an encoder-decoder pass encoder_attention, decoder_attention and "
            "cross_attention without it."
        )
    layers = _layers(layers)
    given = {"self": attention, "encoder": encoder_attention, "decoder": decoder_attention, "cross": cross_attention}
    arrays, notes = {}, []
    for block, value in given.items():
        if value is None:
            continue
        where = "attention" if block == "self" else f"{block}_attention"
        arrays[block], said = checked_weights(item_of(layers_of(value, where), item, where), where)
        notes += said
    if not arrays:
        raise TraceError(
            "Pass attention (a tuple with one tensor per layer), or encoder_attention, decoder_attention or "
            "cross_attention. Is outputs.attentions None? Call the model with output_attentions=True."
        )
    lengths = _lengths(arrays)
    words = {"text": tokens, "encoder": encoder_tokens, "decoder": decoder_tokens}
    _refuse_others(words, lengths)
    streams = []
    for stream, length in lengths.items():
        spelled = _tokens(words[stream], length, stream, item, notes)
        start = _second(sentence_b_start, length) if stream == "text" else None
        words_of = numbered(length) if spelled is None else _stream(spelled, start, prettify_tokens)
        streams.append({"name": stream, "tokens": words_of})
    tensors = {
        f"{block}.{i}.pattern": np.ascontiguousarray(layer)
        for block, found in arrays.items()
        for i, layer in enumerate(found)
        if layer is not None and (layers is None or i in layers)
    }
    if not tensors:
        raise TraceError(f"None of the layers {layers} is in the attention.")
    beyond = [i for i in layers or [] if all(not 0 <= i < len(found) for found in arrays.values())]
    if beyond:
        raise TraceError(f"The attention has layers 0 to {max(map(len, arrays.values())) - 1}, not {beyond[0]}.")
    blocks = [_block(block, found, lengths) for block, found in arrays.items()]
    note = " ".join(dict.fromkeys(notes))
    return Trace(manifest_of(streams, blocks, {"name": name}, note=note or None), tensors)


def _layers(layers):
    """The layers to keep as numbers, or None for all."""
    try:
        return None if layers is None else [operator.index(i) for i in np.atleast_1d(np.asarray(layers))]
    except TypeError:
        raise TraceError(f"layers are {layers!r}; expected their numbers, counted from 0, as [0, 1].") from None


def _second(start, length):
    """Where sentence B begins, within the text."""
    if start is None:
        return None
    try:
        start = operator.index(start.item() if hasattr(start, "item") else start)
    except TypeError:
        raise TraceError(f"sentence_b_start is {start!r}; expected the position of its first token.") from None
    if not 0 < start < length:
        raise TraceError(
            f"sentence_b_start is {start}; expected a position from 1 to {length - 1}, or None for a text without sentence B."
        )
    return start


def _lengths(arrays):
    """Tokens of each stream, as the matrices have them."""
    lengths = {}
    for block, layers in arrays.items():
        for i, layer in enumerate(layers):
            if layer is None:
                continue
            for stream, length in zip(SIDES[block], layer.shape[1:]):
                known = lengths.setdefault(stream, length)
                if known != length:
                    raise TraceError(
                        f"Layer {i} of {block} is {layer.shape[1]} x {layer.shape[2]}, but {known} {stream} tokens "
                        "were seen before. Layers of different lengths (pooling models) have no common picture."
                    )
    return lengths


def _refuse_others(words, lengths):
    for stream, given in words.items():
        if given is not None and stream not in lengths:
            argument = "tokens" if stream == "text" else f"{stream}_tokens"
            raise TraceError(f"{argument} are given, but no attention between them: the blocks are {list(lengths)}.")


def _tokens(given, length, stream, item, notes):
    if given is None:
        return None
    argument = "tokens" if stream == "text" else f"{stream}_tokens"
    ids = is_array(given) and not isinstance(given, np.ndarray) or getattr(given, "dtype", None) in (np.int64, np.int32)
    if ids or isinstance(given, Mapping):
        raise TraceError(f"{argument} are ids; pass tokenizer.convert_ids_to_tokens(ids[0]).")
    if isinstance(given, (str, bytes)):
        raise TraceError(f"{argument} is one text; pass a list of tokens: tokenizer.convert_ids_to_tokens(ids[0]).")
    words = list(given)
    if words and isinstance(words[0], (list, tuple, np.ndarray)):
        words = list(words[item or 0])
    if len(words) == length + 1:
        notes.append(f"The last token, {_text(words[-1])!r}, has no row yet and is left out.")
        words = words[:-1]
    if len(words) != length:
        raise TraceError(
            f"There are {len(words)} {argument}, but the matrix has {length}. Take both from one call: "
            "tokens = tokenizer.convert_ids_to_tokens(inputs.input_ids[0]), special tokens included."
        )
    return [_text(word) for word in words]


def _text(word):
    if isinstance(word, bytes):
        return word.decode("utf-8", "replace")
    return "" if word is None else str(word)


def _stream(words, second, pretty):
    return [
        token(word, segment=int(second is not None and i >= second), text=None if pretty else word)
        for i, word in enumerate(words)
    ]


def _block(name, layers, lengths):
    shown = next(layer for layer in layers if layer is not None)
    square = SIDES[name][0] == SIDES[name][1]
    sizes = [_sizes(shown if layer is None else layer) for layer in layers]
    causal = square and lengths[SIDES[name][0]] > 1 and all(l is None or not np.triu(l, 1).any() for l in layers)
    return block_of(name, len(layers), sizes, [{**NO_RECIPE, "causal": bool(causal)}] * len(layers))


def _sizes(layer):
    return {"heads": layer.shape[0], "kvHeads": layer.shape[0], "headSize": 0}


def from_transformer_lens(cache, tokens=None):
    """A trace of the patterns in a cache of run_with_cache, with q, k and v where recomputing gives the same pattern.

    tokens: their texts, e.g. model.to_str_tokens(text), the beginning of the text included.
    """
    found = {}
    for name in getattr(cache, "cache_dict", cache):
        match = _HOOK.search(str(name))
        if match:
            found.setdefault(int(match[1]), {})[match[2]] = to_array(cache[name], str(name))
    patterns = {layer: hooks["pattern"] for layer, hooks in found.items() if "pattern" in hooks}
    if not patterns:
        raise TraceError("The cache holds no blocks.N.attn.hook_pattern; run model.run_with_cache(text) without a filter.")
    layers = [patterns.get(layer) for layer in range(max(patterns) + 1)]
    trace = from_attention(layers, tokens)
    block = trace.manifest["blocks"][0]
    scales = {layer: _add(trace, layer, found[layer]) for layer in patterns}
    known = [scale for scale in scales.values() if scale is not None]
    if known:
        block["recipe"] = joined([{**block["recipe"], "scale": scales.get(i) or known[0]} for i in range(len(layers))])
    return trace


def _add(trace, layer, hooks):
    """Adds q, k and v of a layer where they make its pattern; returns the scale that does, or None."""
    q = _heads(hooks.get("rot_q", hooks.get("q")))
    k = _heads(hooks.get("rot_k", hooks.get("k")))
    if q is None or k is None or q.shape[0] % k.shape[0]:
        return None
    block = trace.manifest["blocks"][0]
    pattern = trace.tensors[f"self.{layer}.pattern"]
    repeat = q.shape[0] // k.shape[0]
    dots = np.matmul(q, np.repeat(k, repeat, 0).transpose(0, 2, 1)).astype(np.float64)
    seen = reach(block["recipe"], *trace.sides("self"))
    for scale in (q.shape[2] ** -0.5, 1.0, q.shape[2] ** -0.5 / (layer + 1)):
        made = softmax(np.where(seen, dots * scale, -np.inf))
        if np.abs(made - pattern).max() < 1e-3:
            _store(trace, layer, q, k, _heads(hooks.get("v")))
            return scale
    return None


def _store(trace, layer, q, k, v):
    block = trace.manifest["blocks"][0]
    if block["headSize"] not in (0, q.shape[2]) or block["kvHeads"] not in (q.shape[0], k.shape[0]):
        return
    block.update(headSize=q.shape[2], kvHeads=k.shape[0])
    trace.manifest["model"].update(headSize=q.shape[2], kvHeads=k.shape[0])
    parts = {"q": q, "k": k, **({} if v is None or v.shape[0] != k.shape[0] else {"v": v})}
    trace.tensors.update({f"self.{layer}.{part}": np.ascontiguousarray(a) for part, a in parts.items()})


def _heads(array):
    """[batch, position, head, size] or without its batch as [head, position, size]."""
    if array is None:
        return None
    array = array[0] if array.ndim == 4 else array
    return array.transpose(1, 0, 2)
