"""Smaller traces: some layers, some tokens, whose numbers stay; and for pages 8-bit patterns of all heads with q, k and v of the
layer in focus, within a budget of bytes."""

import re
import zlib

import numpy as np

from .attend import attention_of, visible
from .blocks import joined, recipe_of, size
from .errors import TraceError
from .file import halved, write

_LAYER = re.compile(r"^(\w+)\.(\d+)\.(\w+)$")
_PART = re.compile(r"^(self|encoder|decoder|cross)\.(\d+)\.(q|k|v|pattern|mask|bias|sinks)$")


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


def codes(weights):
    """Weights as round(255 sqrt(weight)): an error of at most 0.004, and none at 0 and 1."""
    return np.round(np.sqrt(np.clip(weights, 0, 1)) * 255).astype(np.uint8)


def packed(trace, selection, budget):
    """The deflated trace file of a page and what it leaves out: (bytes, sentences).

    The layers nearest to the focused one are taken in first; q, k and v only of that one.
    """
    block, layer = selection.get("block"), selection.get("layer")
    order = _order(trace, block, layer)
    tensors, used, left = {}, 0, {}
    for place in order[:1]:
        extra = _neurons(trace, *place)
        cost = _cost(extra)
        if cost < budget / 2:
            tensors.update(extra)
            used += cost
    for name, number in order:
        own = _pattern(trace, name, number)
        cost = _cost(own)
        if used + cost > budget and used:
            left.setdefault(name, []).append(number)
            continue
        tensors.update(own)
        used += cost
    return _deflate(write(_manifest(trace, tensors), tensors)), _sentences(trace, left)


def _order(trace, block, layer):
    """Block and layer of all that was recorded, nearest to the focus first."""
    every = [(name, number) for name in trace.blocks for number in trace.layers(name)]
    if block not in trace.blocks:
        block = "cross" if "cross" in trace.blocks else trace.blocks[0]
    if (block, layer) not in every:
        layer = next((number for name, number in every if name == block), 0)
    return sorted(every, key=lambda place: (place[0] != block, abs(place[1] - layer), place[1]))


def _pattern(trace, block, layer):
    every = list(range(trace.heads(block, layer)))
    tensors = {f"{block}.{layer}.pattern": codes(attention_of(trace, trace.block(block), layer, every))}
    name = f"{block}.{layer}.mask"
    if name in trace.tensors:
        tensors[name] = trace.tensors[name]
    return tensors


def _neurons(trace, block, layer):
    """What the neuron view needs of a layer: q, k, v in half precision, and what else makes its scores."""
    wanted = {f"{block}.{layer}.{part}" for part in ("q", "k", "v", "bias", "sinks")} | {f"{block}.bias_table"}
    found = {name: trace.tensors[name] for name in sorted(wanted) if name in trace.tensors}
    if f"{block}.{layer}.q" not in found or f"{block}.{layer}.k" not in found:
        return {name: t for name, t in found.items() if name.endswith(".v")}
    return {name: halved(name, tensor) for name, tensor in found.items()}


def _cost(tensors):
    """Bytes that tensors add to a page: deflated, then base64."""
    return sum(len(zlib.compress(np.ascontiguousarray(t).tobytes(), 1)) * 4 // 3 for t in tensors.values())


def _manifest(trace, tensors):
    kept = {f"{name}.mask": trace.tensors[f"{name}.mask"] for name in trace.blocks if f"{name}.mask" in trace.tensors}
    tensors.update(kept)
    blocks = [_asked(trace, block, tensors) for block in trace.manifest["blocks"]]
    heads = {name: listed for name, listed in trace.manifest.get("heads", {}).items() if name in tensors}
    manifest = {k: v for k, v in trace.manifest.items() if k != "heads"}
    stored = {name: "sqrt" for name in tensors if name.endswith(".pattern")}
    return {**manifest, "blocks": blocks, "stored": stored, "precision": "f16", **({"heads": heads} if heads else {})}


def _asked(trace, block, tensors):
    """A block whose recipes ask for no tensor that was left out."""
    def recipe(layer):
        found = dict(recipe_of(block, layer))
        prefix = f"{block['name']}.{layer}."
        if found["bias"] == "tensor" and prefix + "bias" not in tensors:
            found["bias"] = None
        if isinstance(found["bias"], dict) and "t5" in found["bias"] and f"{block['name']}.bias_table" not in tensors:
            found["bias"] = None
        found["sinks"] = found["sinks"] and prefix + "sinks" in tensors
        return found

    recipes = [recipe(layer) for layer in range(block["layers"])]
    return {**block, "recipe": recipes[0] if all(r == recipes[0] for r in recipes) else recipes}


def _deflate(data):
    deflate = zlib.compressobj(6, zlib.DEFLATED, -15)
    return deflate.compress(data) + deflate.flush()


def _ranges(numbers):
    """"0 to 7, 13, 29" for ascending numbers."""
    runs = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(a) if a == b else f"{a} to {b}" if b > a + 1 else f"{a}, {b}" for a, b in runs)


def _sentences(trace, left):
    """What the page leaves out, for its last line."""
    if not left:
        return []
    parts = []
    for name, numbers in left.items():
        listed = _ranges(sorted(numbers))
        parts.append(f"layers {listed}" if len(trace.blocks) == 1 else f"layers {listed} of {name}")
    return [
        f"To stay small this page leaves out {'; '.join(parts)}. trace.html(path, max_bytes=...) and trace.widget() "
        "show all."
    ]
