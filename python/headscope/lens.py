"""Traces of TransformerLens caches (ActivationCache of a TransformerBridge or HookedTransformer)."""

import re

import numpy as np

from .adapt import from_attention
from .arrays import to_array
from .attend import reach, softmax
from .blocks import joined
from .errors import TraceError

_HOOK = re.compile(r"blocks\.(\d+)\.attn\.hook_(pattern|q|k|v|rot_q|rot_k)$")


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
