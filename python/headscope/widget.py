"""The live view of a trace: anywidget and the script of the static page. The kernel sends the trace when asked."""

import secrets
import threading

from .errors import TraceError
from .page import HEIGHT, checked_selection
from .scripts import script

_CLASS = None


def make(trace, view="panel", block=None, layer=None, heads=None, height=HEIGHT):
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
        height = traitlets.Int(HEIGHT).tag(sync=True)

        def __init__(self, trace, **traits):
            super().__init__(**traits)
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
