"""A small PNG of all heads, for places that show neither scripts nor frames."""

import base64
import struct
import zlib

import numpy as np

# The ink ramp of the views (src/views/look/theme.ts), light, by the square root of the weight.
_RAMP = ("FFFFFF", "E7EAF3", "C2C8DE", "8D96BC", "545F92", "28325F", "0E1230")
_SIDE = 16
_GAP = 3


def heads_png(trace, block=None):
    """PNG bytes of a block: a row per layer, a cell per head, the largest weight of each patch."""
    block = block or ("cross" if "cross" in trace.blocks else trace.blocks[0])
    layers = trace.layers(block)
    columns = max(trace.heads(block, layer) for layer in layers)
    step = _SIDE + _GAP
    picture = np.full((len(layers) * step + _GAP, columns * step + _GAP, 3), 232, np.uint8)
    for row, layer in enumerate(layers):
        for column, weights in enumerate(trace.attention(block, layer)):
            y, x = _GAP + row * step, _GAP + column * step
            picture[y : y + _SIDE, x : x + _SIDE] = _inked(_pooled(weights))
    return _png(picture)


def data_url(trace):
    """The picture as the source of an <img>."""
    return "data:image/png;base64," + base64.b64encode(heads_png(trace)).decode()


def _pooled(weights):
    """The largest weight of each of 16 x 16 patches, or of each cell enlarged."""
    for axis in (0, 1):
        count = weights.shape[axis]
        if count > _SIDE:
            edges = np.arange(_SIDE) * count // _SIDE
            weights = np.maximum.reduceat(weights, edges, axis=axis)
        else:
            weights = np.take(weights, np.arange(_SIDE) * count // _SIDE, axis=axis)
    return weights


def _inked(weights):
    ramp = np.array([[int(color[i : i + 2], 16) for i in (0, 2, 4)] for color in _RAMP], float)
    at = np.sqrt(np.clip(weights, 0, 1)) * (len(ramp) - 1)
    low = np.minimum(at.astype(int), len(ramp) - 2)
    share = (at - low)[..., None]
    return np.round(ramp[low] * (1 - share) + ramp[low + 1] * share).astype(np.uint8)


def _png(picture):
    height, width, _ = picture.shape
    rows = np.concatenate([np.zeros((height, 1), np.uint8), picture.reshape(height, -1)], 1)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows.tobytes(), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
