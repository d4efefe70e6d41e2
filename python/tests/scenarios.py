"""What tests of ways of running a model share: a text, how it is written on, and the distance from eager attention."""

import numpy as np
import torch

import headscope
from models import build, eager_attention

IDS = torch.randint(3, 80, (1, 12), generator=torch.Generator().manual_seed(2))
WRITE = dict(max_new_tokens=6, min_new_tokens=6)


def off(trace, ids, name="llama", **fed):
    """The largest difference from eager attention over `ids`."""
    expected = eager_attention(build(name), dict(input_ids=ids, **fed))["self"]
    layers = zip(range(len(expected)), expected)
    return max(float(np.abs(trace.attention("self", i) - w[0].numpy()).max()) for i, w in layers)


def recorded(model, **fed):
    with torch.no_grad(), headscope.record(model) as r:
        model(**fed)
    return r
