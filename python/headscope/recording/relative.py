"""T5's relative positions: stored as the model's small table where that gives the recorded bias, else as recorded."""

import numpy as np

from ..attend import t5_bucket


def table_of(model, stack, block, layers, tensors):
    """The bias of a recipe and the table [buckets, heads], or None where the recorded biases are none of T5's."""
    biases = [tensors.get(f"{block}.{layer}.bias") for layer in range(layers)]
    if any(bias is None for bias in biases):
        return None
    module = dict(model.named_modules()).get(stack.replace("#", "0"))
    embedding = getattr(module, "relative_attention_bias", None)
    if embedding is None or not hasattr(module, "relative_attention_num_buckets"):
        return None
    table = embedding.weight.detach().float().cpu().numpy()
    t5 = {
        "buckets": int(module.relative_attention_num_buckets),
        "maxDistance": int(module.relative_attention_max_distance),
        "bidirectional": not getattr(module, "is_decoder", False),
    }
    relative = np.arange(biases[0].shape[2])[None, :] - np.arange(biases[0].shape[1])[:, None]
    made = table[t5_bucket(relative, **t5)].transpose(2, 0, 1)
    seen = np.ones(relative.shape, bool) if t5["bidirectional"] else relative <= 0
    same = all(b.shape == made.shape and np.abs((b - made)[:, seen]).max() < 1e-5 for b in biases)
    return ({"t5": t5}, table) if same else None
