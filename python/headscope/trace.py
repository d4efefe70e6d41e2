"""A recorded run: tokens, and attention of every block, layer and head. It shows itself in a notebook."""

import numpy as np

from . import file
from .attend import attention_of, scores_of
from .blocks import size
from .errors import TraceError
from .selecting import selected


class Trace:
    """One recorded run. `manifest` is the JSON of the trace file, `tensors` its arrays by name."""

    def __init__(self, manifest, tensors):
        self.manifest = manifest
        self.tensors = tensors
        # Layers were left out by select(): what is missing may have been recorded.
        self.left_out = False

    @property
    def blocks(self):
        """Names of the attention blocks: "self", or "encoder", "decoder", "cross"."""
        return [block["name"] for block in self.manifest["blocks"]]

    @property
    def note(self):
        """What a reader must know about this recording; empty where there is nothing to say."""
        return self.manifest.get("note", "")

    def block(self, name):
        """A block's entry in the manifest."""
        for block in self.manifest["blocks"]:
            if block["name"] == name:
                return block
        raise TraceError(f"This trace has no block {name!r}; it has {', '.join(self.blocks)}.")

    def stream(self, name=None):
        """A stream's entry in the manifest; the only one if no name is given."""
        streams = {stream["name"]: stream for stream in self.manifest["streams"]}
        if name is None and len(streams) == 1:
            return next(iter(streams.values()))
        if name in streams:
            return streams[name]
        raise TraceError(f"Name one of the streams {', '.join(streams)}, not {name!r}.")

    def tokens(self, stream=None):
        """The tokens of a stream as people read them."""
        return [token["text"] for token in self.stream(stream)["tokens"]]

    def sides(self, block):
        """Number of queries and keys of a block."""
        entry = self.block(block)
        return tuple(len(self.stream(entry[side])["tokens"]) for side in ("queries", "keys"))

    def heads(self, block, layer):
        """Number of heads of one layer."""
        return size(self.block(block), "heads", layer)

    def layers(self, block):
        """The layers whose attention was recorded."""
        return [layer for layer in range(self.block(block)["layers"]) if self.has(block, layer)]

    def has(self, block, layer):
        """True if attention of every head of a layer is stored or can be recomputed."""
        name = f"{block}.{layer}."
        pair = [name + "q", name + "k"]
        whole = all(part in self.tensors and part not in self.manifest.get("heads", {}) for part in pair)
        return name + "pattern" in self.tensors or whole

    def attention(self, block, layer, head=None):
        """Attention float32 [queries, keys] of a head, or [heads, queries, keys] of all.

        Rows are the words that attend. They sum to 1, or to less where the model has attention sinks.
        """
        found = attention_of(self, self.block(block), layer, self._heads(block, layer, head))
        return found if head is None else found[0]

    def scores_before_softmax(self, block, layer, head=None):
        """Scores float64 [queries, keys] of a head, or [heads, queries, keys]; -inf where masked."""
        found = scores_of(self, self.block(block), layer, self._heads(block, layer, head))
        return found if head is None else found[0]

    def _heads(self, block, layer, head):
        layers = self.block(block)["layers"]
        if not 0 <= layer < layers:
            raise TraceError(f"Block {block!r} has layers 0 to {layers - 1}, not {layer}.")
        count = self.heads(block, layer)
        if head is None:
            return list(range(count))
        if not 0 <= head < count:
            raise TraceError(f"Layer {layer} of block {block!r} has heads 0 to {count - 1}, not {head}.")
        return [int(head)]

    def select(self, layers=None, tokens=None):
        """A smaller trace: some layers, and a slice or list of tokens ({stream: slice} where there are two).

        Weights are cut, never renormalised: the rows of a text without its start sum to less than 1.
        """
        smaller = Trace(*selected(self, layers, tokens))
        smaller.left_out = self.left_out or layers is not None
        return smaller

    def save(self, path, precision=None):
        """Write the trace file; precision "f16" halves its size (patterns then differ by up to 1e-3)."""
        with open(path, "wb") as out:
            out.write(self.to_bytes(precision))

    def to_bytes(self, precision=None):
        """The bytes of the trace file."""
        return file.write(self.manifest, self.tensors, precision)

    def html(self, path=None, **options):
        """One offline HTML file, written to `path`, or its text; options as in `show.page`."""
        from .page import document

        text = document(self, **options)
        if path is None:
            return text
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)
        return None

    def widget(self, **options):
        """The live view; its `selection` can be read and set. Needs pip install "headscope[widget]"."""
        from .page import widget

        return widget(self, **options)

    def scores(self, block=None):
        """Scores of every head, {id: {"values": [layers, heads], "name", "definition", ...}}.

        Needs pip install "headscope[scores]".
        """
        from .scripts import tables

        return tables(self, block or self.blocks[0])

    def svg(self, path=None, **options):
        """A figure as SVG text, or written to `path`: the file that `headscope view` writes from this trace.

        view: "head", "model", "matrix" or "neuron"; block, layer, heads, pin (words or positions), side, width ("85mm"),
        font_size, theme, caption, font (files, for letters that others lack), and the other options of `headscope view`
        with _ for -. What a figure leaves out is a warning. Needs pip install "headscope[figures]".
        """
        from .figures import svg

        return svg(self, path, **options)

    def png(self, path=None, dpi=300, **options):
        """The figure of `svg` as the bytes of a PNG, or written to `path`; letters in the system's fonts, or in `font`."""
        from .figures import png

        return png(self, path, dpi, **options)

    def pdf(self, path=None, **options):
        """The figure of `svg` as the bytes of a PDF, or written to `path`; lines stay lines and text stays text."""
        from .figures import pdf

        return pdf(self, path, **options)

    def view(self, **options):
        """The trace as an object that a notebook draws with these options: view, layer, heads, theme, height."""
        from .page import Shown

        return Shown(self, options)

    def _repr_html_(self):
        from .page import cell

        return cell(self)

    def __repr__(self):
        shapes = []
        for block in self.manifest["blocks"]:
            heads = block["heads"]
            shown = f"{min(heads)} to {max(heads)}" if isinstance(heads, list) else heads
            shapes.append(f"{block['name']} {block['layers']} x {shown} heads")
        lengths = " + ".join(str(len(stream["tokens"])) for stream in self.manifest["streams"])
        name = self.manifest["model"]["name"]
        return f"<Trace{' of ' + name if name else ''}: {', '.join(shapes)}, {lengths} tokens>"


def load(source):
    """A trace from the path or the bytes of a trace file."""
    return Trace(*file.read(source))


def layers_of(trace, block):
    """All recorded attention of a block, [(layer, float32 [heads, queries, keys])]."""
    return [(layer, np.asarray(trace.attention(block, layer))) for layer in trace.layers(block)]
