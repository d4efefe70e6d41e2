"""Head scores over attention arrays [layers, batch, heads, queries, keys]; each returns [layers, heads] between 0 and 1."""
import torch
from torch import Tensor


def previous_token(attention: Tensor) -> Tensor:
    """Mean attention from position i to i - 1, for i of 1 and more."""
    return attention.diagonal(offset=-1, dim1=-2, dim2=-1).mean(dim=(1, -1))


def first_token(attention: Tensor) -> Tensor:
    """Mean attention to position 0, for queries of 1 and more."""
    return attention[..., 1:, 0].mean(dim=(1, -1))


def induction(attention: Tensor, period: int) -> Tensor:
    """On a sequence repeated with `period`: mean attention to the token after the previous occurrence of the query."""
    return attention.diagonal(offset=1 - period, dim1=-2, dim2=-1)[..., 1:].mean(dim=(1, -1))


def same_word(attention: Tensor, ids: Tensor) -> Tensor:
    """Mean attention to earlier copies of the query's own token, over queries that have one. `ids` [batch, tokens]."""
    earlier = (ids[:, :, None] == ids[:, None, :]).tril(-1)
    mass = (attention * earlier[None, :, None]).sum(-1)
    has = earlier.any(-1)
    return torch.stack([mass[:, b, :, has[b]].flatten(2) for b in range(len(ids)) if has[b].any()], -1).mean((-1, -2)) \
        if len(ids) == 1 else torch.stack([same_word(attention[:, b:b + 1], ids[b:b + 1]) for b in range(len(ids)) if has[b].any()]).mean(0)
