"""The scripts that the package carries, built from the TypeScript sources, and scores and figures in an embedded V8.

No definition is written twice.
"""

import json
import re
from functools import lru_cache
from importlib.resources import files

import numpy as np

from .errors import TraceError

NAMES = ("figures.js", "headscope.js")  # as hatch_build.py packs them
# V8 by itself has no text coding; the trace reader needs UTF-8 in both directions.
_TEXT = """
globalThis.TextDecoder ??= class { decode(bytes) {
  let text = ""; for (const b of bytes) text += String.fromCharCode(b);
  return decodeURIComponent(escape(text)); } };
globalThis.TextEncoder ??= class { encode(text) {
  return Uint8Array.from(unescape(encodeURIComponent(text)), (c) => c.charCodeAt(0)); } };
globalThis.unpacked = (hex) => Uint8Array.from(hex.match(/../g), (byte) => parseInt(byte, 16));
"""
_NO_SCORES = (
    'trace.scores() needs an embedded V8: pip install "headscope[scores]". In a live widget, '
    "w.request_scores() asks the page instead."
)


@lru_cache(maxsize=None)
def script(name):
    """The text of a built script: of its file in a checkout, of the packed scripts where the package is installed."""
    path = files("headscope") / "static" / name
    text = path.read_text("utf-8") if path.is_file() else _packed().get(name)
    if text is None:
        raise TraceError(
            f"The built file {name} is missing: this is a checkout, not an installed package. In its root run "
            "`npm install && npm run build`, then `pip install ./python`."
        )
    # In an HTML page the script must not hold the end tag of a script; a string may spell it otherwise.
    return text.replace("</script", "<\\/script")


def _packed():
    path = files("headscope") / "static" / "scripts.bz2"
    if not path.is_file():
        return {}
    try:
        import bz2
    except ImportError as error:
        raise TraceError(
            "This Python was built without bz2, which unpacks the scripts that draw. Install the bzip2 library (libbz2-dev, "
            "bzip2-devel, or bzip2 with brew) and build Python again, with pyenv `pyenv install --force VERSION`, or use another "
            "Python. Recording, numbers and trace.save(path) work without: `headscope open` and the page draw a saved trace."
        ) from error
    return dict(zip(NAMES, bz2.decompress(path.read_bytes()).decode().split("\0")))


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
