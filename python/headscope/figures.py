"""Figures on paper: the SVG of `headscope view`, drawn by the same scenes, and PNG and PDF made of it."""

import re
import warnings

from . import embedded, fonts
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
    text, lost = fonts.with_fonts(text, fonts.checked(options.get("font") or []))
    if lost:
        some, more = " ".join(lost[:8]), " …" if len(lost) > 8 else ""
        letters = "1 character" if len(lost) == 1 else f"{len(lost)} characters"
        warnings.warn(
            f"The fonts lack {letters} of this figure ({some}{more}), drawn as boxes. Name a font that has them with font.",
            stacklevel=4,
        )
    return text


def _drawn(trace, kind, options):
    fonts.checked(options.get("font") or [])
    options = {name: value for name, value in options.items() if name != "font"}
    made = embedded.run("figureOf", trace, _values(options), _MISSING.format(kind))
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
