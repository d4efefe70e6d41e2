"""BertViz's functions with BertViz's signatures (1.4.1): change the import and keep the calls.

    from headscope.bertviz import head_view, model_view, neuron_view

Drawn by headscope; display_mode is the theme, and heads and layers can be changed in the picture.
"""

from . import neuron_view, util
from .head_view import head_view
from .model_view import model_view
from .recipe import put_back

put_back()

__all__ = ["head_view", "model_view", "neuron_view", "util"]
