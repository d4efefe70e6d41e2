"""Scores of heads from the TypeScript definitions, run in an embedded V8: no definition is written twice."""

import json

import numpy as np

from .errors import TraceError
from .static_files import script

# V8 by itself has no text coding; the trace reader needs UTF-8 in both directions.
_TEXT = """
globalThis.TextDecoder ??= class { decode(bytes) {
  let escaped = ""; for (const b of bytes) escaped += "%" + b.toString(16).padStart(2, "0");
  return decodeURIComponent(escaped); } };
globalThis.TextEncoder ??= class { encode(text) {
  const bytes = []; const escaped = encodeURIComponent(text);
  for (let i = 0; i < escaped.length; i++)
    if (escaped[i] === "%") { bytes.push(parseInt(escaped.slice(i + 1, i + 3), 16)); i += 2; }
    else bytes.push(escaped.charCodeAt(i));
  return Uint8Array.from(bytes); } };
globalThis.unpacked = (hex) => Uint8Array.from({ length: hex.length / 2 }, (_, i) => parseInt(hex.substr(2 * i, 2), 16));
"""


def tables(trace, block):
    """{id: {"name", "label", "definition", "source", "threshold", "values" float32 [layers, heads], "rows", "of"}}."""
    trace.block(block)
    try:
        from py_mini_racer import MiniRacer
    except ImportError as error:
        raise TraceError(
            'trace.scores() needs an embedded V8: pip install "headscope[scores]". In a live widget, '
            "w.request_scores() asks the page instead."
        ) from error
    engine = MiniRacer()
    engine.eval(_TEXT)
    engine.eval(script("scores.js"))
    made = engine.eval(f"scores.scoresOf(unpacked({json.dumps(trace.to_bytes().hex())}), {json.dumps(block)})")
    found = {}
    for table in json.loads(made):
        values = np.array([np.nan if v is None else v for v in table["values"]], np.float32)
        found[table["id"]] = {**table, "values": values.reshape(table["layers"], table["heads"])}
    return found
