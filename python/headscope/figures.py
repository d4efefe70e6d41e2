"""Figures on paper: the SVG of `headscope view`, drawn by the same scenes, and PNG and PDF made of it.

SVG keeps its text as text, in the fonts of its reader, so only PNG and PDF are laid out and drawn with the system's fonts and
with those that are named, which are checked, made known to cairo through fontconfig and given to the texts that need them:
the page's own fonts are not in this package.
"""

import ctypes
import ctypes.util
import functools
import html
import json
import os
import re
import string
import sys
import warnings
from types import SimpleNamespace

from . import lines, scripts
from .errors import TraceError

_MISSING = 'trace.{0}() draws with the scenes of the page in an embedded V8: pip install "headscope[figures]".'
# Options that hold text or numbers, and those that are on or off, as `headscope view` has them.
_TEXTS = (
    "view", "orientation", "block", "layer", "head", "include_layers", "include_heads", "beside", "side", "hover", "hover_key",
    "filter", "strongest", "least",
    "rows_from", "rows_to", "columns_from", "columns_to", "weigh", "score", "to", "find", "sort", "vectors", "rows", "colors",
    "width", "font_size", "theme", "compare", "hatch",
)  # fmt: skip
_SWITCHES = ("hide_first", "hide_special", "raw_tokens", "merge_words", "average", "transparent", "no_caption", "with_bar")
_KINDS = (b"\0\1\0\0", b"OTTO", b"true", b"ttcf", b"wOFF", b"wOF2")
# The family that figures ask for first (src/views/scene/svg.ts), which is all that cairosvg reads.
_BASE = "Helvetica"
_TEXT = re.compile(r"<text ([^>]*)>([^<]*)</text>")
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
_ANCHOR = re.compile(r' text-anchor="[^"]*"')
_FAMILY = re.compile(r' font-family="([^",]*)[^"]*"')


def svg(trace, path, **options):
    """The SVG text, also written to `path` if one is given."""
    return _given(_drawn(trace, "svg", options), path)


def png(trace, path, dpi=300, **options):
    """The bytes of a PNG, `dpi` pixels per inch of its width."""
    if isinstance(dpi, bool) or not isinstance(dpi, (int, float)) or not 36 <= dpi <= 2400:
        raise TraceError(f"dpi is {dpi!r}; expected a number from 36 to 2400.")
    text = _in_fonts(_drawn(trace, "png", options), options)
    return _given(_cairo("png").svg2png(text.encode(), scale=dpi / 96), path)


def pdf(trace, path, **options):
    """The bytes of a PDF page: lines stay lines, text stays text."""
    text = _in_fonts(_drawn(trace, "pdf", options), options)
    return _given(_cairo("pdf").svg2pdf(text.encode()), path)


def _in_fonts(text, options):
    """The SVG that becomes a PNG or PDF: with the named fonts where the system's lack letters."""
    text, lost = _with_fonts(text, _checked(options.get("font") or []))
    if lost:
        some, more = " ".join(lost[:8]), " …" if len(lost) > 8 else ""
        letters = "1 character" if len(lost) == 1 else f"{len(lost)} characters"
        warnings.warn(
            f"The fonts lack {letters} of this figure ({some}{more}), drawn as boxes. Name a font that has them with font.",
            stacklevel=4,
        )
    return text


def _drawn(trace, kind, options):
    named = _checked(options.get("font") or [])
    values = _values({name: value for name, value in options.items() if name != "font"})
    if kind != "svg":
        letters = {*json.dumps(trace.manifest, ensure_ascii=False), *string.printable, *"…→−×·–’√"}
        _cairo(kind)
        values["letters"] = _widths(filter(str.isprintable, letters), named)
    made = scripts.run("figureOf", trace, values, _MISSING.format(kind))
    if "error" in made:
        raise TraceError(_as_python(made["error"]))
    for note in made["notes"]:
        warnings.warn(note, stacklevel=4)
    return made["svg"]


def _values(options):
    """Python's options as those of the command line."""
    options = {name: value for name, value in options.items() if value is not None}
    heads = options.pop("heads", None)
    if heads is not None:
        options["head"] = ",".join(str(head) for head in _list(heads))
    if not options.pop("caption", True):
        options["no_caption"] = True
    pins = [str(pin) for pin in _list(options.pop("pin", []))]
    unknown = [name for name in options if name not in _TEXTS + _SWITCHES]
    if unknown:
        known = ", ".join(sorted({"heads", "pin", "caption", "font", *_TEXTS, *_SWITCHES} - {"head", "no_caption"}))
        raise TraceError(f"{unknown[0]} is no option of a figure; there are {known}.")
    if "width" in options and not isinstance(options["width"], str):
        raise TraceError(f'width is {options["width"]!r}; expected a length with its unit, as "85mm", "6in" or "600px".')
    values = {name: bool(value) if name in _SWITCHES else _text(name, value) for name, value in options.items()}
    return {name.replace("_", "-"): value for name, value in {**values, "pin": pins}.items()}


def _text(name, value):
    """A value as the command line takes it: words one by one, layers with commas, a run as its file."""
    if name == "to":
        return [str(word) for word in _list(value)]
    if name in ("beside", "include_layers", "include_heads"):
        return ",".join(str(layer) for layer in _list(value))
    if name in ("compare", "hatch"):
        from .trace import Trace

        if not isinstance(value, Trace):
            raise TraceError(f"{name} is {value!r}; expected another trace, of headscope.load or a recording.")
        return value.to_bytes().hex()
    return str(value)


def _list(value):
    return list(value) if isinstance(value, (list, tuple, range, set)) else [value]


def _as_python(message):
    """A sentence of the command line with the names that options have in Python."""
    message = re.sub(r"--head\b", "heads", message)
    return re.sub(r"--([a-z]+(?:-[a-z]+)*)", lambda match: match[1].replace("-", "_"), message)


def _cairo(kind):
    try:
        import cairosvg
    except (ImportError, OSError) as error:
        raise TraceError(
            f'trace.{kind}() needs cairosvg and the cairo library: pip install "headscope[figures]", and libcairo2 from '
            "your system. trace.svg() needs neither; `headscope view` writes PNG and PDF from a saved trace."
        ) from error
    return cairosvg


def _given(made, path):
    if path is not None:
        with open(path, "wb") as out:
            out.write(made.encode() if isinstance(made, str) else made)
    return made if path is None else None


def _checked(font):
    """Paths of the fonts named by `font`, a path or several; each is there and is a font."""
    paths = [os.fspath(path) for path in (font if isinstance(font, (list, tuple)) else [font])]
    for path in paths:
        try:
            with open(path, "rb") as file:
                kind = file.read(4)
        except OSError as error:
            raise TraceError(f"font {path}: {error.strerror}.") from error
        if kind not in _KINDS:
            raise _no_font(path)
    return paths


def _with_fonts(svg, paths):
    """The SVG with each letter at its place, a font named at each text that needs one, and the letters that no font has."""
    (base_of, named), lost = _fonts(paths), {}

    def dressed(match):
        attributes, text = match[1], html.unescape(match[2])
        family = _FAMILY.search(attributes)
        family = family[1] if family else _BASE
        base = base_of(family)
        letters = {letter for letter in text if not letter.isspace() and not base.has(letter)}
        if letters:
            best = min([base, *named], key=lambda font: sum(not font.has(letter) for letter in text))
            lost.update(dict.fromkeys(letter for letter in text if letter in letters and not best.has(letter)))
            if best is not base:
                family = best.family
                attributes = f'{_FAMILY.sub("", attributes)} font-family="{html.escape(family)}"'
                base = best
        text = lines.joined(text, base.has)
        levels = lines.levels_of(text, ' direction="rtl"' in attributes)
        text = lines.mirrored(text, levels, base.has)
        placed, line = _placed(attributes, text, family, levels)
        return f"<text {placed}>{html.escape(text, quote=False)}</text>{line}"

    return _TEXT.sub(dressed, svg), "".join(lost)


def _placed(attributes, text, family, levels):
    """A text's attributes with the place of each letter, which cairo would round to whole dots, and the line under it."""
    said = dict(_ATTRIBUTE.findall(attributes))
    size, bold = float(said["font-size"]) / 1000, "font-weight" in said
    share, right = {"end": 1, "middle": 0.5}.get(said.get("text-anchor"), 0), "direction" in said
    if right:
        share = 1 - share
    steps, width = [0] * len(text), 0
    for at in lines.order_of(levels):  # cairosvg knows no directions
        steps[at], width = width, width + _advance(family, text[at], bold) * size
    start = float(said["x"]) - width * share
    kept = _ANCHOR.sub("", attributes)
    placed = kept.replace(f'x="{said["x"]}"', f'x="{" ".join(f"{start + step:.2f}" for step in steps)}"', 1)
    if "text-decoration" not in said:
        return placed, ""
    # As src/views/scene/svg.ts underlines letters that are paths; cairosvg knows no text-decoration.
    look = "".join(f' {name}="{said[name]}"' for name in ("fill", "opacity", "transform") if name in said)
    top = float(said["y"]) + 120 * size
    return placed, f'<rect x="{start:.2f}" y="{top:.2f}" width="{width:.2f}" height="{60 * size:.2f}"{look}/>'


def _widths(letters, paths):
    """Letters' widths in each font that a text may be drawn in, {letter: [regular, bold]} in thousandths of the size."""
    base_of, named = _fonts(paths)
    found, letters = [(_BASE, base_of(_BASE).has), *((font.family, font.has) for font in named)], sorted(letters)
    return [
        {letter: [_advance(family, letter, bold) for bold in (False, True)] for letter in letters if has(letter)}
        for family, has in found
    ]


@functools.lru_cache(100_000)
def _advance(family, letter, bold):
    """How far a letter leads, in thousandths of the size."""
    from cairosvg.surface import cairo

    context = cairo.Context(cairo.ImageSurface(cairo.FORMAT_A8, 1, 1))
    context.select_font_face(family, cairo.FONT_SLANT_NORMAL, cairo.FONT_WEIGHT_BOLD if bold else cairo.FONT_WEIGHT_NORMAL)
    context.set_font_size(1000)
    return context.text_extents(letter)[4]


def _fonts(paths):
    """What tells the font of the system that a family is drawn with, and the fonts of files."""
    try:
        fontconfig = _fontconfig()
    except OSError as error:
        if not paths:
            return (lambda family: SimpleNamespace(has=lambda letter: True)), []
        raise TraceError(
            "font names fonts through fontconfig, which cairo uses on Linux. Here `headscope view --font` writes PNG and "
            "PDF with them, from a saved trace."
        ) from error
    return functools.cache(lambda family: _installed(fontconfig, family)), [_named(fontconfig, path) for path in paths]


class _Font:
    """A font of fontconfig: its family, and which letters it has."""

    def __init__(self, fontconfig, pattern):
        text, letters = ctypes.c_char_p(), ctypes.c_void_p()
        fontconfig.FcPatternGetString(pattern, b"family", 0, ctypes.byref(text))
        fontconfig.FcPatternGetCharSet(pattern, b"charset", 0, ctypes.byref(letters))
        self.family = (text.value or b"").decode()
        # The letters belong to the pattern, which is kept for as long as the process.
        self._has = lambda letter: bool(letters) and bool(fontconfig.FcCharSetHasChar(letters, ord(letter)))

    def has(self, letter):
        return self._has(letter)


def _installed(fontconfig, family):
    """The font of the system that cairo draws a family with, which may be another."""
    pattern = ctypes.c_void_p(fontconfig.FcNameParse(family.encode()))
    fontconfig.FcConfigSubstitute(None, pattern, 0)
    fontconfig.FcDefaultSubstitute(pattern)
    found = fontconfig.FcFontMatch(None, pattern, ctypes.byref(ctypes.c_int()))
    return _Font(fontconfig, ctypes.c_void_p(found))


def _named(fontconfig, path):
    """A font of a file (of a collection its first), which cairo finds by its family from now on."""
    pattern = fontconfig.FcFreeTypeQuery(os.fsencode(path), 0, None, ctypes.byref(ctypes.c_int()))
    if not pattern or not fontconfig.FcConfigAppFontAddFile(None, os.fsencode(path)):
        raise _no_font(path)
    return _Font(fontconfig, ctypes.c_void_p(pattern))


def _fontconfig():
    """The library that cairo asks for fonts; OSError where there is none or cairo has other ways."""
    if not sys.platform.startswith("linux"):
        raise OSError("cairo asks the system for fonts")
    library = ctypes.CDLL(ctypes.util.find_library("fontconfig") or "libfontconfig.so.1")
    for name in ("FcNameParse", "FcFontMatch", "FcFreeTypeQuery"):
        getattr(library, name).restype = ctypes.c_void_p
    library.FcFontMatch.argtypes = [ctypes.c_void_p] * 3
    library.FcCharSetHasChar.argtypes = [ctypes.c_void_p, ctypes.c_uint32]
    return library


def _no_font(path):
    return TraceError(f"font {path} is no font that can be read; expected .ttf, .otf, .ttc, .woff or .woff2.")
