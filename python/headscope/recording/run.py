"""What was noted during one run: a forward pass, or the steps of one generate(); whether its cache held it to the end; and
what a model was called with, and by whom: ids, padding, the length of the cache; generate() or beam search."""

import re
import sys
from dataclasses import dataclass, field

import torch

from ..errors import TraceError
from .interface import is_causal

# What families call arguments that change the weights.
_CHANGES = re.compile("bias|sink|alibi|slope|scale|temperature|indices|topk")
NO_WEIGHTS = "The model is on the meta device and has no weights: load them, or move it to a real device."
# Beams reorder a cache, and then its rows belong to other texts.
BEAMS = (
    "The cache was reordered or cut while the text was written, as beam search and assisted decoding do, so the steps "
    "belong to different texts. Use headscope.generate(model, tokenizer, text, ...): it records the finished text in one pass."
)


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
    # A cache of fixed size hands over all its places, used or not.
    static: bool = False
    # The module that attended last, by stack.
    latest: dict = field(default_factory=dict)

    def covers(self, query):
        """True if a call's queries are of all the words that were fed, as far as is known."""
        return self.ids is None or (query.shape[0], query.shape[2]) == tuple(self.ids.shape)


class Run:
    """Calls by stack and layer, in the order of the steps, and what was fed."""

    def __init__(self):
        self.stacks = {}
        self.cross = set()
        # Stacks that attend to something else than the words: they are in no trace.
        self.apart = set()
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


def check_cache(run):
    """Compares the keys that were cached at the last step with those that were recorded step by step."""
    for (stack, layer), cached in run.latest.items():
        calls = run.stacks[stack][layer]
        if len(calls) < 2:
            continue
        recorded = torch.cat([call.k for call in calls], 2)
        if not _same(recorded, cached.to("cpu")):
            raise TraceError(BEAMS)


def _same(recorded, cached):
    """True if the cache ends with what was recorded; one of fixed size may hold unused places at its end."""
    total, places = recorded.shape[2], cached.shape[2]
    if recorded.shape[0] != cached.shape[0]:
        return False
    shown = cached[:, :, :total] if places >= total else cached
    want = recorded if places >= total else recorded[:, :, total - places :]
    # A quantised cache gives keys back a little changed; keys of another text differ by as much as they are large.
    error = (shown.float() - want.float()).abs().mean()
    return bool(error <= 0.05 * want.float().abs().mean())


def fed_to(module, args, kwargs, is_pair):
    """What a model was called with: ids of the text that attends, padding, token types, length of the cache.

    `is_pair`: an encoder-decoder, where input_ids are the source and the decoder's attend.
    """
    tensors = [a for a in args if torch.is_tensor(a)]
    whole = {**kwargs}
    if tensors:
        whole.setdefault("input_ids", tensors[0])
    if len(tensors) > 1:
        whole.setdefault("attention_mask", tensors[1])
    cache = next((c for c in (*kwargs.values(), *args) if hasattr(c, "get_seq_length")), None)
    try:
        past = 0 if cache is None else int(cache.get_seq_length())
    except ValueError:  # no layer of the model attends
        past = 0
    source = whole.get("input_ids")
    decoder = whole.get("decoder_input_ids")
    if is_pair and decoder is None and torch.is_tensor(whole.get("labels")):
        decoder = module.prepare_decoder_input_ids_from_labels(labels=whole["labels"])
    return {
        "ids": _ids(decoder if is_pair else source),
        "mask": _mask(whole.get("decoder_attention_mask" if is_pair else "attention_mask")),
        "types": None if is_pair else whole.get("token_type_ids"),
        "source": _ids(source) if is_pair else None,
        "source_mask": _mask(whole.get("attention_mask")) if is_pair else None,
        "past": past,
        "static": bool(getattr(cache, "is_compileable", False)),
    }


def _ids(tensor):
    return tensor if torch.is_tensor(tensor) and tensor.ndim == 2 and not tensor.is_floating_point() else None


def _mask(mask):
    """The padding of each text [batch, tokens], nonzero where there is none."""
    if isinstance(mask, dict):
        mask = mask.get("full_attention")
    if not torch.is_tensor(mask):
        return None
    if mask.ndim == 4 and running("generate"):
        # For a cache of fixed size generate() makes the whole mask itself: what the last row sees is no padding.
        last = mask[:, 0, -1]
        return last if last.dtype == torch.bool else last > -1e4
    return mask if mask.ndim == 2 else None


def extends(before, ids):
    """True if `ids` are those before and one more; the last of those before may have stood for the word to come (Flaubert)."""
    if before is None or ids is None or ids.shape[1] != before.shape[1] + 1 or ids.shape[0] != before.shape[0]:
        return False
    return torch.equal(ids[:, :-2].cpu(), before[:, :-1])


def prompt_length(ids):
    """Tokens of the prompt that generate() was called with, which it may feed in chunks; None outside of it."""
    frame = running("generate")
    if not frame or ids is None:
        return None
    whole = frame.f_locals.get("input_ids")
    return whole.shape[1] if torch.is_tensor(whole) and whole.ndim == 2 and whole.shape[1] else ids.shape[1]


def running(name):
    """The frame of a function of Transformers' generation that is running in this thread, or None."""
    frame = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        if code.co_name == name and code.co_filename.endswith(("generation/utils.py", "generation\\utils.py")):
            return frame
        frame = frame.f_back
    return None
