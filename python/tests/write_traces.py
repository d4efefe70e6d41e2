"""Writes traces and the attention they must give, for the test that reads them in TypeScript (test/python.test.ts).

    python write_traces.py FOLDER
"""

import itertools
import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

sys.path.insert(0, str(Path(__file__).parents[1]))
import headscope  # noqa: E402
from headscope.blocks import NO_RECIPE, manifest_of  # noqa: E402

FAMILIES = ("gpt2", "gemma2", "gemma4", "gpt_oss", "llama4", "mistral", "t5", "bart", "bert", "falcon", "qwen3_next", "vit")


def main(folder):
    """Files NAME.safetensors and NAME.expected.safetensors, whose tensors are named block.layer."""
    for name, trace in (*made_up(), *recorded()):
        trace.save(folder / f"{name}.safetensors")
        expected = {f"{b}.{i}": trace.attention(b, i) for b in trace.blocks for i in trace.layers(b)}
        save_file({key: np.ascontiguousarray(t) for key, t in expected.items()}, folder / f"{name}.expected.safetensors")
    print("torch" if any(folder.glob("gpt2.*")) else "no torch")


def made_up():
    """Every recipe on its own, with sizes and masks that differ from layer to layer."""
    random = np.random.default_rng(7)
    n = 6
    sizes = [(4, 2, 5), (2, 1, 3)]
    recipes = {
        "plain": {},
        "causal": {"causal": True},
        "window": {"causal": True, "window": [2, 0]},
        "softcap": {"softcap": 1.5},
        "sinks": {"sinks": True},
        "bias": {"bias": "tensor", "causal": True},
    }
    for (name, recipe), masked in itertools.product(recipes.items(), (False, True)):
        block = {"name": "self", "queries": "text", "keys": "text", "layers": 2}
        block.update({key: [size[i] for size in sizes] for i, key in enumerate(("heads", "kvHeads", "headSize"))})
        block["recipe"] = [{**NO_RECIPE, "scale": 0.6, **recipe}, {**NO_RECIPE, "scale": 0.9, **recipe}]
        tensors = {}
        for layer, (heads, groups, size) in enumerate(sizes):
            shapes = {"q": (heads, n, size), "k": (groups, n, size), "v": (groups, n, size)}
            if name == "sinks":
                shapes["sinks"] = (heads,)
            if name == "bias":
                shapes["bias"] = (heads, n, n)
            for part, shape in shapes.items():
                tensors[f"self.{layer}.{part}"] = random.normal(size=shape).astype(np.float32)
        if masked:
            tensors["self.1.mask"] = np.tril(np.ones((n, n), np.uint8)) & np.repeat(np.arange(n) != 1, n).reshape(n, n).T
            tensors["self.mask"] = (np.arange(n) != 3)[None, :].repeat(n, 0).astype(np.uint8) | np.eye(n, dtype=np.uint8)
        stream = {"name": "text", "tokens": headscope.blocks.numbered(n)}
        yield f"{name}-{'masked' if masked else 'open'}", headscope.Trace(manifest_of([stream], [block]), tensors)


def recorded():
    """Traces of tiny models, where torch is there."""
    try:
        import torch

        from models import build, feeds
    except ImportError:
        return
    for name in FAMILIES:
        model, inputs = build(name), feeds(name, padded=name != "vit")
        with torch.no_grad(), headscope.record(model) as r:
            model(**inputs)
        yield name, r.traces[1]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
