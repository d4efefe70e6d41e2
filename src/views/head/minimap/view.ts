// The minimap of a text that does not fit: a strip in place of the scroll bar, with the whole text's weights of the pinned
// or hovered words and the part that is in sight. A click or a drag scrolls. Hidden from screen readers and from narrow
// boxes: the words are lists that scroll by keys and fingers, and every weight stands beside its word.

import { sizeCanvas } from "../../look/canvas.ts";
import { COMPACT } from "../../look/compact.ts";
import { addTo } from "../../look/dom.ts";
import { paintScene } from "../../scene/canvas.ts";
import type { CommonProps } from "../../view.ts";
import type { Spot } from "../picture.ts";
import { type Along, type MinimapPicture, minimapPicture, startFor } from "./picture.ts";
import { minimapMarks, type StripAxis, THICK } from "./scene.ts";

/** What the strip is drawn from. */
export interface MinimapContent {
  readonly spot: Spot;
  readonly theme: CommonProps["theme"];
  readonly along: Along;
}

/** The part of the content that is in sight, along the words. */
interface Sight {
  readonly axis: StripAxis;
  readonly at: number;
  readonly size: number;
  readonly extent: number;
}

export class Minimap {
  readonly #scroll: HTMLElement;
  readonly #canvas: HTMLCanvasElement;
  readonly #used: () => void;
  #content: MinimapContent | null = null;
  #picture: MinimapPicture | null = null;
  #frame = 0;

  /** @param used told when somebody scrolls by the strip */
  constructor(parent: HTMLElement, scroll: HTMLElement, used: () => void) {
    this.#scroll = scroll;
    this.#used = used;
    this.#canvas = addTo(parent, "canvas", "hs-minimap");
    this.#canvas.setAttribute("aria-hidden", "true");
    this.#canvas.hidden = true;
    scroll.addEventListener("scroll", () => this.#paint(), { passive: true });
    this.#canvas.addEventListener("pointerdown", (event) => this.#pressed(event));
    this.#canvas.addEventListener("pointermove", (event) => this.#moved(event));
    this.#canvas.addEventListener("wheel", (event) => this.#wheeled(event), { passive: true });
  }

  /** Show these words and weights; null for nothing. */
  show(content: MinimapContent | null): void {
    this.#content = content;
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#draw());
  }

  destroy(): void {
    cancelAnimationFrame(this.#frame);
  }

  #draw(): void {
    this.#frame = 0;
    const sight = this.#sight;
    this.#canvas.hidden = sight === null;
    this.#scroll.classList.toggle("hs-mapped", sight !== null);
    this.#picture = null;
    if (!sight) return;
    const { spot, along } = this.#content!;
    const length = Math.round(sight.size);
    this.#picture = minimapPicture({ spot, along, extent: sight.extent, length });
    this.#place(sight);
    this.#paint();
  }

  /** Null where everything is in sight, or nothing has room. */
  get #sight(): Sight | null {
    const { scrollTop, scrollLeft, scrollHeight, scrollWidth, clientHeight, clientWidth } = this.#scroll;
    if (!this.#content || this.#scroll.hidden || clientWidth < COMPACT) return null;
    if (scrollHeight > clientHeight)
      return { axis: "y", at: scrollTop, size: clientHeight, extent: scrollHeight };
    if (scrollWidth > clientWidth)
      return { axis: "x", at: scrollLeft, size: clientWidth, extent: scrollWidth };
    return null;
  }

  /** At the end of the part that scrolls, where a scroll bar would be. */
  #place({ axis }: Sight): void {
    const { offsetLeft: left, offsetTop: top, offsetWidth: width, offsetHeight: height } = this.#scroll;
    const [x, y] = axis === "y" ? [left + width - THICK, top] : [left, top + height - THICK];
    this.#canvas.style.left = `${x}px`;
    this.#canvas.style.top = `${y}px`;
  }

  #paint(): void {
    const [picture, sight, content] = [this.#picture, this.#sight, this.#content];
    if (!picture || !sight || !content) return;
    const { axis, at, size, extent } = sight;
    const { length } = picture;
    const [width, height] = axis === "y" ? [THICK, length] : [length, THICK];
    const { context } = sizeCanvas(this.#canvas, width, height);
    const part = length / extent;
    const signed = content.spot.attention.scale === "difference";
    const look = { theme: content.theme, axis, signed, sight: [at * part, (at + size) * part] as const };
    paintScene({ context, texts: false }, { marks: minimapMarks(picture, look) });
  }

  #pressed(event: PointerEvent): void {
    if (event.button !== 0) return;
    event.preventDefault();
    this.#canvas.setPointerCapture(event.pointerId);
    this.#goTo(event);
  }

  #moved(event: PointerEvent): void {
    if (this.#canvas.hasPointerCapture(event.pointerId)) this.#goTo(event);
  }

  #goTo({ offsetX, offsetY }: PointerEvent): void {
    const [sight, picture] = [this.#sight, this.#picture];
    if (!sight || !picture) return;
    this.#used();
    const { axis, extent, size } = sight;
    const start = startFor(axis === "y" ? offsetY : offsetX, picture.length, extent, size);
    this.#scroll[axis === "y" ? "scrollTop" : "scrollLeft"] = start;
  }

  #wheeled(event: WheelEvent): void {
    this.#used();
    this.#scroll.scrollBy(event.deltaX, event.deltaY);
  }
}
