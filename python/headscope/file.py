"""The trace file: safetensors whose metadata holds a manifest as JSON. What is written here, headscope's page reads."""

import json
import os
import re

import numpy as np
from safetensors import SafetensorError, deserialize
from safetensors.numpy import save

from .errors import TraceError
from .manifest import checked

FORMAT = "headscope.trace"
VERSIONS = ("1", "1.1")
MAX_HALF = 65504

_TYPES = {
    "F64": np.float64, "F32": np.float32, "F16": np.float16, "U8": np.uint8, "U16": np.uint16, "BOOL": np.uint8,
    "I64": np.int64, "I32": np.int32, "I16": np.int16, "I8": np.int8, "U32": np.uint32, "U64": np.uint64,
}  # fmt: skip
_WRITTEN = ("float32", "float16", "float64", "uint8", "uint16", "bool")


def read(source):
    """Manifest and tensors of a trace file, from its path or its bytes."""
    data = source if isinstance(source, (bytes, bytearray)) else _file(source)
    try:
        stored = deserialize(bytes(data))
    except SafetensorError as error:
        raise TraceError(f"This is not a whole trace file: {error}") from None
    manifest = _manifest(_metadata(data))
    tensors = {name: _array(name, entry) for name, entry in stored}
    return checked(manifest, tensors), tensors


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
