"""What a layer could see, from the masks it was called with, and the recipe that says the same. Checked, not guessed."""

import numpy as np

from ..attend import reach, t5_bucket
from ..blocks import NO_RECIPE
from ..errors import TraceError

# Scores under this are masked: Transformers adds the lowest number of the dtype, -65504 in float16.
_MASKED = -1e4


def seen_and_bias(calls, item, rows, keys):
    """Which cells a layer's calls could see, [rows, keys], and what their masks added to the scores, or None."""
    seen, bias, at = np.zeros((rows, keys), bool), None, 0
    for call in calls:
        here = slice(at, at + call.rows)
        part = np.ones((call.rows, call.last - call.first), bool)
        if call.mask is not None:
            part, added = _of_mask(call.mask, item)
            if added is not None:
                bias = np.zeros((added.shape[0], rows, keys), np.float32) if bias is None else bias
                bias[:, here, call.first : call.last] = added
        elif call.causal and call.rows > 1:
            behind = (call.past + np.arange(call.rows))[:, None] - np.arange(call.first, call.last)[None, :]
            part = behind >= 0
        seen[here, call.first : call.last] = part
        at += call.rows
    return seen, bias


def _of_mask(mask, item):
    """One item of a 4-D mask as visible cells, and as numbers added where it is more than a mask."""
    own = mask[item if mask.shape[0] > 1 else 0]
    if str(own.dtype) == "torch.bool":
        cells = own.numpy()
    else:
        values = own.float().numpy()
        cells = values > _MASKED
        if np.any(values[cells] != 0):
            return cells.any(0), np.where(cells, values, 0)
    if cells.shape[0] > 1 and not np.array_equal(cells, np.broadcast_to(cells[:1], cells.shape)):
        raise TraceError("The heads of a layer have different masks, which a trace cannot express.")
    return cells[0], None


def recipe_for(seen, square, options, scale, bias):
    """The recipe of a layer, and its mask where no causality and no window say what it could see."""
    recipe = {**NO_RECIPE, "scale": scale, "softcap": options["softcap"], "bias": bias}
    recipe["sinks"] = options["s_aux"] is not None
    for causal, window in _candidates(seen, square, options["sliding_window"]):
        tried = {**recipe, "causal": causal, "window": window}
        if np.array_equal(reach(tried, *seen.shape), seen):
            return tried, None
    causal = bool(square and not np.triu(seen, 1).any())
    return {**recipe, "causal": causal}, seen.astype(np.uint8)


def _candidates(seen, square, sliding):
    yield False, None
    if not square:
        return
    yield True, None
    if sliding:
        yield True, [int(sliding) - 1, 0]
    behind = np.subtract.outer(np.arange(len(seen)), np.arange(len(seen)))[seen]
    if behind.size:
        before, after = int(behind.max()), int(-behind.min())
        yield True, [max(0, before), 0]
        yield False, [max(0, before), max(0, after)]


def table_of(model, stack, block, layers, tensors):
    """T5's relative positions as its small table: the bias of a recipe and the table [buckets, heads].

    None where the recorded biases are none of T5's; they are then stored as recorded.
    """
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
