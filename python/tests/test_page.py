"""Pages and cells: self-contained, within their budget, and hostile text never becomes markup."""

import base64
import hashlib
import html
import json
import re
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest

import headscope
from conftest import rows_of
from headscope import TraceError
from headscope.page import MAX_BYTES, cell, heads_png

BUILT = Path(headscope.__file__).parent / "static" / "headscope.js"
pytestmark = pytest.mark.skipif(not BUILT.exists(), reason="headscope.js is not built: npm run build")


def script_of(page, name):
    return re.search(rf'id="{name}">(.*?)</script>', page, re.S)[1]


def trace_in(page):
    return headscope.load(zlib.decompress(base64.b64decode(script_of(page, "headscope-trace")), -15))


def queries_and_keys(seed=0, layers=3, heads=4, n=16, size=8):
    random = np.random.default_rng(seed)
    block = {"name": "self", "queries": "text", "keys": "text", "layers": layers, "heads": heads, "kvHeads": heads}
    block.update(headSize=size, recipe={**headscope.blocks.NO_RECIPE, "scale": 0.5, "causal": True})
    stream = {"name": "text", "tokens": headscope.blocks.numbered(n)}
    tensors = {
        f"self.{layer}.{part}": random.normal(size=(heads, n, size)).astype(np.float32)
        for layer in range(layers)
        for part in "qkv"
    }
    return headscope.Trace(headscope.blocks.manifest_of([stream], [block]), tensors)


def test_a_page_holds_all_patterns_and_the_neurons_of_one_layer():
    trace = queries_and_keys()
    page = trace_in(trace.html(layer=1, heads=[2]))
    assert {name for name in page.tensors if not name.endswith("pattern")} == {"self.1.q", "self.1.k", "self.1.v"}
    for layer in range(3):
        assert np.abs(page.attention("self", layer) - trace.attention("self", layer)).max() < 0.004


def test_a_page_keeps_to_its_budget_and_says_what_is_missing():
    trace = headscope.from_attention(rows_of(1, layers=8, heads=4, n=64))
    text = trace.html(layer=5, max_bytes=60_000)
    page = trace_in(text)
    assert 5 in page.layers("self") and len(page.layers("self")) < 8
    assert len(script_of(text, "headscope-trace")) < 70_000
    missing = [layer for layer in range(8) if layer not in page.layers("self")]
    said = re.search(r"leaves out layers ([^.]+)\.", text)[1]
    spans = [[int(n) for n in part.split(" to ")] for part in said.split(", ")]
    assert [n for span in spans for n in range(span[0], span[-1] + 1)] == missing
    assert len(trace.html()) < MAX_BYTES


def test_a_notebooks_output_stays_under_three_megabytes_with_script_and_picture():
    trace = headscope.from_attention(rows_of(2, layers=12, heads=12, n=180))
    output = cell(trace)
    assert "leaves out layer" in output
    assert len(output) < 3_000_000


def test_no_request_can_leave_a_page():
    text = queries_and_keys().html()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    code = re.search(r'<script type="module">(.*?)</script>', text, re.S)[1]
    assert base64.b64encode(hashlib.sha256(code.encode()).digest()).decode() in policy
    assert not re.search(r'(src|href)="(?!data:)', text)


def test_hostile_words_never_become_markup(tmp_path):
    words = ['</script><script>alert("x")</script>', "<img src=x onerror=alert(1)>", '"></iframe>', "\u202e]]>", "&amp;"]
    trace = headscope.from_attention(rows_of(1), words, name='<b onload="x">')
    trace.html(tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text("utf-8")
    shown = cell(trace)
    assert page.count("</script>") == 3 and "<img src=x" not in page and "<b onload" not in page
    assert shown.count("</script>") == 1 and "<b onload" not in shown and shown.count("</iframe>") == 1
    assert trace_in(page).tokens() == words


def test_a_cell_is_a_sandboxed_frame_with_a_picture_behind_it():
    trace = queries_and_keys()
    shown = trace._repr_html_()
    assert 'sandbox="allow-scripts"' in shown
    inside = html.unescape(re.search(r'srcdoc="([^"]*)"', shown)[1])
    assert trace_in(inside).layers("self") == [0, 1, 2]
    name = re.search(r"<style>\.([\w-]+)\{display:none\}</style>", shown)[1]
    assert f'<div class="{name}">' in shown and 'src="data:image/png;base64,' in shown
    assert name not in cell(trace)


def test_the_picture_has_a_cell_for_every_head():
    data = heads_png(queries_and_keys(layers=3, heads=4))
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", data[16:24]) == (4 * 19 + 3, 3 * 19 + 3)
    length = struct.unpack(">I", data[33:37])[0]
    rows = np.frombuffer(zlib.decompress(data[41 : 41 + length]), np.uint8).reshape(3 * 19 + 3, -1)[:, 1:]
    assert (rows[3, 9:12] != rows[18, 9:12]).any()  # the first row of a causal head is not its last


def test_options_are_checked_and_reach_the_page():
    trace = queries_and_keys()
    state = json.loads(script_of(trace.html(view="matrix", layer=2, heads=3), "headscope-state"))
    assert state == {"view": "matrix", "selection": {"layer": 2, "heads": [3]}}
    assert '<html lang="en" data-theme="dark">' in trace.html(theme="dark")
    for options, message in [
        ({"view": "lines"}, "view is 'lines'; expected one of panel, head, model, matrix, neuron"),
        ({"layer": 3}, "Layer 3 of self was not recorded; there are 0 to 2"),
        ({"heads": [4]}, r"heads are \[4\]; the layer has heads 0 to 3"),
        ({"theme": "blue"}, "theme is 'blue'"),
        ({"block": "cross"}, "no block 'cross'"),
    ]:
        with pytest.raises(TraceError, match=message):
            trace.html(**options)
    with pytest.raises(TraceError, match="height is 7"):
        trace.view(height=7)


def test_a_page_says_that_layers_were_left_out_on_purpose():
    trace = queries_and_keys()
    state = lambda shown, **options: json.loads(script_of(shown.html(**options), "headscope-state"))  # noqa: E731
    assert "leftOut" not in state(trace)
    assert "leftOut" not in state(trace.select(tokens=slice(0, 8)))
    assert state(trace.select(layers=[1]))["leftOut"] is True
    assert state(trace.select(layers=[1]).select(tokens=slice(0, 8)))["leftOut"] is True
    assert state(trace, max_bytes=1500)["leftOut"] is True


def test_masks_of_layers_and_biases_stay_with_their_patterns():
    trace = queries_and_keys()
    mask = np.tril(np.ones((16, 16), np.uint8))
    mask[8:, :8] = 0
    trace.tensors["self.1.mask"] = mask
    page = trace_in(trace.html(layer=1))
    assert np.array_equal(page.tensors["self.1.mask"], mask)
    del page.tensors["self.1.pattern"]
    assert np.abs(page.attention("self", 1) - trace.attention("self", 1)).max() < 2e-3


def test_scores_are_those_of_typescript():
    pytest.importorskip("py_mini_racer")
    trace = headscope.from_attention([np.eye(6, k=-1, dtype=np.float32)[None, None] + np.eye(6)[0] * np.eye(6)[:, :1]])
    tables = trace.scores()
    previous = tables["previous"]
    assert previous["values"].shape == (1, 1) and previous["values"][0, 0] == pytest.approx(1)
    assert previous["definition"]


@pytest.mark.parametrize("heads", [2, np.int64(2), [2], np.array([2]), (2, 2)])
def test_heads_of_every_kind(heads, attention, words):
    shown = headscope.from_attention(attention, words).view(heads=heads)
    assert "&quot;heads&quot;: [2]" in shown.data
    for wrong in ([3], [], "all", [-1], 1.5):
        with pytest.raises(TraceError, match="the layer has heads 0 to 2"):
            headscope.from_attention(attention, words).view(heads=wrong)
