"""Writes BertViz's three pages for a trace file that holds queries and keys, with scripts from beside the page.

python bertviz_pages.py TRACE FOLDER VIEW...    (VIEW: head, model, neuron)

The pages are what BertViz returns, with two changes: its scripts come from the folder "libs" instead of a content
network, and a script after the loader notes when the drawing code has finished.
"""
import json
import sys
import types
from pathlib import Path

import bertviz
import bertviz.neuron_view
import torch
from safetensors import safe_open

NOTE = """<script>
(() => {
  const load = window.requirejs;
  window.drawn = new Promise((done) => {
    window.requirejs = (names, draw) => load(names, (...modules) => { draw(...modules); done(performance.now()); });
    window.requirejs.config = load.config;
  });
})();
</script>"""

CDN = "https://cdnjs.cloudflare.com/ajax/libs/"
LOCAL = {
    "d3/5.7.0/d3.min": "libs/node_modules/d3/dist/d3.min",
    "jquery/2.0.0/jquery.min": "libs/node_modules/jquery/dist/jquery.min",
    "require.js/2.3.6/require.min.js": "libs/node_modules/requirejs/require.js",
}


def read(path):
    """Tokens, and per layer attention, queries and keys, each [1, heads, tokens, ...]."""
    with safe_open(path, "pt") as file:
        manifest = json.loads(file.metadata()["manifest"])
        layers = range(manifest["blocks"][0]["layers"])
        queries = [file.get_tensor(f"self.{layer}.q")[None] for layer in layers]
        keys = [file.get_tensor(f"self.{layer}.k")[None] for layer in layers]
    size = queries[0].shape[2]
    future = torch.ones(size, size).triu(1).bool()
    scale = manifest["blocks"][0]["recipe"]["scale"]
    scores = [(q @ k.transpose(2, 3) * scale).masked_fill(future, -torch.inf) for q, k in zip(queries, keys)]
    tokens = [token["text"] for token in manifest["streams"][0]["tokens"]]
    return tokens, [s.softmax(-1) for s in scores], queries, keys


def neuron_view(tokens, attention, queries, keys):
    """BertViz's own page around numbers that its own models did not compute."""
    lists = lambda tensors: [tensor[0].tolist() for tensor in tensors]
    data = {"attn": lists(attention), "queries": lists(queries), "keys": lists(keys)}
    made = {"all": {**data, "left_text": tokens, "right_text": tokens}}
    bertviz.neuron_view.get_attention = lambda *_, **__: made
    return bertviz.neuron_view.show(types.SimpleNamespace(), "gpt2", None, " ".join(tokens), html_action="return")


def page(html):
    for name, local in LOCAL.items():
        html = html.replace(CDN + name, local)
    if "https://" in html.replace("https://github.com", ""):
        raise SystemExit("This version of BertViz loads other scripts than those known here.")
    loader, rest = html.split("</script>", 1)
    return f'<!doctype html><meta charset="utf-8"><body>{loader}</script>{NOTE}{rest}'


def main():
    source, folder, *views = sys.argv[1:]
    tokens, attention, queries, keys = read(source)
    make = {
        "head": lambda: bertviz.head_view(attention, tokens, html_action="return"),
        "model": lambda: bertviz.model_view(attention, tokens, html_action="return"),
        "neuron": lambda: neuron_view(tokens, attention, queries, keys),
    }
    for view in views:
        (Path(folder) / f"{view}-{len(tokens)}.html").write_text(page(make[view]().data), encoding="utf-8")


if __name__ == "__main__":
    main()
