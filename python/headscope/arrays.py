"""Attention as people hold it, from torch, numpy, TensorFlow, JAX or lists, as numpy arrays layer by layer."""

import numpy as np

from .errors import TraceError


def to_array(value, where):
    """A float32 array of a tensor of any library, device, layout and precision, or of nested lists."""
    if getattr(value, "is_meta", False):
        raise TraceError(f"{where} is on the meta device and has no numbers: load the model's weights and run it again.")
    if getattr(value, "is_nested", False):
        raise TraceError(f"{where} is a nested tensor of texts that differ in length; pass one of them, as tensor.unbind()[0].")
    try:
        if hasattr(value, "detach"):
            value = value.detach()
            if str(getattr(value, "layout", "torch.strided")) != "torch.strided":
                value = value.to_dense()
            value = value.float().cpu().numpy()
        elif hasattr(value, "numpy") and not isinstance(value, np.ndarray):
            value = value.numpy()
        return np.asarray(np.ma.filled(value, 0) if np.ma.isMA(value) else value, dtype=np.float32)
    except (TypeError, ValueError, RuntimeError) as error:
        raise TraceError(f"{where} is not an array of numbers ({error}). Pass outputs.attentions.") from None


def is_array(value):
    """True for a tensor or array, not for lists of them, which an array of objects is."""
    return hasattr(value, "dtype") and not (str(value.dtype) == "object" and value.ndim == 1)


def layers_of(attention, where):
    """A list of layers, each [batch, heads, queries, keys] or None.

    A stack [layers, heads, n, n] or [layers, batch, heads, n, n] is one tensor; the steps of generate() are a tuple of
    tuples, joined to one square.
    """
    if hasattr(attention, "keys") and hasattr(attention, "values"):
        if "input_ids" in attention:
            raise TraceError(f"{where} is what a tokenizer made; pass model(**inputs, output_attentions=True).attentions.")
        raise TraceError(f"{where} is a whole output or a dictionary; pass its attentions, e.g. outputs.attentions.")
    if is_array(attention):
        attention = _unstacked(to_array(attention, where), where)
    try:
        attention = list(attention)
    except TypeError:
        raise TraceError(f"{where} is of the type {type(attention).__name__}; pass outputs.attentions, one tensor per layer.") from None
    if not attention:
        raise TraceError(
            f"{where} is empty. Load the model with attn_implementation=\"eager\" and call it with "
            "output_attentions=True, or use headscope.show(model, tokenizer, text), which needs neither. If it is "
            "outputs[-1], pass outputs.attentions: in Transformers 5 the last output of BERT and GPT-2 is another one."
        )
    if _is_steps(attention):
        return _joined_steps(attention, where)
    layers = [None if a is None else _batched(a, f"{where}, layer {i}") for i, a in enumerate(attention)]
    if all(layer is None for layer in layers):
        raise TraceError(
            f"All {len(layers)} layers of {where} are None. Load the model with attn_implementation=\"eager\" and "
            "output_attentions=True, or use headscope.show(model, tokenizer, text)."
        )
    return layers


def _unstacked(array, where):
    if array.ndim == 3:
        return [array]
    if array.ndim in (4, 5):
        return list(array)
    raise TraceError(
        f"{where} has the shape {list(array.shape)}; expected [layers, heads, queries, keys]. If it is outputs[-1] of a model "
        "that was loaded without output_attentions=True, load it with it and pass outputs.attentions."
    )


def _batched(layer, where):
    array = to_array(layer, where)
    if array.ndim == 3:
        array = array[None]
    if array.ndim != 4:
        raise TraceError(
            f"{where} has the shape {list(array.shape)}; expected [batch, heads, queries, keys]. Hidden states and "
            "logits are not attention: pass outputs.attentions."
        )
    return array


def _is_steps(attention):
    """True for a tuple of steps, each a tuple of tensors (generate with output_attentions)."""
    first = next((a for a in attention if a is not None), None)
    return isinstance(first, (tuple, list)) and len(first) > 0 and all(a is None or is_array(a) for a in first)


def _joined_steps(steps, where):
    """Steps of layers as layers: rows follow each other, each over the keys that there were."""
    count = len(steps[0])
    if any(len(step) != count for step in steps):
        raise TraceError(f"{where}: the steps of generate() have different numbers of layers.")
    crossing = where.startswith("cross")
    return [_one_layer([step[i] for step in steps], f"{where}, layer {i}", crossing) for i in range(count)]


def _one_layer(parts, where, crossing):
    if any(part is None for part in parts):
        return None
    parts = [_batched(part, where) for part in parts]
    batch, heads = parts[0].shape[:2]
    if any(part.shape[:2] != (batch, heads) for part in parts):
        raise TraceError(f"{where}: the batch changes between steps. Use headscope.generate(model, tokenizer, text).")
    rows = sum(part.shape[2] for part in parts)
    keys = max(part.shape[3] for part in parts)
    keys = keys if crossing else max(rows, keys)
    out = np.zeros((batch, heads, rows, keys), np.float32)
    at = 0
    for part in parts:
        end = at + part.shape[2]
        # A cache with a window hands over its last keys only; one of fixed size all its places.
        first = 0 if crossing else max(0, end - part.shape[3])
        out[:, :, at:end, first : first + part.shape[3]] = part
        at = end
    grows = parts[0].shape[3] < keys or keys > rows
    return out[..., :rows] if grows and not out[..., rows:].any() else out


def item_of(layers, item, where):
    """One text of a batch from every layer."""
    size = next(layer.shape[0] for layer in layers if layer is not None)
    if item is None and size > 1:
        raise TraceError(f"{where} holds a batch of {size} texts: choose one with item=0 to item={size - 1}.")
    if item is not None and not 0 <= item < size:
        raise TraceError(f"item is {item}, but {where} holds a batch of {size}.")
    return [None if layer is None else layer[item or 0] for layer in layers]


def checked_weights(layers, where):
    """Weights as attention must be; rows of NaN (padding under an eager mask) become zeros. Returns notes with them."""
    notes, out = [], []
    for i, layer in enumerate(layers):
        if layer is None:
            out.append(None)
            continue
        nan = np.isnan(layer).any(-1, keepdims=True)
        if nan.any():
            layer = np.where(nan, np.float32(0), layer)
            notes.append("Rows that were NaN, as masked padding is, are shown as zeros.")
        _check(layer, f"{where}, layer {i}", notes)
        out.append(layer)
    return out, list(dict.fromkeys(notes))


def _check(layer, where, notes):
    if not np.isfinite(layer).all() or layer.min() < 0 or layer.max() > 4:
        raise TraceError(
            f"{where} holds values from {layer.min():.3g} to {layer.max():.3g}; attention lies between 0 and 1. "
            "Scores before softmax and hidden states are not attention: pass outputs.attentions."
        )
    rows, columns = layer.sum(-1), layer.sum(-2)
    if rows.max() <= 1.02:
        return
    if abs(columns.max() - 1) < 0.02 and abs(columns.min() - 1) < 0.02:
        raise TraceError(f"{where} is transposed: its columns sum to 1. Swap its last two axes; rows are queries.")
    if ((layer == 0) | (layer == 1)).all():
        raise TraceError(f"{where} is a mask, nothing but 0 and 1, and no attention: pass outputs.attentions.")
    notes.append(
        f"Rows sum to up to {rows.max():.2f}: attention was recorded with dropout (call model.eval()), summed or rounded."
    )
