"""headscope: attention of any Transformer in a notebook.

headscope.show(model, tokenizer, text) runs and shows; `with headscope.record(model, tokenizer) as r:` records a forward
pass or generate(); headscope.from_attention(outputs.attentions, tokens) takes what was recorded; headscope.load reads
trace files. numpy and safetensors are all that it needs; torch and Transformers only where a model runs.
"""

from .adapt import from_attention, from_transformer_lens
from .errors import TraceError
from .trace import Trace, load

__version__ = "0.1.0"
__all__ = ["Trace", "TraceError", "from_attention", "from_transformer_lens", "generate", "load", "record", "show"]


def record(model, tokenizer=None, *, precision=None):
    """A context in which every run of a model is recorded; see headscope.recording.record."""
    from . import recording

    return recording.record(model, tokenizer, precision=precision)


def show(model, tokenizer, text, text_b=None, *, precision=None):
    """Runs a model on a text (or a pair) and returns its Trace; see headscope.recording.show."""
    from . import recording

    return recording.show(model, tokenizer, text, text_b, precision=precision)


def generate(model, tokenizer, text, *, precision=None, **options):
    """Lets a model write on and returns the Trace of the finished text; see headscope.recording.generate."""
    from . import recording

    return recording.generate(model, tokenizer, text, precision=precision, **options)
