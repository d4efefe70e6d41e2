"""Running a model on a text and recording it: show, and generate for any way of decoding."""

import contextlib

import torch
from transformers import LogitsProcessor, LogitsProcessorList

from ..errors import TraceError
from .interface import is_pair, refuse_family, unwrapped
from .recorder import Recorder
from .run import NO_WEIGHTS


def show(model, tokenizer, text, text_b=None, *, precision=None):
    """Runs a model on a text (or a pair) and returns its Trace, which a notebook draws.

    text: a string, or a dictionary of the model's inputs. text_b: sentence B; for an encoder-decoder the target, which
    the model writes itself where it is left out. A tokenizer of None is allowed where inputs are given.
    """
    _check(model)
    if is_pair(unwrapped(model)):
        return _show_pair(model, tokenizer, text, text_b, precision)
    inputs, spans = _inputs(model, tokenizer, text, text_b)
    with _still(model), Recorder(model, tokenizer, precision) as recorder:
        model(**inputs)
    return _placed(recorder.trace, spans)


def _show_pair(model, tokenizer, source, target, precision):
    inputs, _ = _inputs(model, tokenizer, source, None)
    if target is None and not ({"decoder_input_ids", "labels"} & set(inputs)):
        return generate(model, tokenizer, inputs, precision=precision)
    if target is not None:
        ids = tokenizer(text_target=target, return_tensors="pt").input_ids
        inputs["labels"] = ids.to(model.device)
    with _still(model), Recorder(model, tokenizer, precision) as recorder:
        model(**inputs)
    return recorder.trace


def generate(model, tokenizer, text, *, precision=None, **options):
    """Lets a model write on and returns the Trace of the finished text, recorded in one pass over it.

    Right for every way of decoding: beams, drafts (assistant_model), sampling, any cache. Where the inputs hold more than
    a text (pictures, types of tokens), the model writes the same words once more instead. options: those of
    model.generate. The last token is left out: it was written, but nothing has attended from it.
    """
    _check(model)
    inputs, _ = _inputs(model, tokenizer, text, None)
    if not hasattr(model, "generate"):
        raise TraceError(f"{type(model).__name__} writes no text: it has no generate(). Use headscope.show.")
    pair = is_pair(unwrapped(model))
    if not pair and "input_ids" not in inputs:
        raise TraceError(f"The inputs hold {', '.join(inputs)}, but no input_ids, which the text is written behind.")
    with _still(model):
        written = model.generate(**inputs, **{"max_new_tokens": 20, **options, "return_dict_in_generate": False})
    if not pair and set(inputs) - {"input_ids", "attention_mask"}:
        return _again(model, tokenizer, inputs, written, precision)
    finished = written[:1, :-1] if written.shape[1] > 1 else written[:1]
    start = 1 if pair else inputs["input_ids"].shape[1]
    whole = dict(inputs)
    if not pair:
        finished, start = _without_padding(whole.pop("attention_mask", None), finished, start)
    whole["decoder_input_ids" if pair else "input_ids"] = finished
    with _still(model), Recorder(model, tokenizer, precision) as recorder:
        model(**whole, use_cache=False)
    trace = recorder.trace
    stream = trace.manifest["streams"][-1]
    if start < len(stream["tokens"]):
        trace.manifest["generated"] = {"stream": stream["name"], "start": start}
    return trace


def _again(model, tokenizer, inputs, written, precision):
    """The Trace of a text that is written once more, word by word: generate() knows what goes with each new word."""
    fixed = LogitsProcessorList([_Fixed(written)])
    count = written.shape[1] - inputs["input_ids"].shape[1]
    plain = dict(max_new_tokens=count, min_new_tokens=count, do_sample=False, num_beams=1, num_return_sequences=1)
    with _still(model), Recorder(model, tokenizer, precision) as recorder:
        model.generate(**inputs, **plain, logits_processor=fixed)
    return recorder.trace


class _Fixed(LogitsProcessor):
    """Lets a model write the words of a finished text [1, tokens], and no others."""

    def __init__(self, written):
        self.written = written

    def __call__(self, input_ids, scores):
        only = torch.full_like(scores, -float("inf"))
        only[:, self.written[0, input_ids.shape[1]]] = 0
        return only


def _without_padding(mask, finished, start):
    """The finished text [1, tokens] and where its written part begins, without the padding of the prompt.

    generate() counts positions without it; a model that is called once with a mask counts it (GPT-2).
    """
    if mask is None or mask.ndim != 2 or bool((mask != 0).all()):
        return finished, start
    keep = torch.ones(finished.shape[1], dtype=torch.bool, device=finished.device)
    keep[: mask.shape[1]] = mask[0, : finished.shape[1]].to(keep.device) != 0
    return finished[:, keep], int((mask[0] != 0).sum())


def _check(model):
    """Refuses early what is no model, or has no weights."""
    refuse_family(unwrapped(model).config)
    # Layers that accelerate keeps on disk are on "meta" too until they run.
    if not hasattr(model, "hf_device_map") and all(weights.is_meta for weights in model.parameters()):
        raise TraceError(NO_WEIGHTS)


def _inputs(model, tokenizer, text, text_b):
    """The model's inputs, and for a fast tokenizer where each token stands in its text: (start, end, segment)."""
    device = model.device
    if hasattr(text, "items"):
        ids = text.get("input_ids")
        if torch.is_tensor(ids) and ids.ndim == 2 and ids.shape[0] > 1:
            raise TraceError(
                f"The inputs hold a batch of {ids.shape[0]} texts, and this shows one: pass one of them, or call the model "
                "inside `with headscope.record(model, tokenizer) as r:`, whose r.traces are all."
            )
        return {k: v.to(device) if torch.is_tensor(v) else v for k, v in text.items()}, None
    if tokenizer is None or not isinstance(text, str):
        raise TraceError(
            f"text is {type(text).__name__}: pass a string and a tokenizer, or a dictionary of the model's inputs, e.g. "
            'tokenizer(text, return_tensors="pt").'
        )
    fast = getattr(tokenizer, "is_fast", False)
    pair = (text,) if text_b is None else (text, text_b)
    encoded = tokenizer(*pair, return_tensors="pt", return_offsets_mapping=bool(fast))
    spans = None
    if fast:
        offsets, sides = encoded.pop("offset_mapping")[0].tolist(), encoded.sequence_ids(0)
        spans = [(*offset, side) for offset, side in zip(offsets, sides)]
    return {key: value.to(device) for key, value in encoded.items()}, spans


def _placed(trace, spans):
    """Says of each token where it stands in its text, and in which sentence."""
    tokens = trace.manifest["streams"][0]["tokens"]
    if spans is None or len(spans) != len(tokens):
        return trace
    for token, (start, end, side) in zip(tokens, spans):
        if side is not None:
            token.update(start=start, end=end, segment=side)
    return trace


@contextlib.contextmanager
def _still(model):
    """Without gradients and without dropout, and as it was afterwards."""
    training = model.training
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        model.train(training)
