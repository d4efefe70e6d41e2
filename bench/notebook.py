"""A notebook's output: bytes, and seconds from the call to its HTML; headscope beside BertViz and circuitsvis.

    python bench/notebook.py FOLDER TOKENS ROUNDS [headscope]    (needs numpy, safetensors, torch; bertviz, circuitsvis)

One causal attention of 12 x 12 heads for all. Writes each output as a page into FOLDER, BertViz's with scripts from
beside it, and prints a line of JSON for each: tool, view, tokens, bytes, seconds (one per round), page. With the last
word headscope alone is measured.
"""

import importlib.util
import json
import sys
import time
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch

warnings.filterwarnings("ignore")
sys.path.insert(0, str(Path(__file__).parents[1] / "python"))
from headscope.bertviz import head_view, model_view  # noqa: E402

START = '<!doctype html><meta charset="utf-8"><body>'


def attention(tokens, layers=12, heads=12):
    """Made-up weights from a seed, a tuple of [1, heads, tokens, tokens] float32."""
    random = np.random.default_rng(tokens)
    seen = np.tril(np.ones((tokens, tokens), bool))
    scores = np.where(seen, random.normal(size=(layers, 1, heads, tokens, tokens)) * 2, -np.inf)
    weights = np.exp(scores)
    return tuple(torch.tensor(w / w.sum(-1, keepdims=True), dtype=torch.float32) for w in weights)


def headscope_outputs():
    def output(view):
        def call(weights, words):
            html = view(weights, words, html_action="return").data
            return html, lambda: START + html

        return call

    return {"model": output(model_view), "head": output(head_view)}


def bertviz_outputs():
    import bertviz

    from bertviz_pages import page

    def output(view):
        def call(weights, words):
            html = view(weights, words, html_action="return").data
            return html, lambda: page(html)

        return call

    return {"model": output(bertviz.model_view), "head": output(bertviz.head_view)}


def circuitsvis_outputs():
    from circuitsvis.attention import attention_patterns

    def call(weights, words):
        shown = attention_patterns(words, torch.cat(weights, 1)[0])
        # In the notebook it names its script's address; the page has the script inside, as it is where nothing is online.
        return str(shown), lambda: START + shown.local_src

    return {"all heads": call}


TOOLS = {"headscope": headscope_outputs, "BertViz": bertviz_outputs, "circuitsvis": circuitsvis_outputs}


def measured(folder, tool, view, call, tokens, rounds):
    call(attention(4), list("abcd"))
    weights, words = attention(tokens), [f"w{i}" for i in range(tokens)]
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        html, page = call(weights, words)
        seconds.append(time.perf_counter() - start)
    name = f"{tool}-{view}-{tokens}.html".replace(" ", "-")
    (folder / name).write_text(page(), encoding="utf-8")
    size = len(html.encode())
    return {"tool": tool, "view": view, "tokens": tokens, "bytes": size, "seconds": seconds, "page": name}


def main(folder, tokens, rounds, *only):
    for tool, outputs in TOOLS.items():
        package = tool.lower()
        if only and package not in only or importlib.util.find_spec(package) is None:
            continue
        known = {} if tool == "headscope" else {package: version(package)}
        for view, call in outputs().items():
            row = measured(Path(folder), tool, view, call, int(tokens), int(rounds))
            print(json.dumps({**row, "versions": known}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
