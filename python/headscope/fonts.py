"""Fonts that are named for a figure: checked, made known to cairo through fontconfig, given to the texts that need them.

SVG keeps its text as text, in the fonts of its reader, so only PNG and PDF are drawn with them. The page's own fonts are
not in this package: what the system's lack is asked of the named ones, text by text.
"""

import ctypes
import ctypes.util
import functools
import html
import os
import re
import sys

from .errors import TraceError

_KINDS = (b"\0\1\0\0", b"OTTO", b"true", b"ttcf", b"wOFF", b"wOF2")
# The family that figures ask for first (src/views/scene/svg.ts), which is all that cairosvg reads.
_BASE = "Helvetica"
_TEXT = re.compile(r"<text ([^>]*)>([^<]*)</text>")
_FAMILY = re.compile(r' font-family="([^",]*)[^"]*"')


def checked(font):
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


def with_fonts(svg, paths):
    """The SVG with a font named at each text that needs one, and the letters that no font has."""
    try:
        fontconfig = _fontconfig()
    except OSError as error:
        if not paths:
            return svg, ""
        raise TraceError(
            "font names fonts through fontconfig, which cairo uses on Linux. Here `headscope view --font` writes PNG and "
            "PDF with them, from a saved trace."
        ) from error
    named, lost = [_named(fontconfig, path) for path in paths], {}
    base_of = functools.cache(lambda family: _installed(fontconfig, family))

    def dressed(match):
        attributes, text = match[1], html.unescape(match[2])
        family = _FAMILY.search(attributes)
        base = base_of(family[1] if family else _BASE)
        letters = {letter for letter in text if not letter.isspace() and not base.has(letter)}
        if not letters:
            return match[0]
        best = min(named, key=lambda font: sum(not font.has(letter) for letter in text), default=base)
        lost.update(dict.fromkeys(letter for letter in text if letter in letters and not best.has(letter)))
        if best is base:
            return match[0]
        return f'<text {_FAMILY.sub("", attributes)} font-family="{html.escape(best.family)}">{match[2]}</text>'

    return _TEXT.sub(dressed, svg), "".join(lost)


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
