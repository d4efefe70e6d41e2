"""Head scores over attention arrays [layers, batch, heads, queries, keys]; each returns [layers, heads] between 0 and 1."""
from torch import Tensor


def previous_token(attention: Tensor) -> Tensor:
    """Mean attention from position i to i - 1, for i of 1 and more."""
    return attention.diagonal(offset=-1, dim1=-2, dim2=-1).mean(dim=(1, -1))


def next_token(attention: Tensor) -> Tensor:
    """Mean attention from position i to i + 1, for every i but the last (models that see both sides)."""
    return attention.diagonal(offset=1, dim1=-2, dim2=-1).mean(dim=(1, -1))


def first_token(attention: Tensor) -> Tensor:
    """Mean attention to position 0, for queries of 1 and more."""
    return attention[..., 1:, 0].mean(dim=(1, -1))


def induction(attention: Tensor, period: int) -> Tensor:
    """On a sequence repeated with `period`: mean attention to the token after the previous occurrence of the query."""
    return attention.diagonal(offset=1 - period, dim1=-2, dim2=-1)[..., 1:].mean(dim=(1, -1))


def same_word(attention: Tensor, ids: Tensor) -> Tensor:
    """Mean attention to other copies of the query's own token, over queries that have one. `ids` [batch, tokens]."""
    copies = ids[:, :, None] == ids[:, None, :]
    copies.diagonal(dim1=-2, dim2=-1).fill_(False)
    return mean_mass(attention, copies, copies.any(-1))


def earlier_same_word(attention: Tensor, ids: Tensor) -> Tensor:
    """The same for models that only look back: earlier copies."""
    copies = (ids[:, :, None] == ids[:, None, :]).tril(-1)
    return mean_mass(attention, copies, copies.any(-1))


def cross_sentence(attention: Tensor, content: Tensor, types: Tensor) -> Tensor:
    """Mean attention from content tokens to content tokens of the other sentence. `content`, `types` [batch, tokens]."""
    other = (types[:, :, None] != types[:, None, :]) & content[:, None, :]
    return mean_mass(attention, other, content)


def mean_mass(attention: Tensor, keys: Tensor, queries: Tensor) -> Tensor:
    """Mean over the chosen `queries` [batch, q] of the attention that falls on their chosen `keys` [batch, q, k]."""
    mass = (attention * keys[None, :, None]).sum(-1) * queries[None, :, None]
    return mass.sum((1, 3)) / queries.sum()
