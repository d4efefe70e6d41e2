"""Figures from Python: the options, what is refused, PNG and PDF made of the SVG."""

import io
import re
import struct
import sys
import unicodedata
import warnings
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("py_mini_racer", reason="mini-racer is not installed: no figures are drawn")

import headscope  # noqa: E402
from conftest import rows_of  # noqa: E402
from headscope import TraceError  # noqa: E402
from headscope.scripts import files  # noqa: E402

BUILT = files("headscope") / "static" / "figures.js"
pytestmark = pytest.mark.skipif(not BUILT.is_file(), reason="figures.js is not built: npm run build")
# A font of a package that has white lenticular brackets, which most fonts lack.
MATH = Path(__file__).parents[2] / "node_modules" / "dejavu-fonts-ttf" / "ttf" / "DejaVuMathTeXGyre.ttf"
WORDS = ["The", "cat", "sat", "<b>&", "猫"]


@pytest.fixture
def trace():
    return headscope.from_attention(rows_of(3, causal=True), WORDS)


@pytest.mark.parametrize("view", ["head", "model", "matrix"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_view_in_both_themes(trace, view, theme, tmp_path):
    text = trace.svg(view=view, theme=theme, layer=1, heads=[2, 0], width="85mm")
    assert text.startswith("<svg ") and 'width="240.945pt"' in text
    assert trace.svg(tmp_path / "a.svg", view=view, theme=theme, layer=1, heads=[2, 0], width="85mm") is None
    assert (tmp_path / "a.svg").read_text("utf-8") == text
    if view != "model":
        assert "&lt;b&gt;&amp;" in text and "猫" in text


def test_what_is_chosen_is_drawn(trace):
    plain = trace.svg(caption=False)
    for other in (dict(layer=1), dict(heads=1), dict(pin="cat"), dict(pin=[0, -1]), dict(colors="log"), dict(rows_from=2)):
        with pytest.warns(UserWarning, match="positions 2 to 4 of 5") if "rows_from" in other else _nothing():
            assert trace.svg(caption=False, **other) != plain


def test_layers_words_and_runs_that_are_given_as_lists_and_traces(trace):
    beside = trace.svg(view="head", layer=1, beside=[0], hover=2, with_bar=True)
    assert ">Layer 0<" in beside and ">Layer 1<" in beside and 'class="square"' in beside
    few = trace.svg(view="model", caption=False)
    with pytest.warns(UserWarning, match="Only layer 1 and heads 0, 2 are drawn, of 2 layers with 3 heads"):
        assert trace.svg(view="model", caption=False, include_layers=1, include_heads=[0, 2]) != few
    ranked = trace.svg(view="model", pin="cat", to="The", sort="score")
    assert ranked != trace.svg(view="model", pin="cat")
    other = headscope.from_attention(rows_of(3, causal=True), WORDS)
    assert "difference" in trace.svg(compare=other) or "change" in trace.svg(compare=other)


@pytest.mark.parametrize("view", ["head", "matrix", "model"])
def test_words_without_a_counterpart_are_hatched(view, trace):
    """The lines that cross a word are there, and nothing of the plain figure is gone: attention stays that of this run."""
    same = headscope.from_attention(rows_of(4, causal=True), WORDS)
    other = headscope.from_attention(rows_of(4, n=4, causal=True), [*WORDS[:2], *WORDS[3:]])
    options = dict(view=view, layer=1, heads=[1], caption=False)
    plain, hatched = trace.svg(**options), trace.svg(hatch=other, **options)
    assert trace.svg(hatch=same, **options) == plain
    left, right = (set(text.splitlines()) for text in (plain, hatched))
    # Below the figure a key says what the lines mean, so that its size is another one, too.
    assert all(line.startswith(("<svg ", "<rect ")) for line in left - right)
    assert any(line.startswith('<path fill="none"') for line in right - left)


def test_what_cannot_be_hatched(trace):
    other = headscope.from_attention(rows_of(4, causal=True), WORDS)
    for options, said in [
        (dict(hatch=other, compare=other), "compare and hatch exclude each other"),
        (dict(hatch="run.safetensors"), "hatch is 'run.safetensors'; expected another trace"),
        (dict(hatch=other, view="neuron"), "hatch is for the views head, model and matrix"),
    ]:
        with pytest.raises(TraceError, match=said):
            trace.svg(**options)


class _nothing:
    def __enter__(self):
        pass

    def __exit__(self, *_):
        pass


@pytest.mark.parametrize(
    "options, said",
    [
        (dict(layer=2), 'layer is "2"; expected a number from 0 to 1'),
        (dict(heads=[0, 9]), 'heads is "9"; expected a number from 0 to 2'),
        (dict(pin="dog"), 'pin "dog" is no token of this text; there are: 0 The, 1 cat'),
        (dict(width=85), "width is 85; expected a length with its unit"),
        (dict(width="85"), 'width is "85"; expected for example 85mm'),
        (dict(view="lines"), 'view is "lines"; expected head, model, matrix, neuron'),
        (dict(view="neuron"), "has no queries and keys"),
        (dict(weigh="z"), "Values were not recorded"),
        (dict(font_size="large"), 'font_size is "large"'),
        (dict(font="none.ttf"), "font none.ttf: No such file"),
        (dict(font=[__file__]), "is no font that can be read; expected .ttf, .otf, .ttc, .woff or .woff2"),
        (dict(view="head", beside=[0, 9]), 'beside is "9"; expected a number from 0 to 1'),
        (dict(hover="dog"), 'hover "dog" is no token of this text'),
        (dict(view="model", to=["cat"]), "to ranks heads by the weight from pinned words: give pin, too"),
        (dict(compare="other"), "compare is 'other'; expected another trace"),
        (dict(colour="red"), "colour is no option of a figure; there are average, beside, block"),
    ],
)
def test_mistakes_are_named_and_nothing_is_written(trace, options, said, tmp_path):
    with pytest.raises(TraceError) as error:
        trace.svg(tmp_path / "a.svg", **options)
    assert said in str(error.value) and "--" not in str(error.value)
    assert not list(tmp_path.iterdir())


def _cairo():
    try:
        import cairosvg  # noqa: F401
    except (ImportError, OSError):
        pytest.skip("cairosvg or cairo is not installed: no PNG and no PDF is made")


def test_png_has_the_dots_that_were_asked_for(trace, tmp_path):
    _cairo()
    made = trace.png(width="85mm", dpi=150)
    assert made[:8] == b"\x89PNG\r\n\x1a\n"
    width, _ = struct.unpack(">II", made[16:24])
    assert abs(width - 85 / 25.4 * 150) <= 1
    trace.png(tmp_path / "a.png", width="85mm", dpi=150)
    assert (tmp_path / "a.png").read_bytes() == made
    with pytest.raises(TraceError, match="dpi is 5; expected a number from 36 to 2400"):
        trace.png(dpi=5)


def test_text_of_a_pdf_stays_text(trace):
    _cairo()
    pypdf = pytest.importorskip("pypdf")
    page = pypdf.PdfReader(io.BytesIO(trace.pdf(view="head", width="85mm"))).pages[0]
    assert abs(float(page.mediabox.width) - 85 / 25.4 * 72) < 0.5
    words = page.extract_text()
    assert "cat" in words and "sat" in words


@pytest.mark.skipif(not MATH.exists(), reason="npm install brings the font")
def test_a_named_font_draws_what_the_systems_lack(trace, tmp_path):
    """In PNG and PDF; the SVG keeps its text, and is the same file."""
    _cairo()
    pypdf = pytest.importorskip("pypdf")
    if not sys.platform.startswith("linux"):
        pytest.skip("fonts are named through fontconfig, which cairo uses on Linux")
    strange = headscope.from_attention(rows_of(3, causal=True), ["The", "〖cat〗", "sat", "Ġon", "."])
    options = dict(view="head", width="85mm")
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        plain = strange.png(**options)
    if not any("The fonts lack 2 characters of this figure (〖 〗)" in str(w.message) for w in said):
        pytest.skip("a font of this system has 〖 already")
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message="The fonts lack")
        assert strange.svg(font=MATH, **options) == strange.svg(**options)
        assert strange.png(font=[MATH], **options) != plain
        page = pypdf.PdfReader(io.BytesIO(strange.pdf(font=MATH, **options))).pages[0]
        # Nothing changes for a text that needs none of it.
        latin = headscope.from_attention(rows_of(3, causal=True), list("abcde"))
        assert latin.png(font=MATH, heads=[1]) == latin.png(heads=[1])
    names = {str(font.get_object()["/BaseFont"]) for font in page["/Resources"]["/Font"].values()}
    assert any(name.endswith("DejaVuMathTeXGyre-Regular") for name in names) and len(names) > 1
    assert "〖cat〗" in page.extract_text()
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(MATH.read_bytes()[:2000])
    with pytest.raises(TraceError, match="broken.ttf is no font that can be read"):
        strange.pdf(font=broken, **options)


def test_without_the_extra_a_sentence_says_what_to_install(trace, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "cairosvg", None)
    with pytest.raises(TraceError, match=r'pip install "headscope\[figures\]"'):
        trace.pdf()
    monkeypatch.setitem(__import__("sys").modules, "py_mini_racer", None)
    with pytest.raises(TraceError, match=r'trace.svg\(\) draws .* pip install "headscope\[figures\]"'):
        trace.svg()


def test_a_layer_that_was_not_recorded_is_refused():
    trace = headscope.from_attention([rows_of(1)[0], None], WORDS)
    with pytest.raises(TraceError, match="was not recorded in this run"):
        trace.svg(layer=1)
    assert np.isfinite(trace.attention("self", 0)).all()


def _texts(svg):
    """The letters of each text of an SVG that cairo is given, from left to right."""
    found = {}
    for attributes, text in re.findall(r"<text ([^>]*)>([^<]*)</text>", svg):
        places = [float(place) for place in re.search(r'x="([^"]*)"', attributes)[1].split()]
        found[text] = "".join(letter for _, letter in sorted(zip(places, text)))
    return found


@pytest.fixture
def drawn(monkeypatch):
    """The SVG that cairo is given for a figure."""
    _cairo()
    import cairosvg

    given = []
    real = cairosvg.svg2png
    monkeypatch.setattr(cairosvg, "svg2png", lambda text, **more: given.append(text.decode()) or real(text, **more))

    def drawn(trace, **options):
        trace.png(**options)
        return given[-1]

    return drawn


def test_words_that_a_model_wrote_are_underlined(trace, drawn):
    """cairosvg knows no text-decoration: a line is drawn, as wide as the word."""
    plain = drawn(trace, view="head", width="85mm")
    trace.manifest["generated"] = {"stream": "text", "start": 3}
    written = drawn(trace, view="head", width="85mm")
    lines = re.findall(r'text-decoration="underline"[^>]*>[^<]*</text><rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"', written)
    assert len(lines) == 2 * (len(WORDS) - 3) and "text-decoration" not in plain
    assert all(float(width) > 1 for _, _, width in lines)


def test_directions_of_letters(drawn):
    """As bidi-js orders them (src/export/bidi.ts), which is too large for this package."""
    words = ["Once", "\u05e9\u05dc\u05d5\u05dd", "\u05d0\u05d1 1.5 ab", "a 12, b", "x \u05d0\u05d1 1-3"]
    texts = _texts(drawn(headscope.from_attention(rows_of(3, causal=True, n=5), words), view="head", width="120mm"))
    assert texts[words[0]] == "Once" and texts[words[3]] == words[3]
    assert texts[words[1]] == "\u05dd\u05d5\u05dc\u05e9"
    assert texts[words[2]] == "ab 1.5 \u05d1\u05d0"
    assert texts[words[4]] == "x 1-3 \u05d1\u05d0"
    (caption,) = (text for text in texts if text.startswith("Once \u05e9"))
    assert texts[caption].startswith("Once") and "\u05dd\u05d5\u05dc\u05e9" in texts[caption]


def test_arabic_letters_are_joined(drawn):
    """Each in the form of its place, lam and alef in one; where a font lacks a form the letter stays. Copied, it is the word."""
    arabic, peace = "\u0627\u0644\u0639\u0631\u0628\u064a\u0629", "\u0633\u0644\u0627\u0645"
    svg = drawn(headscope.from_attention(rows_of(3, causal=True, n=3), [arabic, peace, "end"]), view="head", width="85mm")
    texts = re.findall(r"<text [^>]*>([^<]*)</text>", svg)
    for word, joined in ((arabic, "\ufe8d\ufedf\ufecc\ufeae\ufe91\ufef4\ufe94"), (peace, "\ufeb3\ufefc\ufee1")):
        assert joined in texts and unicodedata.normalize("NFKC", joined) == word
    from headscope.lines import joined

    assert joined(peace, lambda letter: letter < "\ufe70") == peace
    assert joined("\u0628\u064e\u0628", lambda letter: True) == "\ufe91\u064e\ufe90"
    assert joined("cat, 3", lambda letter: True) == "cat, 3"
