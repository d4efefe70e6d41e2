"""Adds to test/fixtures/images a JPEG of four inks in each of the ways that files have them, and what Pillow reads of it.
Run it from the repository root, with Pillow alone:

    python scripts/make-cmyk-fixtures.py
"""

from pathlib import Path

from PIL import Image, ImageDraw

FOLDER = Path("test/fixtures/images")
WIDTH, HEIGHT = 53, 37
#: Cyan, magenta, yellow, black: each alone, mixed, and none.
INKS = [(255, 0, 0, 0), (0, 255, 0, 0), (0, 0, 255, 0), (0, 0, 0, 255), (90, 140, 20, 60), (0, 0, 0, 0)]


def picture():
    """Slanted stripes of ink beside a ramp."""
    image = Image.new("CMYK", (WIDTH, HEIGHT))
    draw = ImageDraw.Draw(image)
    for x in range(WIDTH):
        draw.line([(x, 0), (x, HEIGHT)], fill=(4 * x, 255 - 4 * x, 128, x))
    for i, ink in enumerate(INKS):
        draw.polygon([(6 * i, 0), (6 * i + 5, 0), (6 * i + 12, 24), (6 * i + 7, 24)], fill=ink)
    return image


def adobe_segment(data):
    """Where Adobe's segment begins and ends, of a file whose first one it may not be."""
    at = 2
    while data[at + 1] != 0xEE:
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return at, at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")


def main():
    path = FOLDER / "inks-adobe.jpg"
    picture().save(path, quality=90, subsampling=0)
    data = path.read_bytes()
    start, end = adobe_segment(data)
    # The last byte of the segment says how the channels are to be read: 0 as they are, 2 as brightness and colours.
    (FOLDER / "inks-ycck.jpg").write_bytes(data[: end - 1] + b"\2" + data[end:])
    (FOLDER / "inks-plain.jpg").write_bytes(data[:start] + data[end:])
    for kind in ("adobe", "ycck", "plain"):
        with Image.open(FOLDER / f"inks-{kind}.jpg") as image:
            assert image.mode == "CMYK", image.mode
            image.convert("RGB").save(FOLDER / f"inks-{kind}.png", optimize=True)


main()
