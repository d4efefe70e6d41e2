"""The other route, for models whose attention does not go through the interface: the weights that they return."""

import numpy as np

from ..adapt import from_attention
from ..blocks import name_of, words_of
from ..errors import TraceError


def traces_of(run, recorder):
    """One Trace for each text of a run whose outputs were noted; patterns only, without queries and keys."""
    given = _blocks(run, recorder.is_pair)
    family, name = recorder.model.config.model_type, type(recorder.model).__name__
    if family == "squeezebert":  # its scores before softmax, by the name of attention
        given = {"self": [[scores.softmax(-1) for scores in step] for step in given.get("self", [])]}
    if family == "prophetnet" and recorder.is_pair:
        raise TraceError(f"{name} cannot be recorded: its decoder attends to the source in several streams, and its encoder gives scores.")
    if any(isinstance(layer, tuple) for steps in given.values() for step in steps for layer in step):
        raise TraceError(
            f"{name} attends in two streams where it is given a target_mapping, as generate() of XLNet gives it: two matrices in "
            "one layer. Call it without, on the finished text."
        )
    if not given or all(layer is None for step in next(iter(given.values())) for layer in step):
        raise TraceError(
            f"{name} returned no attention. Load it with attn_implementation=\"eager\"; if it still returns none, its "
            "attention is of another kind (linear, hashed or banded) and cannot be shown."
        )
    batch = next(layer for step in given[_last(given)] for layer in step if layer is not None).shape[0]
    return [_trace(run, recorder, given, item, batch) for item in range(batch)]


def _last(given):
    return next(name for name in ("self", "decoder", "cross", "encoder") if name in given)


def _blocks(run, pair):
    """Attentions by block, each a list of steps."""
    if not pair:
        return {"self": [o["attentions"] for o in run.outputs if "attentions" in o]} if run.outputs else {}
    found = {}
    for block in ("decoder", "cross"):
        steps = [o[f"{block}_attentions"] for o in run.outputs if f"{block}_attentions" in o]
        if steps:
            found[block] = steps
    encoder = run.encoder_output or next((o.get("encoder_attentions") for o in run.outputs), None)
    return {"encoder": [encoder], **found} if encoder else found


def _trace(run, recorder, given, item, batch):
    words, arguments, kept = {}, {}, {}
    for block, steps in given.items():
        for layer in steps[0]:
            if layer is not None and layer.ndim != 4:
                raise TraceError(f"{type(recorder.model).__name__} returns attention that is no square matrix.")
        own = item * _batch(steps) // batch
        single = [[None if a is None else a[own : own + 1] for a in step] for step in steps]
        arguments["attention" if block == "self" else f"{block}_attention"] = single if len(single) > 1 else single[0]
    for stream, argument in (("text", "tokens"), ("encoder", "encoder_tokens"), ("decoder", "decoder_tokens")):
        found = _tokens(run, recorder, stream, item, batch)
        if found is not None:
            words[stream], kept[stream] = found
            if stream == "text" and "self" in given or stream in given:
                _check_length(recorder, len(words[stream]), given.get(stream) or given["self"])
                arguments[argument] = [w["raw"] for w in words[stream]]
    trace = from_attention(**arguments, name=name_of(recorder.model.config))
    trace.manifest["model"]["family"] = recorder.model.config.model_type
    for stream in trace.manifest["streams"]:
        if stream["name"] in words:
            stream["tokens"] = words[stream["name"]][: len(stream["tokens"])]
    return _cropped(trace, kept, run)


def _check_length(recorder, words, steps):
    """Refuses attention among other places than the words: GIT's picture stands before them, Perceiver has latents instead."""
    places = next(layer.shape[-1] for layer in steps[-1] if layer is not None)
    if places > words or (places < words and len(steps) == 1):
        raise TraceError(
            f"{type(recorder.model).__name__} attends among {places} places and was fed {words} words: the places are those of a picture, "
            "too, or the model's own. Pass outputs.attentions and a name for each place to headscope.from_attention."
        )


def _batch(steps):
    return next(layer for layer in steps[0] if layer is not None).shape[0]


def _tokens(run, recorder, stream, item, batch):
    """All tokens of a stream and which of them are no padding."""
    fed = run.encoder if stream == "encoder" else {"ids": run.all_ids(), "mask": run.inputs.get("mask")}
    ids, mask = fed.get("ids"), fed.get("mask")
    if ids is None:
        return None
    own = item * ids.shape[0] // batch
    types = run.inputs.get("types") if stream == "text" else None
    types = types[own].numpy() if types is not None and types.shape == ids.shape else None
    keep = np.ones(ids.shape[1], bool)
    if mask is not None and mask.shape[1] >= keep.size:
        keep = mask[own, : keep.size].numpy() != 0
    return words_of(ids[own].numpy(), recorder.tokenizer, types), keep


def _cropped(trace, kept, run):
    names = {stream["name"] for stream in trace.manifest["streams"]}
    places = {name: np.flatnonzero(keep) for name, keep in kept.items() if name in names}
    last = trace.manifest["streams"][-1]["name"]
    if run.first is not None and last in kept and run.first < kept[last].size:
        trace.manifest["generated"] = {"stream": last, "start": int(run.first)}
    padded = any(len(places[name]) < kept[name].size for name in places)
    return trace.select(tokens=places) if padded else trace
