"""The recorder: hooks on the model say when a run begins and what is fed, the attention function says the rest."""

import re
import threading

import torch

from ..errors import TraceError
from .assembly import towers_of, traces_of
from .interface import NAME, goes_through, is_pair, owners, refuse_family, unwrapped
from .run import BEAMS, Run, Step, call_of, copied, extends, fed_to, prompt_length, running


class Recorder:
    """Records the runs of a model between enter and exit; see headscope.record."""

    def __init__(self, model, tokenizer=None, precision=None):
        self.model = unwrapped(model)
        if precision not in (None, "f16", "f32"):
            raise TraceError(f'precision is {precision!r}; expected "f16" or "f32".')
        refuse_family(self.model.config)
        self.tokenizer = getattr(tokenizer, "tokenizer", tokenizer)
        self.precision = precision
        self.runs = []
        # A compiled model may not see hooks that are younger than it, so the module around it gets them too.
        self._outer = model if hasattr(model, "_orig_mod") else self.model
        self._here = threading.local()
        self._traces = None
        self.by_output = not goes_through(self.model)
        self._names = {module: name for name, module in self.model.named_modules()}
        self.is_pair = is_pair(self.model)
        encoder = self.model.get_encoder() if self.is_pair else None
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
        for config, implementation in self._configs.values():
            # Of a class whose source Transformers cannot read, it does not set the configuration.
            if not self.by_output:
                config._attn_implementation_internal = NAME
            # Masks for sdpa say yes or no; code that returns weights (Falcon's) would add them to the scores as numbers.
            elif implementation == "sdpa":
                config._attn_implementation_internal = "eager"
        return self

    def __exit__(self, *_):
        for config, implementation in self._configs.values():
            config._attn_implementation_internal = implementation
        for hook in self._hooks:
            hook.remove()
        for module in self._names:
            owners.pop(module, None)
        self._step = None

    # The step and the run that a thread is in: two threads may run the model at once.
    @property
    def _step(self):
        return getattr(self._here, "step", None)

    @_step.setter
    def _step(self, step):
        self._here.step = step

    @property
    def _run(self):
        return getattr(self._here, "run", None)

    def _hooked(self):
        begin, end = torch.compiler.disable(self._begin), torch.compiler.disable(self._end)
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
            raise TraceError("Nothing was recorded: call the model inside `with headscope.record(model) as r:`." + self._by_a_part())
        if self._traces is None:
            self._traces = [trace for run in self.runs for trace in traces_of(run, self)]
        return self._traces

    def _by_a_part(self):
        """Names the parts that can write by themselves: generate() of BLIP and Kosmos-2 calls one, and not the model."""
        parts = [f"model.{name}" for module, name in self._names.items() if name and getattr(module, "can_generate", bool)()]
        if not parts:
            return ""
        return f" The generate() of {type(self.model).__name__} calls a part of it; record that: headscope.record({parts[0]})."

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
        stack, layer = place_of(self._names[module], not self.is_pair)
        run = self._run
        if not self.is_pair and (stack in run.apart or reads_else(stack, step, query, key)):
            run.apart.add(stack)
            return
        seen = step.calls.setdefault(stack, [])
        again, step.latest[stack] = step.latest.get(stack) is module, module
        if layer in seen and (not step.covers(query) or (again and self._is_of_pictures(step))):
            return  # of several pictures, or windows of one, each is a call: the first is kept
        if layer in seen:  # one module for several layers (ALBERT), or a layer of two (LongCat): they follow each other
            layer = max(seen) + 1
        seen.append(layer)
        cross = self._is_cross(run, step, stack, layer)
        known = cross and layer in run.stacks.get(stack, {})
        run.add(stack, layer, call_of(module, step, (query, key, value), mask, kwargs, cross, known))
        if not cross and not self.is_encoder(stack):
            run.latest[stack, layer] = key.detach()

    def _is_of_pictures(self, step):
        """True where a module that is called twice in a row attends in a picture each: not for layers that share a module."""
        return step.ids is None and not hasattr(self.model.config, "num_hidden_groups")

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
        fed = fed_to(self.model, args, kwargs, self._encoder_name is not None)
        past, static = fed.pop("past"), fed.pop("static")
        run = self._run_for(fed, past)
        run.inputs.update({key: copied(value) for key, value in fed.items() if value is not None})
        # Encoder and decoder are fed together: in an encoder-decoder `ids` are those of the decoder.
        if self._encoder_name is not None and fed["source"] is not None:
            run.encoder = {"ids": copied(fed["source"]), "mask": copied(fed["source_mask"])}
        run.ids.append(copied(fed["ids"]))
        self._step = Step(fed["ids"], past, static=static)
        if self.by_output:
            return args, {**kwargs, "output_attentions": True, "return_dict": True}
        return self._with_all_rows(args, kwargs)

    def _with_all_rows(self, args, kwargs):
        """What a model is called with so that all its words attend in all layers.

        In Gemma 4, layers that share keys drop all words but those whose logits are asked for, by number and not by place.
        """
        kept = kwargs.get("logits_to_keep")
        if not (isinstance(kept, int) and kept and any(hasattr(m, "_maybe_slice_kv_shared_inputs") for m in self._names)):
            return None
        return args, {**kwargs, "logits_to_keep": torch.arange(-kept, 0, device=self.model.device)}

    def _run_for(self, fed, past):
        last = self._run
        if past > 0:
            last = last or (self.runs[-1] if self.runs else None)
            if last is None:
                last = self._new()
                last.trouble = "The cache was filled before the recording began: record the whole run."
            elif past != last.total and last.all_ids() is not None:
                last.trouble = last.trouble or (
                    f"The cache holds {past} places where {last.total} words were fed. Assisted decoding cuts a cache between "
                    "steps, and some models add words of their own (XLM, CPM-Ant, GIT with a picture). Use "
                    "headscope.generate(model, tokenizer, text, ...), which records the finished text in one pass."
                )
            elif self.by_output and running("_beam_search"):
                last.trouble = BEAMS  # on the other route the recorded keys say whether beams changed places
            self._here.run = last
            return last
        if last is not None and last.pending:
            last.pending = False
        elif last is not None and running("generate") and extends(last.all_ids(), fed["ids"]):
            last.restart(self.is_encoder)
        else:
            last = self._new()
        last.first = last.first or prompt_length(fed["ids"])
        return last

    def _new(self):
        self._here.run = Run()
        self.runs.append(self._run)
        return self._run

    def _end(self, module, args, output):
        if self._step is None:
            return
        if module is self.model or module is self._outer:
            if output is None:
                self._forget()
            elif self.by_output:
                self._run.outputs.append(_attentions(output))
            self._step = None

    def _forget(self):
        """A run that failed half-way is no recording."""
        if self._run in self.runs:
            self.runs.remove(self._run)
        self._here.run = None

    def _begin_encoder(self, module, args, kwargs):
        fed = fed_to(module, args, kwargs, False)
        if self._step is None:  # generate() calls the encoder by itself, before the model
            self._traces = None
            run = self._new()
            run.pending = True
            self._step = Step(None, 0, encoder_only=True)
        run = self._run
        run.encoder = {"ids": copied(fed["ids"]), "mask": copied(fed["mask"])}
        self._here.main, self._step = self._step, Step(None, 0, encoder_only=True, calls=self._step.calls)
        if self.by_output:
            return args, {**kwargs, "output_attentions": True, "return_dict": True}
        return None

    def _end_encoder(self, module, args, output):
        main = self._here.__dict__.pop("main", None)
        self._step = None if main is None or main.encoder_only else main
        if output is None:
            if self._step is None:
                self._forget()
        elif self.by_output and self._run is not None:
            self._run.encoder_output = _attentions(output).get("attentions")


def reads_else(stack, step, query, key):
    """True for attention to something beside the words that attend: a picture (Mllama), or blocks of words (DeepSeek-V4)."""
    rows, keys = query.shape[2], key.shape[2]
    other = keys > step.past + rows or (step.past == 0 and keys < rows)
    return "cross" in stack.split("#")[-1] or (other and not step.static)


def place_of(name, alike):
    """Stack and layer of a module: its name with the first number taken out, and that number.

    alike: so is a number at its end; those are attentions of one kind that a layer holds (layers.0.self_attn.1).
    """
    found = re.search(r"(?<=\.)\d+(?=\.|$)|^\d+(?=\.)", name)
    if not found:
        return name, 0
    rest = name[found.end() :]
    return f"{name[: found.start()]}#{re.sub(r'[.][0-9]+$', '.#', rest) if alike else rest}", int(found[0])


def _attentions(output):
    """The attentions of an output, copied."""
    names = ("attentions", "encoder_attentions", "decoder_attentions", "cross_attentions")
    found = {name: getattr(output, name, None) for name in names}
    return {
        name: tuple(copied(layer) if torch.is_tensor(layer) else layer for layer in layers)
        for name, layers in found.items()
        if layers is not None
    }
