"""Small traces for pages: 8-bit patterns of all heads, q, k and v of the layer in focus, within a budget of bytes."""

import re
import zlib

import numpy as np

from .attend import attention_of
from .blocks import recipe_of
from .file import halved, write

_PART = re.compile(r"^(self|encoder|decoder|cross)\.(\d+)\.(q|k|v|pattern|mask|bias|sinks)$")


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
    blocks = [_block(trace, block, tensors) for block in trace.manifest["blocks"]]
    heads = {name: listed for name, listed in trace.manifest.get("heads", {}).items() if name in tensors}
    manifest = {k: v for k, v in trace.manifest.items() if k != "heads"}
    stored = {name: "sqrt" for name in tensors if name.endswith(".pattern")}
    return {**manifest, "blocks": blocks, "stored": stored, "precision": "f16", **({"heads": heads} if heads else {})}


def _block(trace, block, tensors):
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


def _sentences(trace, left):
    """What the page leaves out, for its last line."""
    if not left:
        return []
    parts = []
    for name, numbers in left.items():
        listed = ", ".join(str(number) for number in sorted(numbers))
        parts.append(f"layers {listed}" if len(trace.blocks) == 1 else f"layers {listed} of {name}")
    return [
        f"To stay small this page leaves out {'; '.join(parts)}. trace.html(path, max_bytes=...) and trace.widget() "
        "show all."
    ]
