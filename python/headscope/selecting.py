"""Smaller traces: some layers, some tokens. What is kept keeps its numbers."""

import re

import numpy as np

from .attend import attention_of, visible
from .blocks import joined, recipe_of, size
from .errors import TraceError

_LAYER = re.compile(r"^(\w+)\.(\d+)\.(\w+)$")


def selected(trace, layers, tokens):
    """Manifest and tensors of the part of a trace that is asked for."""
    kept = {name: t for name, t in trace.tensors.items() if _wanted(name, layers)}
    if not any(_LAYER.match(name) for name in kept):
        raise TraceError(f"None of the layers {layers} was recorded.")
    if tokens is None:
        return _with(trace.manifest, kept), kept
    places = _places(trace, tokens)
    manifest = {**trace.manifest, "streams": _streams(trace, places), "generated": _generated(trace, places)}
    blocks, tensors = [], {}
    for block in trace.manifest["blocks"]:
        entry, parts = _block(trace, block, kept, places)
        blocks.append(entry)
        tensors.update(parts)
    return _with({**manifest, "blocks": blocks}, tensors), tensors


def _wanted(name, layers):
    found = _LAYER.match(name)
    return layers is None or not found or int(found[2]) in layers


def _with(manifest, tensors):
    """The manifest without what it says of tensors that are gone."""
    smaller = {**manifest, "stored": {n: c for n, c in manifest["stored"].items() if n in tensors}}
    if manifest.get("heads"):
        smaller["heads"] = {n: heads for n, heads in manifest["heads"].items() if n in tensors}
    return smaller


def _places(trace, tokens):
    streams = {stream["name"]: len(stream["tokens"]) for stream in trace.manifest["streams"]}
    if not isinstance(tokens, dict):
        if len(streams) > 1:
            raise TraceError(f"This trace has the streams {', '.join(streams)}: pass tokens={{name: slice}}.")
        tokens = {next(iter(streams)): tokens}
    unknown = [name for name in tokens if name not in streams]
    if unknown:
        raise TraceError(f"This trace has no stream {unknown[0]!r}; it has {', '.join(streams)}.")
    return {name: _positions(tokens.get(name, slice(None)), length) for name, length in streams.items()}


def _positions(tokens, length):
    chosen = np.arange(length)[tokens] if isinstance(tokens, slice) else np.arange(length)[list(tokens)]
    if chosen.size == 0:
        raise TraceError(f"The selection leaves none of {length} tokens.")
    return np.sort(chosen)


def _streams(trace, places):
    def cut(stream):
        tokens = [stream["tokens"][i] for i in places[stream["name"]]]
        whole = len(tokens) == len(stream["tokens"])
        return {**{k: v for k, v in stream.items() if whole or k != "grid"}, "tokens": tokens}

    return [cut(stream) for stream in trace.manifest["streams"]]


def _generated(trace, places):
    found = trace.manifest["generated"]
    if not found:
        return None
    return {**found, "start": int((places[found["stream"]] < found["start"]).sum())}


def _block(trace, block, kept, places):
    """A block with patterns in place of what no longer recomputes them: rows and columns cut, recipe to match."""
    rows, columns = places[block["queries"]], places[block["keys"]]
    recipes, tensors = [], {}
    for layer in range(block["layers"]):
        prefix = f"{block['name']}.{layer}."
        recipes.append({**recipe_of(block, layer), "window": None, "bias": None, "causal": False, "sinks": False})
        seen = visible(trace, block, layer)[rows][:, columns]
        recipes[-1]["causal"] = block["queries"] == block["keys"] and not bool(np.triu(seen, 1).any())
        parts = {name[len(prefix) :] for name in kept if name.startswith(prefix)}
        if not parts:
            continue
        if trace.has(block["name"], layer):
            every = list(range(size(block, "heads", layer)))
            tensors[prefix + "pattern"] = attention_of(trace, block, layer, every)[:, rows][:, :, columns]
        if not np.array_equal(seen, np.tril(np.ones_like(seen)) if recipes[-1]["causal"] else np.ones_like(seen)):
            tensors[prefix + "mask"] = seen.astype(np.uint8)
        for part, axes in (("v", (columns,)), ("z", (rows,))):
            if part in parts:
                tensors[prefix + part] = kept[prefix + part][:, axes[0]]
        if {"q", "k"} <= parts and recipe_of(block, layer)["bias"] is None:
            tensors[prefix + "q"] = kept[prefix + "q"][:, rows]
            tensors[prefix + "k"] = kept[prefix + "k"][:, columns]
    return {**block, "recipe": joined(recipes)}, tensors
