"""Draws figures for the test that compares them with those of `headscope view` (test/python.test.ts).

    python write_figures.py TRACE FOLDER    (reads {name: options} of trace.svg from standard input; compare and hatch name files)

Writes NAME.svg, and NAME.png and NAME.pdf where cairo is there. Prints what pypdf reads in the PDFs of FOLDER, those
of the other side too: {file: {"size": [width, height] in points, "words": text}}.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
import headscope  # noqa: E402


def main(source, folder):
    trace = headscope.load(source)
    cairo = _can("cairosvg")
    for name, options in json.load(sys.stdin).items():
        options = {key: headscope.load(value) if key in ("compare", "hatch") else value for key, value in options.items()}
        trace.svg(folder / f"{name}.svg", **options)
        if cairo:
            trace.png(folder / f"{name}.png", dpi=150, **options)
            trace.pdf(folder / f"{name}.pdf", **options)
    found = {path.name: _read(path) for path in folder.glob("*.pdf")} if cairo and _can("pypdf") else {}
    print(json.dumps(found))


def _can(module):
    try:
        __import__(module)
    except (ImportError, OSError):
        return False
    return True


def _read(path):
    import pypdf

    page = pypdf.PdfReader(path).pages[0]
    return {"size": [float(page.mediabox.width), float(page.mediabox.height)], "words": page.extract_text()}


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
