"""Models whose attention is no matrix of queries and keys: refused by name, with what they have instead."""

from ..errors import TraceError

_OTHERS = {
    "longformer": "its attention is a band around each token, with global tokens apart",
    "led": "its encoder attends in a band around each token, with global tokens apart",
    "reformer": "it attends within hashed chunks",
    "big_bird": "it attends in random and sliding blocks",
    "bigbird_pegasus": "its encoder attends in random and sliding blocks",
    "nystromformer": "it approximates attention by landmarks",
    "yoso": "it approximates attention by hashing",
    "funnel": "it pools, so that layers differ in length",
    "swin": "it attends within shifted windows of a picture",
    "swinv2": "it attends within shifted windows of a picture",
}
_NONE = ("mamba", "mamba2", "falcon_mamba", "rwkv", "xlstm", "fnet", "poolformer", "resnet", "convnext")


def refuse_family(config):
    """Raises a TraceError for a family that cannot be expressed as a trace."""
    family = getattr(config, "model_type", "")
    if family in _OTHERS:
        raise TraceError(f"{family} cannot be recorded: {_OTHERS[family]}, which is no matrix of tokens by tokens.")
    if family in _NONE:
        raise TraceError(f"{family} has no attention, so there is nothing to show.")
