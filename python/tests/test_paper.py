"""PNG and PDF are laid out by the widths of the letters that draw them: no text runs into another or over the edge."""

import re
import xml.etree.ElementTree as ElementTree

import pytest

pytest.importorskip("py_mini_racer", reason="mini-racer is not installed: no figures are drawn")
try:
    import cairosvg
    from cairosvg.surface import cairo
except (ImportError, OSError):
    pytest.skip("cairosvg or cairo is not installed: no PNG and no PDF is made", allow_module_level=True)

import headscope  # noqa: E402
from conftest import rows_of  # noqa: E402
from headscope.scripts import files  # noqa: E402

pytestmark = pytest.mark.skipif(not (files("headscope") / "static" / "figures.js").is_file(), reason="figures.js is not built: npm run build")
WORDS = ["[CLS]", "MMMM", "WWW", "programmable", "Ġwindmills", "illicit", "mammoth", "[SEP]"]
NAME = "an-organisation-of-some-size/mammoth-with-many-words-base-uncased"


def drawn(monkeypatch, trace, **options):
    """The SVG that cairo is given."""
    given = []
    monkeypatch.setattr(cairosvg, "svg2png", lambda text, **_: given.append(text.decode()) or b"")
    trace.png(**options)
    return given[0]


def texts(svg):
    """(text, x from, x to, y, size) of every level text, as wide as cairo draws it."""
    context = cairo.Context(cairo.ImageSurface(cairo.FORMAT_A8, 1, 1))
    context.set_font_size(1000)

    def walk(node, x, y):
        moved = re.match(r"translate\(([-\d.]+) ([-\d.]+)\)", node.get("transform", ""))
        x, y = (x + float(moved[1]), y + float(moved[2])) if moved else (x, y)
        if node.tag.endswith("}text") and "rotate" not in node.get("transform", ""):
            weight = cairo.FONT_WEIGHT_BOLD if node.get("font-weight") else cairo.FONT_WEIGHT_NORMAL
            context.select_font_face("Helvetica", cairo.FONT_SLANT_NORMAL, weight)
            size = float(node.get("font-size"))
            width = context.text_extents(node.text or "")[4] * size / 1000
            places = [float(place) for place in node.get("x").split()]
            assert len(places) == len(node.text or " ") and node.get("text-anchor") is None
            start, last = places[0], context.text_extents((node.text or " ")[-1])[4] * size / 1000
            # Letters follow each other by their widths, which is where the next one begins.
            assert abs(places[-1] + last - start - width) < 0.02 * len(places)
            yield node.text or "", x + start, x + start + width, y + float(node.get("y")), size
        for part in node:
            yield from walk(part, x, y)

    yield from walk(ElementTree.fromstring(svg), 0, 0)


CASES = {
    "matrix": dict(view="matrix", layer=1, heads=[1]),
    "mean of heads": dict(view="matrix", layer=1, heads=[0, 1]),
    "head": dict(view="head", layer=1, heads=[0, 1], pin="illicit"),
    "across": dict(view="head", layer=1, heads=[1], orientation="horizontal"),
    "beside": dict(view="head", layer=1, beside=[0]),
    "bar": dict(view="head", layer=1, heads=[0, 2], with_bar=True),
    "model": dict(view="model", layer=1, heads=[1]),
    "scores": dict(view="model", score="previous"),
    "ranked": dict(view="model", pin="illicit", to="mammoth", sort="score"),
}


@pytest.mark.parametrize("width", ["85mm", "120mm"])
@pytest.mark.parametrize("case", CASES)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_no_text_lies_on_another(case, width, monkeypatch):
    trace = headscope.from_attention(rows_of(3, n=len(WORDS), causal=True), WORDS, name=NAME)
    svg = drawn(monkeypatch, trace, width=width, **CASES[case])
    edge = float(re.search(r'viewBox="0 0 ([\d.]+)', svg)[1])
    found = list(texts(svg))
    assert found
    for i, (text, start, end, y, size) in enumerate(found):
        assert start > -1 and end < edge + 1, f"{text!r} runs over the edge: {start:.0f} to {end:.0f} of {edge:.0f}"
        for other, left, right, base, _ in found[:i]:
            apart = abs(base - y) > 0.7 * size or end < left + 1 or start > right - 1
            assert apart, f"{text!r} lies on {other!r}"


def test_texts_of_the_svg_stay_as_they_are():
    """Places of single letters are for cairo only: in the SVG a text is placed by its start, middle or end."""
    svg = headscope.from_attention(rows_of(3, n=len(WORDS)), WORDS).svg()
    assert 'text-anchor="end"' in svg and not re.search(r'<text x="[^" ]+ ', svg)


def test_words_from_the_right_begin_there(monkeypatch):
    """cairo is given places, as it does not know directions: the first letter is the rightmost, and the word stays where it was."""
    widths = {}
    for word in ("שלום", "abcd"):
        svg = drawn(monkeypatch, headscope.from_attention(rows_of(3, n=2), ["of", word]), layer=1, heads=[1], caption=False)
        found = next(node for node in ElementTree.fromstring(svg).iter() if node.text == word and "rotate" not in node.get("transform", ""))
        places = [float(place) for place in found.get("x").split()]
        assert places == sorted(places, reverse=word != "abcd") and len(set(places)) == 4
        widths[word] = max(places)
    assert abs(widths["שלום"] - widths["abcd"]) < 10
