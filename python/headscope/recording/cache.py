"""Whether the cache held what was recorded, to its end: beams reorder it, and then rows belong to other texts."""

import torch

from ..errors import TraceError

BEAMS = (
    "The cache was reordered or cut while the text was written, as beam search and assisted decoding do, so the steps "
    "belong to different texts. Use headscope.generate(model, tokenizer, text, ...): it records the finished text in one pass."
)


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
