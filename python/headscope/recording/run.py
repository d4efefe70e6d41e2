"""What was noted during one run: a forward pass, or the steps of one generate()."""

import re
from dataclasses import dataclass, field

import torch

from ..errors import TraceError
from .interface import is_causal

# What families call arguments that change the weights.
_CHANGES = re.compile("bias|sink|alibi|slope|scale|temperature")
NO_WEIGHTS = "The model is on the meta device and has no weights: load them, or move it to a real device."


@dataclass
class Call:
    """One call of one attention layer: rows of queries, and the keys that are new with them."""

    q: torch.Tensor
    k: torch.Tensor | None
    v: torch.Tensor | None
    rows: int
    # Absolute position of the first row, and of the first and one past the last key that the call could see.
    past: int
    first: int
    last: int
    mask: torch.Tensor | None
    causal: bool
    options: dict


@dataclass
class Step:
    """One call of the model."""

    ids: torch.Tensor | None
    past: int
    encoder_only: bool = False
    calls: dict = field(default_factory=dict)


class Run:
    """Calls by stack and layer, in the order of the steps, and what was fed."""

    def __init__(self):
        self.stacks = {}
        self.cross = set()
        self.ids = []
        self.inputs = {}
        self.encoder = {}
        self.outputs = []
        self.encoder_output = None
        self.first = None
        self.trouble = None
        self.pending = False
        self.latest = {}

    @property
    def total(self):
        """Rows so far."""
        return sum(part.shape[1] for part in self.ids if part is not None)

    def all_ids(self):
        """Ids of the whole text [batch, tokens], or None where embeddings were fed."""
        return None if not self.ids or any(part is None for part in self.ids) else torch.cat(self.ids, 1)

    def restart(self, is_encoder):
        """Forget the steps so far: without a cache each step of generate() is a whole run."""
        self.stacks = {stack: layers for stack, layers in self.stacks.items() if is_encoder(stack)}
        self.ids, self.outputs, self.latest = [], [], {}

    def add(self, stack, layer, call):
        self.stacks.setdefault(stack, {}).setdefault(layer, []).append(call)


def call_of(module, step, tensors, mask, kwargs, cross, known):
    """A Call with its tensors on the CPU; `known`: the keys of this cross attention were noted before."""
    q, k, v = tensors
    rows, keys = q.shape[2], k.shape[2]
    past = 0 if step.encoder_only else step.past
    whole = past + rows
    first, last = (0, keys) if cross else (max(0, whole - keys), whole)
    if cross:
        new = slice(0, 0) if known else slice(0, keys)
    else:
        # A static cache hands over all its places, a windowed one only the last; what is new lies at the end of those in use.
        new = slice(past, whole) if keys > whole else slice(keys - rows, keys)
    options = {key: kwargs.get(key) for key in ("scaling", "softcap", "sliding_window")}
    for key in ("position_bias", "s_aux"):
        options[key] = copied(kwargs.get(key))
    for key in kwargs.keys() - options.keys():
        if torch.is_tensor(kwargs[key]) and _CHANGES.search(key):
            raise TraceError(
                f"This model hands its attention {key}, which headscope does not know. Load it with "
                'attn_implementation="eager", call it with output_attentions=True and pass outputs.attentions to '
                "headscope.from_attention."
            )
    if mask is not None:
        mask = copied(mask[..., : last - first])
    return Call(
        copied(q), copied(k[:, :, new]), copied(v[:, :, new]), rows, past, first, last, mask,
        is_causal(module, kwargs) and not cross, options,
    )  # fmt: skip


def copied(tensor):
    """A copy on the CPU that holds on to nothing of the model's buffers."""
    if tensor is None:
        return None
    if tensor.is_meta:
        raise TraceError(NO_WEIGHTS)
    return tensor.detach().to("cpu", copy=True).contiguous()
