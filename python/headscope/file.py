"""The trace file: safetensors whose metadata holds a manifest as JSON. What is written here, headscope's page reads.

A manifest that is read has every default filled in, and is checked against the tensors that it describes.
"""

import json
import math
import os
import re

import numpy as np
from safetensors import SafetensorError, deserialize
from safetensors.numpy import save

from .blocks import NO_RECIPE, SIDES, SIZES, manifest_of, numbered, size, token
from .errors import TraceError

FORMAT = "headscope.trace"
VERSIONS = ("1", "1.1")
MAX_HALF = 65504

_TYPES = {
    "F64": np.float64, "F32": np.float32, "F16": np.float16, "U8": np.uint8, "U16": np.uint16, "BOOL": np.uint8,
    "I64": np.int64, "I32": np.int32, "I16": np.int16, "I8": np.int8, "U32": np.uint32, "U64": np.uint64,
}  # fmt: skip
_WRITTEN = ("float32", "float16", "float64", "uint8", "uint16", "bool")
_PART = re.compile(
    r"^(self|encoder|decoder|cross)\.(0|[1-9]\d{0,5})\.(q|k|v|scores|pattern|z|bias|sinks|mask)$"
)
_WIDE = re.compile(r"^(self|encoder|decoder|cross)\.(bias_table|mask)$")
_STREAM = re.compile(
    r"^(text|encoder|decoder)\.(final_norm|(0|[1-9]\d{0,5})\.(resid_pre|resid_mid|resid_post|mlp_post))$"
)


def read(source):
    """Manifest and tensors of a trace file, from its path or its bytes."""
    data = source if isinstance(source, (bytes, bytearray)) else _file(source)
    try:
        stored = deserialize(bytes(data))
    except SafetensorError as error:
        raise TraceError(f"This is not a whole trace file: {error}") from None
    manifest = _manifest(_metadata(data))
    tensors = {name: _array(name, entry) for name, entry in stored}
    return _whole(manifest, tensors), tensors


def write(manifest, tensors, precision=None):
    """Bytes of a trace file; precision "f16" halves float32 tensors (sinks and bias tables stay)."""
    if precision == "f16":
        tensors = {name: halved(name, tensor) for name, tensor in tensors.items()}
        manifest = {**manifest, "precision": "f16"}
    elif precision not in (None, "f32"):
        raise TraceError(f'precision is {precision!r}; expected "f16" or "f32".')
    entries = {name: _checked(name, tensor) for name, tensor in sorted(tensors.items())}
    text = json.dumps(manifest, ensure_ascii=False, allow_nan=False)
    metadata = {"format": FORMAT, "version": version_of(manifest, tensors), "manifest": text}
    return save(entries, metadata=metadata)


def halved(name, tensor):
    """A float32 tensor as halves where its values fit; sinks and bias tables are tiny and stay."""
    if tensor.dtype != np.float32 or name.endswith((".sinks", ".bias_table")):
        return tensor
    finite = tensor[np.isfinite(tensor)]
    return tensor if finite.size and np.abs(finite).max() > MAX_HALF else tensor.astype(np.float16)


def version_of(manifest, tensors):
    """ "1.1" where a reader of version 1 would go wrong: masks or sizes of layers, some heads only."""
    lists = any(isinstance(block[key], list) for block in manifest["blocks"] for key in ("heads", "kvHeads", "headSize"))
    masks = any(re.search(r"\.\d+\.mask$", name) for name in tensors)
    return "1.1" if lists or masks or manifest.get("heads") else "1"


def _file(path):
    if not os.path.isfile(path):
        raise TraceError(f"There is no file {os.fspath(path)!r}.")
    with open(path, "rb") as file:
        return file.read()


def _metadata(data):
    length = int.from_bytes(data[:8], "little")
    return json.loads(bytes(data[8 : 8 + length])).get("__metadata__") or {}


def _manifest(metadata):
    found = metadata.get("format")
    if found != FORMAT or "manifest" not in metadata:
        what = f"the format {found!r}" if found else "no format"
        raise TraceError(f"This safetensors file is not a trace: its metadata holds {what}, expected {FORMAT!r}.")
    if metadata.get("version") not in VERSIONS:
        raise TraceError(
            f"The trace file has version {metadata.get('version')}; this headscope reads versions "
            f"{' and '.join(VERSIONS)}. Update it: pip install -U headscope."
        )
    try:
        return json.loads(metadata["manifest"])
    except json.JSONDecodeError as error:
        raise TraceError(f"The manifest is not valid JSON: {error}") from None


def _array(name, entry):
    shape, data = entry["shape"], entry["data"]
    if entry["dtype"] == "BF16":
        wide = np.frombuffer(data, np.uint16).astype(np.uint32) << 16
        return wide.view(np.float32).reshape(shape)
    if entry["dtype"] not in _TYPES:
        raise TraceError(f"{name} is stored as {entry['dtype']}, which traces do not hold.")
    return np.frombuffer(data, _TYPES[entry["dtype"]]).reshape(shape)


def _checked(name, tensor):
    if str(tensor.dtype) in _WRITTEN:
        return np.ascontiguousarray(tensor)
    raise TraceError(f"{name} has the type {tensor.dtype}; expected one of {', '.join(_WRITTEN)}.")


def _whole(manifest, tensors):
    """The manifest with defaults from the shapes; a TraceError where it and the tensors do not fit."""
    named = manifest.get("blocks") if isinstance(manifest, dict) else None
    if not isinstance(named, list) or not named:
        raise TraceError('The manifest names no block; it needs at least {"name": "self"}.')
    partial = manifest.get("heads") or {}
    blocks = [_block(fields, tensors, partial) for fields in named]
    given = {stream["name"]: _stream(stream) for stream in manifest.get("streams") or []}
    streams = _with_missing(given, blocks, tensors)
    known = ("generated", "model", "note", "blocks", "streams", "stored", "edits", "receipts")
    more = {key: value for key, value in manifest.items() if key not in known and value is not None}
    whole = manifest_of(
        streams, blocks, manifest.get("model"), manifest.get("generated"), manifest.get("note"), **more
    )
    for key, empty in (("stored", {}), ("edits", []), ("receipts", [])):
        whole[key] = manifest.get(key) or empty
    for name, tensor in tensors.items():
        _check(whole, name, tensor)
    return whole


def _block(fields, tensors, partial):
    name = fields.get("name") if isinstance(fields, dict) else None
    if name not in SIDES:
        raise TraceError(f"A block is one of {', '.join(SIDES)}, not {name!r}.")
    shown = _shown(name, tensors, partial)
    queries, keys = SIDES[name]
    block = {"queries": queries, "keys": keys, "kvHeads": fields.get("heads"), **shown, **_given(fields)}
    if not block["kvHeads"]:
        block["kvHeads"] = block["heads"]
    if not block["layers"] or not block["heads"]:
        raise TraceError(f"Block {name!r} has no layers or heads: neither manifest nor tensors say how many.")
    for key in SIZES:
        if isinstance(block[key], list) and len(block[key]) != block["layers"]:
            raise TraceError(f"{key} of block {name!r} lists {len(block[key])} sizes for {block['layers']} layers.")
    for layer in range(block["layers"]):
        if size(block, "heads", layer) % size(block, "kvHeads", layer):
            raise TraceError(f"The heads of block {name!r}, layer {layer}, cannot share its key/value heads evenly.")
    block["recipe"] = _recipes(fields.get("recipe"), block, shown["sinks"])
    del block["sinks"]
    return block


def _given(fields):
    return {key: value for key, value in fields.items() if value is not None}


def _shown(name, tensors, partial):
    """Sizes that the tensors of a block show; the first that shows one decides."""
    sizes = {"layers": 0, "heads": 0, "kvHeads": 0, "headSize": 0, "sinks": False}
    for key, tensor in tensors.items():
        found = _PART.match(key)
        if not found or found[1] != name:
            continue
        sizes["layers"] = max(sizes["layers"], int(found[2]) + 1)
        sizes["sinks"] = sizes["sinks"] or found[3] == "sinks"
        heads = {"q": "heads", "k": "kvHeads", "pattern": "heads", "scores": "heads"}.get(found[3])
        if heads and len(tensor.shape) == 3:
            sizes[heads] = sizes[heads] or (0 if key in partial else tensor.shape[0])
            if found[3] in "qk":
                sizes["headSize"] = sizes["headSize"] or tensor.shape[2]
    return sizes


def _recipes(given, block, sinks):
    def whole(fields, layer):
        wide = size(block, "headSize", layer)
        scale = wide**-0.5 if wide else 1.0
        recipe = {**NO_RECIPE, "scale": scale, "sinks": sinks, **_given(fields or {})}
        if not isinstance(recipe["scale"], (int, float)) or not math.isfinite(recipe["scale"]):
            raise TraceError(f"The scale of block {block['name']!r} is {recipe['scale']!r}; expected a number.")
        return recipe

    layers = block["layers"]
    if isinstance(given, list):
        if len(given) != layers:
            raise TraceError(f"Block {block['name']!r} lists {len(given)} recipes for {layers} layers.")
        return [whole(fields, layer) for layer, fields in enumerate(given)]
    if isinstance(block["headSize"], list) and (given or {}).get("scale") is None:
        return [whole(given, layer) for layer in range(layers)]
    return whole(given, 0)


def _stream(stream):
    if not stream.get("tokens"):
        raise TraceError(f"Stream {stream.get('name')!r} has no tokens.")
    return {**stream, "tokens": [_token(t, i) for i, t in enumerate(stream["tokens"])]}


def _token(given, index):
    if isinstance(given, str):
        given = {"raw": given, "text": given, "special": False}
    raw = given.get("raw", given.get("text", str(index)))
    return {**token(raw, text=given.get("text", raw), special=False), **given}


def _with_missing(streams, blocks, tensors):
    for block in blocks:
        for side, axis in (("queries", 1), ("keys", 2)):
            if block[side] not in streams:
                count = _length(block["name"], axis, tensors)
                streams[block[side]] = {"name": block[side], "tokens": numbered(count)}
    return list(streams.values())


def _length(block, axis, tensors):
    parts = {"pattern": axis, "scores": axis, ("q" if axis == 1 else "k"): 1}
    for name, tensor in tensors.items():
        found = _PART.match(name)
        if found and found[1] == block and found[3] in parts and len(tensor.shape) == 3:
            return tensor.shape[parts[found[3]]]
    raise TraceError(f"The manifest lists no tokens for block {block!r}, and its tensors do not say how many.")


def _check(manifest, name, tensor):
    expected = _expected(manifest, name)
    if expected is None:
        return
    fits = len(expected) == len(tensor.shape) and all(
        size is None or size == found for size, found in zip(expected, tensor.shape)
    )
    if not fits:
        wanted = ", ".join("any" if size is None else str(size) for size in expected)
        raise TraceError(f"{name} has the shape {list(tensor.shape)}; by the manifest it must be [{wanted}].")


def _expected(manifest, name):
    blocks = {block["name"]: block for block in manifest["blocks"]}
    part, wide = _PART.match(name), _WIDE.match(name)
    if not part and not wide:
        if name.split(".", 1)[0] in blocks and not _STREAM.match(name):
            raise TraceError(
                f"{name} is a part of a block that this headscope does not know; a newer one may have written "
                "it. Update: pip install -U headscope."
            )
        return None
    block = blocks.get((part or wide)[1])
    if block is None:
        raise TraceError(f"{name} belongs to a block that the manifest does not name.")
    lengths = {stream["name"]: len(stream["tokens"]) for stream in manifest["streams"]}
    queries, keys = lengths[block["queries"]], lengths[block["keys"]]
    if wide:
        return [queries, keys] if wide[2] == "mask" else [None, None]
    layer = int(part[2])
    if layer >= block["layers"]:
        raise TraceError(f"{name} is of layer {layer}, but block {block['name']!r} has {block['layers']} layers.")
    heads, kv, wide_head = (size(block, key, layer) for key in SIZES)
    listed = (manifest.get("heads") or {}).get(name)
    shapes = {
        "q": [len(listed) if listed else heads, queries, wide_head],
        "k": [len(listed) if listed else kv, keys, wide_head],
        "v": [len(listed) if listed else kv, keys, None],
        "z": [heads, queries, None],
        "sinks": [heads],
        "mask": [queries, keys],
    }
    return shapes.get(part[3], [heads, queries, keys])
