"""What a manifest is made of: tokens as people read them, and blocks, with the streams that they join and the sizes and the
recipe of each of their layers."""

import re

SIDES = {
    "self": ("text", "text"),
    "encoder": ("encoder", "encoder"),
    "decoder": ("decoder", "decoder"),
    "cross": ("decoder", "encoder"),
}
SIZES = ("heads", "kvHeads", "headSize")
NO_RECIPE = {"scale": 1.0, "causal": False, "window": None, "softcap": None, "bias": None, "sinks": False}
_SPECIAL = re.compile(
    r"^(\[(CLS|SEP|MASK|PAD|UNK|BOS|EOS)\]|</?s>"
    r"|<(pad|unk|mask|cls|sep|eod|eos|bos|start_of_turn|end_of_turn)>|<\|.*\|>)$"
)


def name_of(config):
    """What a model is called: its name on the hub, or of the folder on this machine that it was loaded from, without the path to it."""
    path = (config._name_or_path or "").rstrip("/\\")
    here = path.startswith((".", "~", "/", "\\")) or path[1:2] == ":"
    return re.split(r"[/\\]", path)[-1] if here else path


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


def readable(raw):
    """ "Ġcat" and "▁cat" are " cat", "##s" is "s", "</w>" ends a word; anything else stays."""
    text = re.sub(r"^[Ġ▁]", " ", raw)
    text = re.sub(r"^##(?=.)", "", text)
    return re.sub(r"(?<=.)</w>$", "", text.replace("Ċ", "\n"))


def token(raw, segment=0, text=None, id=None, special=None):
    """One token of a stream, as the manifest spells it."""
    return {
        "id": id,
        "raw": raw,
        "text": readable(raw) if text is None else text,
        "start": None,
        "end": None,
        "special": bool(_SPECIAL.match(raw)) if special is None else special,
        "segment": segment,
    }


def numbered(count):
    """Tokens "0" to "count - 1", for recordings that name none."""
    return [token(str(i)) for i in range(count)]


def words_of(ids, tokenizer, types=None):
    """Tokens of a row of ids; their numbers where there is no tokenizer."""
    if tokenizer is None:
        return [{**token(str(int(i)), special=False), "id": int(i)} for i in ids]
    raw = [str(word) for word in tokenizer.convert_ids_to_tokens([int(i) for i in ids])]
    special = set(getattr(tokenizer, "all_special_ids", []))
    bytewise = _is_bytewise(tokenizer)
    return [
        token(
            word,
            segment=0 if types is None else int(types[i] == 1),
            text=tokenizer.convert_tokens_to_string([word]) if bytewise and int(ids[i]) not in special else None,
            id=int(ids[i]),
            special=int(ids[i]) in special,
        )
        for i, word in enumerate(raw)
    ]


def _is_bytewise(tokenizer):
    """True for tokenizers that spell bytes as letters (GPT-2's), whose tokens must be decoded to be read."""
    try:
        return tokenizer.convert_tokens_to_string(["Ġa"]) == " a"
    except Exception:  # noqa: BLE001, a tokenizer of another kind may raise anything here
        return False


def pieces_of(count, config):
    """Tokens of a picture: what comes before the patches, then row, column; and the stream's unit and grid."""
    size, patch = getattr(config, "image_size", None), getattr(config, "patch_size", None)
    if isinstance(size, int) and isinstance(patch, int) and 0 < (size // patch) ** 2 <= count:
        side = size // patch
        before = count - side * side
        names = ["[CLS]"] + [f"[{i}]" for i in range(1, before)]
        tokens = [token(name, special=True) for name in names[:before]]
        tokens += [token(f"{i // side},{i % side}", special=False) for i in range(side * side)]
        return {"tokens": tokens, "unit": "patch", "grid": [side, side]}
    return {"tokens": numbered(count), "unit": "patch"}
