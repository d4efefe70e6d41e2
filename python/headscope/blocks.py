"""Blocks of a trace: which streams they join, and the sizes and the recipe of each of their layers."""

SIDES = {
    "self": ("text", "text"),
    "encoder": ("encoder", "encoder"),
    "decoder": ("decoder", "decoder"),
    "cross": ("decoder", "encoder"),
}
SIZES = ("heads", "kvHeads", "headSize")
NO_RECIPE = {"scale": 1.0, "causal": False, "window": None, "softcap": None, "bias": None, "sinks": False}


def size(block, key, layer):
    """Heads, kvHeads or headSize of one layer: a number for all layers, or a list with one entry per layer."""
    value = block[key]
    return value[layer] if isinstance(value, list) else value


def recipe_of(block, layer):
    """How a layer turns q and k into attention."""
    recipe = block["recipe"]
    return recipe[layer] if isinstance(recipe, list) else recipe


def joined(values):
    """One value where all layers agree, else the list."""
    values = list(values)
    return values[0] if all(value == values[0] for value in values) else values


def block_of(name, layers, sizes, recipes):
    """A block's entry in the manifest; `sizes` and `recipes` have one entry per layer."""
    queries, keys = SIDES[name]
    entry = {"name": name, "queries": queries, "keys": keys, "layers": layers}
    entry.update({key: joined(s[key] for s in sizes) for key in SIZES})
    return {**entry, "recipe": joined(recipes)}


def manifest_of(streams, blocks, model=None, generated=None, note=None, **more):
    """A whole manifest; sizes that `model` leaves out are those of the first block."""
    first = blocks[0]
    facts = {"name": "", "family": "", "layers": first["layers"], "hidden": 0, "vocab": 0}
    facts.update({key: _largest(first[key]) for key in SIZES})
    facts.update(model or {})
    manifest = {"model": facts, "streams": streams, "blocks": blocks, "edits": [], "receipts": []}
    manifest.update({"generated": generated, "stored": {}, **more})
    return {**manifest, "note": note} if note else manifest


def _largest(value):
    return max(value) if isinstance(value, list) else value
