"""Draws loss.svg from loss.csv: the training loss, the held-out loss and, where it was measured, the induction score.

    python plot_loss.py ../models/stories-gpt2
"""
import csv
import sys
from pathlib import Path

WIDTH, HEIGHT, LEFT, BOTTOM = 480, 240, 36, 24
COLOURS = {"loss": "#8a8f98", "valid": "#1f6feb", "induction": "#d1640a"}
NAMES = {"loss": "training loss", "valid": "held-out loss", "induction": "best induction score (0 to 1, times 5)"}


def line(rows: list[dict], column: str, top: float) -> str:
    last = float(rows[-1]["step"])
    scale = 5.0 if column == "induction" else 1.0
    points = [f"{LEFT + (WIDTH - LEFT - 8) * float(r['step']) / last:.1f},"
              f"{HEIGHT - BOTTOM - (HEIGHT - BOTTOM - 8) * min(1.0, scale * float(r[column]) / top):.1f}" for r in rows]
    return f'<polyline fill="none" stroke="{COLOURS[column]}" stroke-width="1.5" points="{" ".join(points)}"/>'


def label(x: float, y: float, text: str, colour: str = "#57606a", anchor: str = "start") -> str:
    return f'<text x="{x}" y="{y}" fill="{colour}" text-anchor="{anchor}">{text}</text>'


def draw(rows: list[dict]) -> str:
    columns = [c for c in COLOURS if c in rows[0]]
    top = float(int(max(float(r["loss"]) for r in rows)) + 1)
    body = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="10">']
    for value in range(int(top) + 1):
        y = HEIGHT - BOTTOM - (HEIGHT - BOTTOM - 8) * value / top
        body += [f'<path d="M{LEFT} {y:.1f}H{WIDTH - 8}" stroke="#d0d7de" stroke-width="0.5"/>',
                 label(LEFT - 6, y + 3, str(value), anchor="end")]
    body += [line(rows, column, top) for column in columns]
    body += [label(WIDTH - 12, 22 + 14 * i, NAMES[c], COLOURS[c], "end") for i, c in enumerate(columns)]
    body += [label(LEFT, HEIGHT - 8, "step 0"), label(WIDTH - 8, HEIGHT - 8, f"step {rows[-1]['step']}", anchor="end"), "</svg>"]
    return "\n".join(body) + "\n"


def main() -> None:
    folder = Path(sys.argv[1])
    with (folder / "loss.csv").open() as file:
        (folder / "loss.svg").write_text(draw(list(csv.DictReader(file))))


if __name__ == "__main__":
    main()
