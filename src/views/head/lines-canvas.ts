// The canvases of the head view: resting lines, the lines of pinned or hovered words above them, and a second
// resting canvas, on which a layer change fades and a picture of many lines is completed out of sight.
// All scroll with the text and cover a stretch of it.

import { sizeCanvas } from "../look/canvas.ts";
import { addTo } from "../look/dom.ts";
import { paintLines, paintScene } from "../scene/canvas.ts";
import type { Lines, Mark } from "../scene/scene.ts";
import { boxOf, type Stretch } from "./axis.ts";

/** Lines drawn at once, the strongest ones, and then per frame: a browser rasters this many in about a frame. */
const AT_ONCE = { curves: 1_000, hairlines: 2_000 };
/** Milliseconds until a faded picture is out of sight. */
const FADED = 120;

export class LinesCanvas {
  #base: HTMLCanvasElement;
  #ghost: HTMLCanvasElement;
  readonly #over: HTMLCanvasElement;
  readonly #busy: (busy: boolean) => void;
  #opacity = "1";
  #timer: ReturnType<typeof setTimeout> | undefined;
  #frame = 0;

  /** @param busy told when lines are still to be drawn, and when all are there. */
  constructor(parent: HTMLElement, busy: (busy: boolean) => void) {
    const make = (name: string): HTMLCanvasElement => {
      const canvas = addTo(parent, "canvas", name);
      canvas.setAttribute("aria-hidden", "true");
      return canvas;
    };
    [this.#ghost, this.#base, this.#over] = [make("hs-base"), make("hs-base"), make("hs-over")];
    this.#busy = busy;
  }

  /** Draw resting lines; with `fade` the ones before fade out. The strongest are there at once. */
  base(list: Lines, stretch: Stretch, fade: boolean): void {
    this.stop();
    if (fade) this.#swap();
    else this.#ghost.style.display = "none";
    const first = Math.max(0, list.count - atOnce(list));
    paintLines(prepare(this.#base, stretch), list, first, list.count);
    if (first === 0) return;
    this.#busy(true);
    this.#timer = setTimeout(() => this.#complete(list, stretch), fade ? FADED : 0);
  }

  /** Draw the lines of pinned or hovered words and what edits changed; `resting` is the opacity left to all others. */
  over(list: Lines | null, stretch: Stretch, resting: number, marks: readonly Mark[] = []): void {
    this.#opacity = String(resting);
    this.#base.style.opacity = this.#opacity;
    const empty = !list && marks.length === 0;
    this.#over.style.display = empty ? "none" : "";
    if (empty) return;
    const context = prepare(this.#over, stretch);
    if (list) paintLines(context, list, 0, list.count);
    paintScene({ context, texts: true }, { marks });
  }

  /** Leave the picture as it is. */
  stop(): void {
    clearTimeout(this.#timer);
    cancelAnimationFrame(this.#frame);
    this.#busy(false);
  }

  /** All lines, from weak to strong, on the canvas that is out of sight; then it takes the other's place. */
  #complete(list: Lines, stretch: Stretch): void {
    const context = prepare(this.#ghost, stretch);
    const go = (from: number): void => {
      if (from >= list.count) {
        this.#swap();
        this.#busy(false);
        return;
      }
      const to = Math.min(list.count, from + atOnce(list));
      paintLines(context, list, from, to);
      this.#frame = requestAnimationFrame(() => go(to));
    };
    go(0);
  }

  #swap(): void {
    [this.#base, this.#ghost] = [this.#ghost, this.#base];
    this.#ghost.style.opacity = "0";
    this.#base.style.display = "";
    this.#base.style.opacity = this.#opacity;
  }
}

function atOnce({ curved }: Lines): number {
  return AT_ONCE[curved ? "curves" : "hairlines"];
}

/** An empty canvas over the stretch. */
function prepare(canvas: HTMLCanvasElement, stretch: Stretch): CanvasRenderingContext2D {
  const { left, top, width, height } = boxOf(stretch);
  const { context } = sizeCanvas(canvas, width, height);
  canvas.style.left = `${left}px`;
  canvas.style.top = `${top}px`;
  context.translate(-left, -top);
  return context;
}
