"""Transformers under the clock: one process that reads JSON requests line by line and answers each with one JSON line.

{"do": "load", "model": folder, "threads": n}, {"do": "attention", "ids", "logits": "all"|"last"} (eager, all attention),
{"do": "plain", "ids"} (sdpa, no attention, last logits), {"do": "generate", "ids", "tokens"}, {"do": "memory"}.
Float32, evaluation mode, no gradients.
"""
import json
import resource
import sys
import time

import torch
import transformers

transformers.utils.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()


class Reference:
    model = None

    def load(self, request):
        torch.set_num_threads(request["threads"])
        load = transformers.AutoModelForCausalLM.from_pretrained
        self.model = load(request["model"], dtype=torch.float32, attn_implementation="eager").eval()
        return {"versions": {"torch": torch.__version__, "transformers": transformers.__version__}}

    def forward(self, ids, implementation, **options):
        self.model.set_attn_implementation(implementation)
        started = time.perf_counter()
        with torch.no_grad():
            self.model(torch.tensor([ids]), **options)
        return {"seconds": time.perf_counter() - started}

    def attention(self, request):
        rows = {} if request["logits"] == "all" else {"logits_to_keep": 1, "use_cache": False}
        return self.forward(request["ids"], "eager", output_attentions=True, **rows)

    def plain(self, request):
        return self.forward(request["ids"], "sdpa", logits_to_keep=1, use_cache=False)

    def sweep(self, request):
        """Each head silenced in turn: its part of the input of GPT-2's c_proj is set to 0 by a hook."""
        config = self.model.config
        size = config.n_embd // config.n_head
        ids = torch.tensor([request["ids"]])
        self.model.set_attn_implementation("sdpa")
        started = time.perf_counter()
        with torch.no_grad():
            for block in self.model.transformer.h:
                for head in range(config.n_head):
                    def silence(_, inputs, first=head * size):
                        changed = inputs[0].clone()
                        changed[..., first:first + size] = 0
                        return (changed,)
                    hook = block.attn.c_proj.register_forward_pre_hook(silence)
                    self.model(ids, logits_to_keep=1, use_cache=False)
                    hook.remove()
        return {"seconds": time.perf_counter() - started}

    def generate(self, request):
        self.model.set_attn_implementation("sdpa")
        count = request["tokens"]
        ids = torch.tensor([request["ids"]])
        started = time.perf_counter()
        with torch.no_grad():
            out = self.model.generate(
                ids, attention_mask=torch.ones_like(ids), do_sample=False,
                min_new_tokens=count, max_new_tokens=count, pad_token_id=0,
            )
        return {"seconds": time.perf_counter() - started, "ids": out[0, ids.shape[1]:].tolist()}

    def memory(self, _):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return {"megabytes": peak / (1e6 if sys.platform == "darwin" else 1e3)}


reference = Reference()
for line in sys.stdin:
    request = json.loads(line)
    try:
        answer = getattr(reference, request["do"])(request)
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
