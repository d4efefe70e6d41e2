"""Recording a Hugging Face model while it runs; see record, show and generate."""

from ..errors import TraceError

try:
    import torch  # noqa: F401
    import transformers  # noqa: F401
except ImportError as error:
    raise TraceError(
        f'A model is run with torch and Transformers, and {error.name} is not installed: pip install "headscope[hf]". '
        "Attention from elsewhere needs neither: headscope.from_attention."
    ) from error

from .recorder import Recorder  # noqa: E402
from .running import generate, show  # noqa: E402

__all__ = ["Recorder", "generate", "record", "show"]


def record(model, tokenizer=None, *, precision=None):
    """A context in which every run of `model` is recorded; `r.trace` is the first text, `r.traces` are all.

        with headscope.record(model, tokenizer) as r:
            model.generate(**tokenizer("The cat", return_tensors="pt"), max_new_tokens=8)
        r.trace

    precision: "f16" to store queries, keys and values in half of the memory (patterns differ by up to 1e-3); as the
    model computes them where left out. Raises TraceError for models whose attention cannot be expressed.
    """
    return Recorder(model, tokenizer, precision)
