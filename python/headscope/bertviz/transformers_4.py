"""What BertViz's recipes use of Transformers 4 and do not find in 5, put back when headscope.bertviz is imported.

Two functions of tokenizers that are gone, and outputs[-1]: there the last output of BERT, RoBERTa, ELECTRA and GPT-2 is a
cross attention that they do not have, an empty tuple. It stays an empty tuple, but one that leads to the attention beside
it, since nothing else does after `model(inputs)[-1]`. What is there already is never replaced by something else.
"""

import contextlib
import functools


class EmptyOutput(tuple):
    """An empty tuple, equal to any other; `attentions`: those of the output that it was the last entry of."""

    attentions = None


def put_back():
    """Does it once, where Transformers is installed: head_view and model_view do not need it."""
    try:
        from transformers.tokenization_utils_base import PreTrainedTokenizerBase
        from transformers.utils.generic import ModelOutput
    except ImportError:
        return
    for name, function in (("encode_plus", _encode_plus), ("as_target_tokenizer", _as_target_tokenizer)):
        if not hasattr(PreTrainedTokenizerBase, name):
            setattr(PreTrainedTokenizerBase, name, function)
    if not hasattr(ModelOutput.__getitem__, "by_headscope"):
        ModelOutput.__getitem__ = _leading_back(ModelOutput.__getitem__)


def _leading_back(getitem):
    """Access to an output's entries, where an empty last one knows the attentions beside it."""

    @functools.wraps(getitem)
    def by_headscope(self, key):
        value = getitem(self, key)
        if type(key) is int and key == -1 and type(value) is tuple and not value:
            attentions = self.get("attentions")
            if attentions:
                value = EmptyOutput()
                value.attentions = attentions
        return value

    by_headscope.by_headscope = True
    return by_headscope


def _encode_plus(self, text, text_pair=None, **options):
    """Transformers 4's name for calling the tokenizer with one text or pair."""
    return self(text, text_pair, **options)


@contextlib.contextmanager
def _as_target_tokenizer(self):
    """Within it, texts are those of the target language; today `text_target` says the same."""
    if hasattr(self, "_switch_to_target_mode"):
        self._switch_to_target_mode()
    self._in_target_context_manager = True
    try:
        yield
    finally:
        self._in_target_context_manager = False
        if hasattr(self, "_switch_to_input_mode"):
            self._switch_to_input_mode()
