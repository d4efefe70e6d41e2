"""The TypeScript of scores and figures in an embedded V8 (mini-racer): no definition is written twice."""

import json
import re

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
_NO_SCORES = (
    'trace.scores() needs an embedded V8: pip install "headscope[scores]". In a live widget, '
    "w.request_scores() asks the page instead."
)


def run(name, trace, argument, why):
    """The JSON that a function of src/cli/embedded.ts gives for a trace and one more argument.

    `why` begins the sentence that says what is missing where mini-racer is not installed.
    """
    try:
        from py_mini_racer import MiniRacer
    except ImportError as error:
        raise TraceError(why) from error
    engine = MiniRacer()
    engine.eval(_TEXT)
    # One bundle in two parts; a module's exports are no part of a script.
    engine.eval(re.sub(r"export\{[^}]*\};\s*$", "", script("headscope.js")) + script("figures.js"))
    data = json.dumps(trace.to_bytes().hex())
    # The function may be asynchronous; nothing in it waits for the outside, so it is done when eval returns.
    engine.eval(
        f"Promise.resolve(embedded.{name}(unpacked({data}), {json.dumps(argument)}))"
        ".then((made) => { globalThis.made = made; }, (error) => { globalThis.failed = String(error); }), 0"
    )
    failed = engine.eval("globalThis.failed ?? ''")
    if failed:
        raise TraceError(f"The figures' script failed: {failed}.")
    return json.loads(engine.eval("globalThis.made"))


def tables(trace, block):
    """Scores of heads: {id: {"name", "label", "definition", "source", "threshold", "values" float32 [layers, heads], "rows", "of"}}."""
    trace.block(block)
    found = {}
    for table in run("scoresOf", trace, block, _NO_SCORES):
        values = np.array([np.nan if v is None else v for v in table["values"]], np.float32)
        found[table["id"]] = {**table, "values": values.reshape(table["layers"], table["heads"])}
    return found
