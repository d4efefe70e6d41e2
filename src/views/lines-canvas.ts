// The canvases of the head view: resting lines, the lines of pinned or hovered words above them, and a second
// resting canvas that lets a layer change fade. All scroll with the text and cover a stretch of rows.

import { sizeCanvas } from "./canvas.ts";
import type { LineList } from "./lines.ts";
import { drawLines } from "./lines-draw.ts";
import type { LinesLayout } from "./lines-layout.ts";

export class LinesCanvas {
  #base: HTMLCanvasElement;
  #ghost: HTMLCanvasElement;
  readonly #over: HTMLCanvasElement;
  #opacity = "1";

  constructor(parent: HTMLElement) {
    const make = (name: string): HTMLCanvasElement => {
      const canvas = parent.ownerDocument.createElement("canvas");
      canvas.className = name;
      canvas.setAttribute("aria-hidden", "true");
      parent.append(canvas);
      return canvas;
    };
    [this.#ghost, this.#base, this.#over] = [make("hs-base"), make("hs-base"), make("hs-over")];
  }

  /** Draw resting lines over rows `window`; with `fade` the ones before fade out. */
  base(
    list: LineList,
    colors: readonly string[],
    layout: LinesLayout,
    window: readonly [number, number],
    fade: boolean,
  ): void {
    if (fade) [this.#base, this.#ghost] = [this.#ghost, this.#base];
    this.#ghost.style.opacity = "0";
    this.#base.style.opacity = this.#opacity;
    draw(this.#base, list, colors, layout, window);
  }

  /** Draw the lines of pinned or hovered words; `resting` is the opacity left to all others. */
  over(
    list: LineList | null,
    colors: readonly string[],
    layout: LinesLayout,
    window: readonly [number, number],
    resting: number,
  ): void {
    this.#opacity = String(resting);
    this.#base.style.opacity = this.#opacity;
    this.#over.style.display = list ? "" : "none";
    if (list) draw(this.#over, list, colors, layout, window);
  }
}

function draw(
  canvas: HTMLCanvasElement,
  list: LineList,
  colors: readonly string[],
  layout: LinesLayout,
  [first, end]: readonly [number, number],
): void {
  const top = first * layout.rowHeight;
  const surface = sizeCanvas(canvas, layout.to - layout.from, Math.max(1, (end - first) * layout.rowHeight));
  canvas.style.left = `${layout.from}px`;
  canvas.style.top = `${top}px`;
  surface.context.translate(-layout.from, 0);
  drawLines(surface.context, list, colors, top);
}
