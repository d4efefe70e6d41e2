"""Traces of what was noted: one for each text of a run."""

import re

import numpy as np

from ..blocks import SIDES, block_of, manifest_of, name_of, numbered, pieces_of, words_of
from ..errors import TraceError
from ..trace import Trace
from . import outputs
from .recipes import recipe_for, seen_and_bias, table_of
from .run import check_cache

# What families call the parts beside their text.
_BESIDE = re.compile("vision|visual|image|pixel|video|audio|speech|qformer|resampler")


def traces_of(run, recorder):
    """One Trace for each text of the batch of a run."""
    if run.trouble:
        raise TraceError(run.trouble)
    if recorder.by_output:
        return outputs.traces_of(run, recorder)
    stacks = _main_stacks(run, recorder)
    if not stacks and run.apart:
        raise TraceError(
            f"{type(recorder.model).__name__} attends to more than the words that it was fed ({', '.join(sorted(run.apart))}), which "
            "is no matrix of tokens by tokens."
        )
    if not stacks:
        raise TraceError(
            f"{type(recorder.model).__name__} ran, but none of its attention went through Transformers' interface. "
            'Load it with attn_implementation="eager", call it with output_attentions=True and pass '
            "outputs.attentions to headscope.from_attention."
        )
    check_cache(run)
    text = stacks.get("self") or stacks.get("decoder") or stacks["encoder"]
    batch = _first(run.stacks[text]).q.shape[0]
    return [_trace(run, recorder, stacks, item, batch) for item in range(batch)]


def towers_of(run, recorder):
    """Traces of the stacks that are not the text's, {stack: Trace of its first item}."""
    main = {*_main_stacks(run, recorder).values(), *run.apart}
    return {name: _tower(run, recorder, name) for name in run.stacks if name not in main}


def _first(layers):
    return next(iter(layers.values()))[0]


def _main_stacks(run, recorder):
    """Stack names by block."""
    if recorder.is_pair:
        found = {}
        for stack in run.stacks:
            block = "encoder" if recorder.is_encoder(stack) else "cross" if stack in run.cross else "decoder"
            found.setdefault(block, stack)
        return found
    ids = run.all_ids()
    fits = [name for name, layers in run.stacks.items() if name not in run.apart and (ids is None or _covers(layers, ids))]
    # A picture may have as many patches as the text has tokens.
    fits.sort(key=lambda name: (bool(_BESIDE.search(name)), -len(run.stacks[name])))
    return {"self": fits[0]} if fits else {}


def _covers(layers, ids):
    calls = next(iter(layers.values()))
    return sum(call.rows for call in calls) == ids.shape[1] and calls[0].q.shape[0] == ids.shape[0]


def _tower(run, recorder, name):
    lengths = {sum(call.rows for call in layer) for layer in run.stacks[name].values()}
    if len(lengths) > 1:
        raise TraceError(f"{name} attends within windows in some layers ({sorted(lengths)} places), which are no one matrix.")
    (rows,) = lengths
    stream = {"name": "text", "tokens": numbered(rows), "unit": "patch"}
    block, tensors = _block("self", run, name, 0, recorder, None, None)
    return Trace(manifest_of([stream], [block], _model(recorder)), tensors)


def _trace(run, recorder, stacks, item, batch):
    streams, kept = _streams(run, recorder, stacks, item, batch)
    blocks, tensors = [], {}
    for name, stack in stacks.items():
        queries, keys = SIDES[name]
        own = _own(item, batch, _first(run.stacks[stack]).q.shape[0])
        block, parts = _block(name, run, stack, own, recorder, kept[queries], kept[keys])
        blocks.append(block)
        tensors.update(parts)
    more = {"precision": "f16"} if recorder.precision == "f16" else {}
    generated = _generated(run, kept, list(streams)[-1])
    return Trace(manifest_of(list(streams.values()), blocks, _model(recorder), generated, **more), tensors)


def _own(item, batch, size):
    """The item of a stack with a batch of `size`: generate() expands the text's, not always the encoder's."""
    return item * size // batch


def _streams(run, recorder, stacks, item, batch):
    """Streams by name without their padding, and which places were kept."""
    streams, kept = {}, {}
    for name in dict.fromkeys(side for block in stacks for side in SIDES[block]):
        stack = stacks.get("self" if name == "text" else name) or stacks["cross"]
        length, size = _length(run, stack, name), _first(run.stacks[stack]).q.shape[0]
        own = _own(item, batch, size)
        stream, keep = _stream(run, recorder, name, own, length)
        streams[name], kept[name] = {"name": name, **stream}, keep
    return streams, kept


def _length(run, stack, stream):
    calls = next(iter(run.stacks[stack].values()))
    if stream == "encoder" and stack in run.cross:
        return calls[0].last
    return sum(call.rows for call in calls)


def _stream(run, recorder, name, item, length):
    fed = run.encoder if name == "encoder" else {"ids": run.all_ids(), "mask": run.inputs.get("mask")}
    ids, mask, types = fed.get("ids"), fed.get("mask"), None if name == "encoder" else run.inputs.get("types")
    keep = np.ones(length, bool)
    if mask is not None and mask.shape[0] > item and mask.shape[1] >= length:
        keep = mask[item, :length].numpy() != 0
    if not keep.any():
        raise TraceError(f"Text {item} of the batch is nothing but padding.")
    if ids is None or ids.shape[1] != length or ids.shape[0] <= item:
        return _unnamed(recorder.model.config, name, length), keep
    own = None if types is None or types.shape[1] != length else types[item].numpy()[keep]
    return {"tokens": words_of(ids[item].numpy()[keep], recorder.tokenizer, own)}, keep


def _unnamed(config, name, length):
    """Tokens of a stream that no ids were fed for: a picture, sound or embeddings."""
    vision = getattr(config, "vision_config", None) or config
    if name == "encoder":
        return {"tokens": numbered(length), "unit": "frame"}
    if getattr(vision, "patch_size", None):
        return pieces_of(length, vision)
    return {"tokens": numbered(length)}


def _generated(run, kept, stream):
    """Where the written tokens begin, among those that were kept."""
    total = kept[stream].size
    if run.first is None or run.first >= total:
        return None
    return {"stream": stream, "start": int(kept[stream][: run.first].sum())}


def _model(recorder):
    config = recorder.model.config
    text = config.get_text_config() if hasattr(config, "get_text_config") else config
    facts = {"name": name_of(config), "family": config.model_type or ""}
    for key, names in (("hidden", ("hidden_size", "d_model")), ("vocab", ("vocab_size",))):
        facts[key] = next((int(v) for n in names if isinstance(v := getattr(text, n, None), int)), 0)
    return facts


def _block(name, run, stack, item, recorder, rows, columns):
    """The manifest's entry and the tensors of one stack."""
    layers, sizes, recipes, tensors = run.stacks[stack], {}, {}, {}
    for layer, calls in sorted(layers.items()):
        parts, sizes[layer], recipes[layer] = _layer(name, calls, item, recorder, rows, columns)
        tensors.update({f"{name}.{layer}.{part}": array for part, array in parts.items()})
    count = max(max(layers) + 1, _configured(recorder.model.config, name))
    table = table_of(recorder.model, stack, name, count, tensors)
    if table:
        bias, array = table
        tensors = {key: t for key, t in tensors.items() if not key.endswith(".bias")}
        tensors[f"{name}.bias_table"] = array
        recipes = {layer: {**recipe, "bias": bias} for layer, recipe in recipes.items()}
    some = next(iter(sizes))
    entry = block_of(
        name, count, [sizes.get(i, sizes[some]) for i in range(count)], [recipes.get(i, recipes[some]) for i in range(count)]
    )
    return entry, tensors


def _configured(config, block):
    """Layers that the model has, recorded or not (linear attention is not)."""
    text = config.get_text_config() if hasattr(config, "get_text_config") else config
    return getattr(text, "num_hidden_layers", 0) or 0 if block == "self" else 0


def _layer(name, calls, item, recorder, rows, columns):
    """Tensors, sizes and recipe of one layer of one text."""
    first = calls[0]
    q, k, v = (np.concatenate([_numpy(getattr(c, part), item) for c in calls], 1) for part in "qkv")
    n, m = q.shape[1], k.shape[1]
    rows = np.ones(n, bool) if rows is None or rows.size != n else rows
    columns = np.ones(m, bool) if columns is None or columns.size != m else columns
    seen, bias = seen_and_bias(calls, item, n, m)
    bias = _with_positions(bias, calls, item, n, m)
    parts = {"q": q[:, rows], "k": k[:, columns], "v": v[:, columns]}
    for part, array in parts.items():
        if not np.isfinite(array).all():
            raise TraceError(
                f"{name} of the model is not finite: {part} holds NaN or infinity. Were its weights trained or run in "
                "half precision? Load it with dtype=torch.float32."
            )
    scale = first.options["scaling"]
    scale = q.shape[2] ** -0.5 if scale is None else float(scale)
    seen = seen[rows][:, columns]
    recipe, mask = recipe_for(seen, name != "cross", first.options, scale, None if bias is None else "tensor")
    if mask is not None:
        parts["mask"] = mask
    if bias is not None:
        whole = np.broadcast_to(bias, (q.shape[0], n, m))
        parts["bias"] = whole[:, rows][:, :, columns]
    if first.options["s_aux"] is not None:
        parts["sinks"] = first.options["s_aux"].float().numpy().reshape(-1)
    halve = recorder.precision == "f16"
    parts = {part: _stored(array, halve and part in "qkv") for part, array in parts.items()}
    return parts, {"heads": q.shape[0], "kvHeads": k.shape[0], "headSize": q.shape[2]}, recipe


def _with_positions(bias, calls, item, rows, keys):
    """Adds position biases, which some models (T5) hand over beside the mask."""
    if all(call.options["position_bias"] is None for call in calls):
        return bias
    at = 0
    for call in calls:
        part = call.options["position_bias"]
        part = part[item if part.shape[0] > 1 else 0].float().numpy()[..., : call.last - call.first]
        if bias is None or bias.shape[0] != part.shape[0]:
            bias = np.zeros((part.shape[0], rows, keys), np.float32) + (0 if bias is None else bias)
        # A model may have folded its mask into the bias; what is masked is said elsewhere.
        bias[:, at : at + call.rows, call.first : call.last] += np.where(part < -1e4, 0, part)
        at += call.rows
    return bias


def _numpy(tensor, item):
    """One item as numpy: halves stay halves, bfloat16 becomes float32."""
    own = tensor[item]
    return own.numpy() if str(own.dtype) in ("torch.float32", "torch.float16") else own.float().numpy()


def _stored(array, halve):
    if halve and array.dtype == np.float32 and np.abs(array).max() <= 65504:
        array = array.astype(np.float16)
    return np.ascontiguousarray(array)
