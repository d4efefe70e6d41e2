"""The static page of a trace: one HTML text that asks for nothing, the notebook's cell around it, and a small PNG of all heads
for places that show neither scripts nor frames, and the live view (anywidget), to which the kernel sends the trace when asked."""

import base64
import hashlib
import html
import json
import operator
import secrets
import struct
import threading
import zlib

import numpy as np

from .errors import TraceError
from .scripts import script
from .selecting import packed

VIEWS = ("panel", "head", "model", "matrix", "neuron")
MAX_BYTES = 2_650_000  # of the trace: with the script and the picture an output stays under 3 MB
HEIGHT = 520
_CLASS = None
# The ink ramp of the views (src/views/look/theme.ts), light, by the square root of the weight.
_RAMP = ("FFFFFF", "E7EAF3", "C2C8DE", "8D96BC", "545F92", "28325F", "0E1230")
_SIDE = 16
_GAP = 3

# What stands outside of the frame: it tells the frame the notebook's theme. The page inside cannot see it.
_AROUND = """(()=>{const f=document.getElementById("%s");if(!f)return;const b=document.body;
const t=()=>{const l=b.dataset.jpThemeLight,k=b.dataset.vscodeThemeKind;
return l!==undefined?(l==="false"?"dark":"light"):k!==undefined?(k.includes("dark")?"dark":"light"):
b.classList.contains("dark")||b.classList.contains("dark-theme")||matchMedia("(prefers-color-scheme: dark)").matches?"dark":"light"};
const s=()=>f.contentWindow&&f.contentWindow.postMessage({headscope:{theme:t()}},"*");
addEventListener("message",e=>{if(e.source===f.contentWindow)s()});f.addEventListener("load",s);
new MutationObserver(s).observe(b,{attributes:true});s()})()"""


def document(
    trace,
    view="panel",
    block=None,
    layer=None,
    heads=None,
    theme=None,
    max_bytes=MAX_BYTES,
    title=None,
    include_layers=None,
    include_heads=None,
):
    """One whole HTML page: all patterns in 8 bits, queries, keys and values of the focused layer.

    view: "panel" or one of head, model, matrix, neuron. layer, heads: what is in focus. theme: "light" or "dark"; the
    reader's where left out. max_bytes: of the trace in the page; layers far from the focus are left out and named.
    include_layers, include_heads: those that the model view shows; all where left out.
    """
    cut = _cut(trace, include_layers, include_heads)
    selection = checked_selection(trace, view, block, layer, heads)
    if theme not in (None, "light", "dark"):
        raise TraceError(f'theme is {theme!r}; expected "light" or "dark".')
    data, left = packed(trace, selection, max_bytes)
    state = {"view": view, "selection": selection, **cut}
    if left or trace.left_out:
        state["leftOut"] = True
    code = script("headscope.js")
    shown = " ".join(left)
    digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )
    heading = html.escape(title or trace.manifest["model"]["name"] or "Attention")
    attribute = f' data-theme="{theme}"' if theme else ""
    background = {"light": "#fff", "dark": "#15171c"}.get(theme, "Canvas")
    note = f'<p style="margin:0;padding:6px 12px;font:12px system-ui;color:GrayText">{html.escape(shown)}</p>' if shown else ""
    return f"""<!doctype html>
<html lang="en"{attribute}><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<title>{heading}</title>
<style>html,body{{height:100%;margin:0;background:{background}}}body{{display:flex;flex-direction:column}}#headscope{{flex:1;min-height:0}}</style>
</head><body><div id="headscope"></div>{note}
<script type="application/json" id="headscope-state">{_json(state)}</script>
<script type="text/plain" id="headscope-trace">{base64.b64encode(data).decode()}</script>
<script type="module">{code}</script>
</body></html>
"""


def cell(trace, height=HEIGHT, **options):
    """A notebook's output: the page in a sandboxed frame; where frames and styles are stripped, a picture."""
    if not isinstance(height, int) or not 100 <= height <= 10_000:
        raise TraceError(f"height is {height!r}; expected pixels from 100 to 10000.")
    name = f"headscope-{secrets.token_hex(6)}"
    page = html.escape(document(trace, **options), quote=True)
    # Notebooks that are not trusted drop the style and the frame and keep the rest, so only there does this show.
    fallback = (
        f'<div class="{name}"><p>{html.escape(repr(trace)[1:-1])}. This notebook is not trusted or shows no scripts: a '
        f'picture of all heads, a row per layer. Run the cell, or trust the notebook, for the live one.</p>'
        f'<img alt="Attention of all heads, a row per layer" src="{data_url(trace)}"></div>'
    )
    shown = (
        f"<style>.{name}{{display:none}}</style>{fallback}"
        f'<iframe id="{name}" sandbox="allow-scripts" title="Attention" srcdoc="{page}" '
        f'style="width:100%;height:{height}px;border:1px solid rgba(128,128,128,.3);border-radius:6px"></iframe>'
        f"<script>{_AROUND % name}</script>"
    )
    # BertViz's recipe writes it with open(path, "w"), in whatever encoding, into a file that names none.
    return shown.encode("ascii", "xmlcharrefreplace").decode()


class Shown:
    """A trace with options, which a notebook draws; `data` is its HTML."""

    def __init__(self, trace, options):
        self.trace = trace
        self.data = cell(trace, **options)

    def _repr_html_(self):
        return self.data


def checked_selection(trace, view, block, layer, heads):
    """The part of a selection that was named, inside the trace."""
    if view not in VIEWS:
        raise TraceError(f"view is {view!r}; expected one of {', '.join(VIEWS)}.")
    selection = {}
    if block is not None:
        trace.block(block)
        selection["block"] = block
    own = block or ("cross" if "cross" in trace.blocks else trace.blocks[0])
    if layer is not None:
        layers = trace.layers(own)
        if layer not in layers:
            raise TraceError(f"Layer {layer} of {own} was not recorded; there are {_range(layers)}.")
        selection["layer"] = int(layer)
    if heads is not None:
        count = trace.heads(own, selection.get("layer", trace.layers(own)[0]))
        try:
            chosen = {operator.index(head) for head in np.atleast_1d(np.asarray(heads))}
        except TypeError:
            chosen = set()
        if not chosen or not chosen <= set(range(count)):
            raise TraceError(f"heads are {heads}; the layer has heads 0 to {count - 1}.")
        selection["heads"] = sorted(chosen)
    return selection


def _cut(trace, layers, heads):
    """What the model view is cut to; nothing where it shows everything."""
    if layers is None and heads is None:
        return {}
    blocks = trace.manifest["blocks"]
    most_layers = max(block["layers"] for block in blocks)
    most_heads = max(int(np.max(block["heads"])) for block in blocks)
    shown = {
        "layers": _numbers("include_layers", layers, most_layers),
        "heads": _numbers("include_heads", heads, most_heads),
    }
    return {"cut": shown}


def _numbers(name, given, count):
    """Numbers below `count`, ascending; all where None are given."""
    if given is None:
        return list(range(count))
    try:
        chosen = {operator.index(number) for number in np.atleast_1d(np.asarray(given))}
    except TypeError:
        chosen = set()
    if not chosen or not chosen <= set(range(count)):
        raise TraceError(f"{name} is {given!r}; expected numbers from 0 to {count - 1}.")
    return sorted(chosen)


def _range(numbers):
    whole = numbers == list(range(numbers[0], numbers[-1] + 1)) if numbers else False
    return f"{numbers[0]} to {numbers[-1]}" if whole else ", ".join(map(str, numbers)) or "none"


def _json(value):
    return json.dumps(value).replace("<", "\\u003c")


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


def widget(trace, view="panel", block=None, layer=None, heads=None, height=HEIGHT):
    """A widget of a trace; see Trace.widget."""
    selection = checked_selection(trace, view, block, layer, heads)
    return _class()(trace, view=view, selection=selection, height=height)


def _class():
    """The class is made when it is first needed: anywidget is an extra."""
    global _CLASS
    if _CLASS is None:
        try:
            import anywidget
            import traitlets
        except ImportError as error:
            raise TraceError(
                'trace.widget() needs anywidget: pip install "headscope[widget]". Without it a trace shows itself as the '
                "last line of a cell, and trace.html(path) writes a page."
            ) from error
        _CLASS = _define(anywidget, traitlets)
    return _CLASS


def _define(anywidget, traitlets):
    class Widget(anywidget.AnyWidget):
        """`selection` is {"block", "layer", "heads", "focus", "pins", "side"}, read and written on both sides."""

        _esm = script("headscope.js")
        selection = traitlets.Dict().tag(sync=True)
        view = traitlets.Unicode("panel").tag(sync=True)
        left_out = traitlets.Bool(False).tag(sync=True)
        height = traitlets.Int(HEIGHT).tag(sync=True)

        def __init__(self, trace, **traits):
            super().__init__(**traits, left_out=trace.left_out)
            self.trace = trace
            self._scores = {}
            self._asked = {}
            self.on_msg(self._answer)

        def __repr__(self):
            return f"<live view of {self.trace!r}>"

        @property
        def scores(self):
            """Scores that the page has sent, by block; ask with request_scores()."""
            return self._scores

        def request_scores(self, block=None):
            """Asks the page for the scores of a block; they arrive in `scores` once the cell is done."""
            ticket, block = secrets.token_hex(4), self.trace.block(block or self.trace.blocks[0])["name"]
            self._asked[ticket] = block
            self.send({"want": "scores", "block": block, "ticket": ticket})

        def _answer(self, _, message, buffers):
            if message.get("want") == "trace":
                self._send_trace(message.get("ticket"))
            elif "scores" in message and message.get("ticket") in self._asked:
                block = self._asked.pop(message["ticket"])
                self._scores = {**self._scores, block: {table["id"]: table for table in message["scores"]}}

        def _send_trace(self, ticket):
            try:
                data = _bytes_of(self.trace)
            except Exception as error:  # noqa: BLE001, whatever it is, the page must say it
                self.send({"ticket": ticket, "error": f"The recording could not be sent: {error}"})
                return
            self.send({"ticket": ticket}, buffers=[data])

    return Widget


_lock = threading.Lock()


def _bytes_of(trace):
    """The trace file in half precision, made once for all widgets of a trace."""
    with _lock:
        known = getattr(trace, "_widget_bytes", None)
        if known is None:
            known = trace.to_bytes("f16")
            trace._widget_bytes = known
        return known
