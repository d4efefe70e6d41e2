"""What generate() attended to, word by word, as Transformers' eager code says it."""

import torch


def eager_steps(model, inputs, **write):
    """Attention of all words [batch, heads, tokens, tokens] by layer, put together from generate()'s steps."""
    with torch.no_grad():
        out = model.generate(**inputs, **write, output_attentions=True, return_dict_in_generate=True)
    count = out.sequences.shape[1] - 1
    return [_whole([step[layer] for step in out.attentions], count) for layer in range(len(out.attentions[0]))]


def _whole(steps, count):
    last = steps[-1]
    if last is None or last.shape[2] == count:  # no cache: the last step saw all
        return last
    whole, at = torch.zeros(*last.shape[:2], count, count), 0
    for step in steps:
        rows = step.shape[2]
        seen = step[..., : at + rows]  # a window keeps the last keys only
        whole[:, :, at : at + rows, at + rows - seen.shape[3] : at + rows] = seen
        at += rows
    return whole
