"""Attention of one layer from what a trace stores: the pattern, or softmax(mask(cap tanh(q.k scale / cap) + bias)).

The same definition as in TypeScript (src/trace/attend.ts), in float32 with float64 sums; checked against it by files.
"""

import numpy as np

from .blocks import recipe_of, size
from .errors import TraceError


def attention_of(trace, block, layer, heads):
    """Attention [heads, queries, keys] float32 of the listed heads; rows sum to 1, or less with sinks."""
    pattern = trace.tensors.get(f"{block['name']}.{layer}.pattern")
    if pattern is not None:
        return decoded(trace, f"{block['name']}.{layer}.pattern")[heads]
    scores = scores_of(trace, block, layer, heads)
    return softmax(scores, _sinks(trace, block, layer, heads)).astype(np.float32)


def decoded(trace, name):
    """A stored tensor as float32; codes are squared back to weights."""
    stored = trace.tensors[name]
    if trace.manifest["stored"].get(name) != "sqrt":
        return stored.astype(np.float32, copy=False)
    top = np.float32(255 if stored.dtype == np.uint8 else 65535)
    return (stored / top) ** 2


def scores_of(trace, block, layer, heads):
    """Scores before softmax [heads, queries, keys] float64; -inf where masked."""
    recipe = recipe_of(block, layer)
    q = _rows(trace, block, layer, "q", heads)
    group = size(block, "heads", layer) // size(block, "kvHeads", layer)
    k = _rows(trace, block, layer, "k", [head // group for head in heads])
    scores = np.matmul(q.astype(np.float64), k.astype(np.float64).transpose(0, 2, 1)) * recipe["scale"]
    if recipe["softcap"] is not None:
        scores = recipe["softcap"] * np.tanh(scores / recipe["softcap"])
    bias = _bias(trace, block, layer, heads, scores.shape[1:])
    if bias is not None:
        scores = scores + bias
    return np.where(visible(trace, block, layer), scores, -np.inf)


def visible(trace, block, layer):
    """Which keys each query may see, [queries, keys]: causality, window, and the masks of block and layer."""
    queries, keys = trace.sides(block["name"])
    seen = reach(recipe_of(block, layer), queries, keys)
    for name in (f"{block['name']}.mask", f"{block['name']}.{layer}.mask"):
        if name in trace.tensors:
            seen = seen & (trace.tensors[name] != 0)
    return seen


def reach(recipe, queries, keys):
    """What causality and window leave, [queries, keys]."""
    behind = np.arange(queries)[:, None] - np.arange(keys)[None, :]
    seen = behind >= 0 if recipe["causal"] else np.ones((queries, keys), bool)
    if recipe["window"] is not None:
        before, after = recipe["window"]
        seen = seen & (behind <= before) & (-behind <= after)
    return seen


def softmax(scores, sinks=None):
    """Softmax over keys; a sink [heads] takes its share and has no column. A row that sees no key is zero."""
    top = scores.max(-1, keepdims=True)
    if sinks is not None:
        top = np.maximum(top, sinks[:, None, None])
    top = np.where(np.isfinite(top), top, 0)
    exps = np.exp(scores - top)
    total = exps.sum(-1, keepdims=True)
    if sinks is not None:
        total = total + np.exp(sinks[:, None, None] - top)
    return exps / np.where(total > 0, total, 1)


def _rows(trace, block, layer, part, heads):
    """The listed heads of a stored q or k; a file may hold some heads only."""
    name = f"{block['name']}.{layer}.{part}"
    if name not in trace.tensors:
        raise TraceError(
            f"This trace holds neither attention nor queries and keys of {block['name']} layer {layer}."
        )
    listed = trace.manifest.get("heads", {}).get(name)
    if listed is not None:
        missing = [head for head in heads if head not in listed]
        if missing:
            raise TraceError(f"{name} holds heads {listed} only, not {missing[0]}.")
        heads = [listed.index(head) for head in heads]
    return trace.tensors[name][heads]


def _sinks(trace, block, layer, heads):
    if not recipe_of(block, layer)["sinks"]:
        return None
    name = f"{block['name']}.{layer}.sinks"
    if name not in trace.tensors:
        raise TraceError(f"The recipe of {block['name']} layer {layer} asks for sinks, which are not stored.")
    return trace.tensors[name].astype(np.float64)[heads]


def _bias(trace, block, layer, heads, sides):
    bias = recipe_of(block, layer)["bias"]
    if bias is None:
        return None
    if bias == "tensor":
        return _stored(trace, f"{block['name']}.{layer}.bias")[heads].astype(np.float64)
    if "alibi" in bias:
        slopes = np.asarray(bias["alibi"], np.float64)[heads]
        return slopes[:, None, None] * np.arange(sides[1])[None, None, :]
    table = _stored(trace, f"{block['name']}.bias_table").astype(np.float64)
    relative = np.arange(sides[1])[None, :] - np.arange(sides[0])[:, None]
    return table[t5_bucket(relative, **bias["t5"])][:, :, heads].transpose(2, 0, 1)


def _stored(trace, name):
    if name in trace.tensors:
        return trace.tensors[name]
    raise TraceError(f"The recipe asks for {name}, which is not stored.")


def t5_bucket(relative, buckets, maxDistance, bidirectional):
    """T5's bucket of relative positions key - query (Raffel et al. 2020, section 2.1)."""
    half = buckets // 2 if bidirectional else buckets
    offset = np.where(relative > 0, half, 0) if bidirectional else 0
    distance = np.abs(relative) if bidirectional else np.maximum(0, -relative)
    exact = half // 2
    ratio = np.maximum(distance, 1).astype(np.float32) / np.float32(exact)
    scaled = np.log(ratio) / np.float32(np.log(maxDistance / exact)) * np.float32(half - exact)
    far = np.minimum(half - 1, exact + scaled.astype(np.int64))
    return offset + np.where(distance < exact, distance, far)
