"""The recorder: hooks on the model say when a run begins and what is fed, the attention function says the rest."""

import re
import sys

import torch

from ..errors import TraceError
from .assembly import towers_of, traces_of
from .interface import NAME, owners
from .refusals import refuse_family
from .run import Run, Step, call_of, copied


class Recorder:
    """Records the runs of a model between enter and exit; see headscope.record."""

    def __init__(self, model, tokenizer=None, precision=None):
        self.model = getattr(model, "_orig_mod", model)
        if not isinstance(self.model, torch.nn.Module) or not hasattr(self.model, "config"):
            raise TraceError(
                f"record takes a Transformers model, not {type(model).__name__}. Of a pipeline pass pipe.model and "
                "pipe.tokenizer; for arrays use headscope.from_attention."
            )
        if precision not in (None, "f16", "f32"):
            raise TraceError(f'precision is {precision!r}; expected "f16" or "f32".')
        refuse_family(self.model.config)
        self.tokenizer = getattr(tokenizer, "tokenizer", tokenizer)
        self.precision = precision
        self.runs = []
        self._outer = model
        self._step = None
        self._traces = None
        self.by_output = not _goes_through(self.model)
        self._names = {module: name for name, module in self.model.named_modules()}
        encoder = self.model.get_encoder() if self.model.config.is_encoder_decoder else None
        self._encoder_name = self._names.get(encoder, "") if encoder is not None else None
        self._encoder = encoder

    def __enter__(self):
        if any(module in owners for module in self._names):
            raise TraceError("This model is being recorded already; leave the other `with headscope.record` first.")
        self._configs = {
            id(m.config): (m.config, m.config._attn_implementation)
            for m in self._names
            if hasattr(m, "config") and hasattr(m.config, "_attn_implementation")
        }
        for module in self._names:
            owners[module] = self
        self._hooks = self._hooked()
        if not self.by_output:
            self.model.set_attn_implementation(NAME)
        return self

    def __exit__(self, *_):
        for config, implementation in self._configs.values():
            config._attn_implementation_internal = implementation
        for hook in self._hooks:
            hook.remove()
        for module in self._names:
            owners.pop(module, None)
        self._step = None

    def _hooked(self):
        begin, end = torch.compiler.disable(self._begin), torch.compiler.disable(self._end)
        # A compiled model may not see hooks that are younger than it, so the module around it gets them too.
        around = [self.model] if self._outer is self.model else [self.model, self._outer]
        hooks = []
        for module in around:
            hooks.append(module.register_forward_pre_hook(begin, with_kwargs=True))
            hooks.append(module.register_forward_hook(end, always_call=True))
        if self._encoder is not None and self._encoder is not self.model:
            hooks.append(self._encoder.register_forward_pre_hook(self._begin_encoder, with_kwargs=True))
            hooks.append(self._encoder.register_forward_hook(self._end_encoder, always_call=True))
        return hooks

    @property
    def traces(self):
        """One Trace for each text of each run, in order."""
        if not self.runs:
            raise TraceError("Nothing was recorded: call the model inside `with headscope.record(model) as r:`.")
        if self._traces is None:
            self._traces = [trace for run in self.runs for trace in traces_of(run, self)]
        return self._traces

    @property
    def trace(self):
        """The Trace of the first text."""
        return self.traces[0]

    @property
    def towers(self):
        """Traces of the stacks beside the text, such as the vision tower of a model with pictures: {name: Trace}."""
        found = {}
        for run in self.runs:
            found.update(towers_of(run, self))
        return found

    def is_encoder(self, stack):
        """True for a stack of the encoder of an encoder-decoder."""
        return self._encoder_name is not None and stack.startswith(f"{self._encoder_name}.")

    def note(self, module, query, key, value, mask, kwargs):
        """One attention call; outside of a step it is a recomputation (gradient checkpointing) and is ignored."""
        step = self._step
        if step is None:
            return
        stack, layer = place_of(self._names[module])
        seen = step.calls.setdefault(stack, [])
        if layer in seen:  # one module for several layers (ALBERT): they follow each other
            layer = len(seen)
        seen.append(layer)
        run = self.runs[-1]
        cross = self._is_cross(run, step, stack, layer)
        known = cross and layer in run.stacks.get(stack, {})
        run.add(stack, layer, call_of(module, step, (query, key, value), mask, kwargs, cross, known))
        if not cross and not self.is_encoder(stack):
            run.latest[stack, layer] = key.detach()

    def _is_cross(self, run, step, stack, layer):
        """In a decoder the second attention of a layer is the one to the encoder."""
        if self._encoder_name is None or self.is_encoder(stack):
            return False
        before = stack.split("#")[0]
        others = (s for s, layers in step.calls.items() if s != stack and layer in layers)
        if stack not in run.cross and any(s.split("#")[0] == before for s in others):
            run.cross.add(stack)
        return stack in run.cross

    def _begin(self, module, args, kwargs):
        if self._step is not None:
            return None
        self._traces = None
        fed = _fed(self.model, args, kwargs, self._encoder_name is not None)
        past = fed.pop("past")
        run = self._run_for(fed, past)
        run.inputs.update({key: copied(value) for key, value in fed.items() if value is not None})
        # Encoder and decoder are fed together: in an encoder-decoder `ids` are those of the decoder.
        if self._encoder_name is not None and fed["source"] is not None:
            run.encoder = {"ids": copied(fed["source"]), "mask": copied(fed["source_mask"])}
        run.ids.append(copied(fed["ids"]))
        self._step = Step(fed["ids"], past)
        if self.by_output:
            return args, {**kwargs, "output_attentions": True, "return_dict": True}
        return None

    def _run_for(self, fed, past):
        last = self.runs[-1] if self.runs else None
        if past > 0:
            if last is None:
                last = self._new()
                last.trouble = "The cache was filled before the recording began: record the whole run."
            elif past != last.total and last.all_ids() is not None:
                last.trouble = last.trouble or (
                    "The cache was cut or reordered between steps, as assisted decoding does. Use "
                    "headscope.generate(model, tokenizer, text, ...), which records the finished text in one pass."
                )
            return last
        if last is not None and last.pending:
            last.pending = False
        elif last is not None and _in_generate() and _extends(last.all_ids(), fed["ids"]):
            last.restart(self.is_encoder)
        else:
            last = self._new()
        last.first = last.first or (fed["ids"].shape[1] if fed["ids"] is not None and _in_generate() else None)
        return last

    def _new(self):
        self.runs.append(Run())
        return self.runs[-1]

    def _end(self, module, args, output):
        if self._step is None:
            return
        if module is self.model or module is self._outer:
            if self.by_output and output is not None:
                self.runs[-1].outputs.append(_attentions(output))
            self._step = None

    def _begin_encoder(self, module, args, kwargs):
        fed = _fed(module, args, kwargs, False)
        if self._step is None:  # generate() calls the encoder by itself, before the model
            self._traces = None
            run = self._new()
            run.pending = True
            self._step = Step(None, 0, encoder_only=True)
        run = self.runs[-1]
        run.encoder = {"ids": copied(fed["ids"]), "mask": copied(fed["mask"])}
        self._main, self._step = self._step, Step(None, 0, encoder_only=True, calls=self._step.calls)
        if self.by_output:
            return args, {**kwargs, "output_attentions": True, "return_dict": True}
        return None

    def _end_encoder(self, module, args, output):
        main = self.__dict__.pop("_main", None)
        if self.by_output and output is not None and self.runs:
            self.runs[-1].encoder_output = _attentions(output).get("attentions")
        self._step = None if main is None or main.encoder_only else main


def place_of(name):
    """Stack and layer of a module: its name with the first number taken out, and that number."""
    found = re.search(r"(?<=\.)\d+(?=\.|$)|^\d+(?=\.)", name)
    if not found:
        return name, 0
    return f"{name[: found.start()]}#{name[found.end() :]}", int(found[0])


def _goes_through(model):
    """True if every part of the model with attention uses the interface."""
    parts = [m for m in model.modules() if hasattr(m, "_can_set_attn_implementation")]
    return bool(parts) and all(part._can_set_attn_implementation() for part in parts)


def _fed(module, args, kwargs, is_pair):
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
    past = 0 if cache is None else int(cache.get_seq_length())
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
    }


def _ids(tensor):
    return tensor if torch.is_tensor(tensor) and tensor.ndim == 2 and not tensor.is_floating_point() else None


def _mask(tensor):
    return tensor if torch.is_tensor(tensor) and tensor.ndim == 2 else None


def _extends(before, ids):
    """True if `ids` are those before and one more."""
    if before is None or ids is None or ids.shape[1] != before.shape[1] + 1 or ids.shape[0] != before.shape[0]:
        return False
    return torch.equal(ids[:, :-1].cpu(), before)


def _in_generate():
    """True while Transformers' generate() is running in this thread."""
    frame = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        if code.co_name == "generate" and code.co_filename.endswith(("generation/utils.py", "generation\\utils.py")):
            return True
        frame = frame.f_back
    return False


def _attentions(output):
    """The attentions of an output, copied."""
    names = ("attentions", "encoder_attentions", "decoder_attentions", "cross_attentions")
    found = {name: getattr(output, name, None) for name in names}
    return {
        name: tuple(copied(layer) if torch.is_tensor(layer) else layer for layer in layers)
        for name, layers in found.items()
        if layers is not None
    }
