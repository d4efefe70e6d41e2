// What fingers, mouse and keys do on the model map. Knows places, not heads.

import { cornerOf, type MapLayout, placeAt, step } from "./layout.ts";

/** What the gestures act on and report to. */
export interface MapGestureHost {
  layout(): MapLayout;
  /** Where the keyboard starts. */
  start(): number;
  /** Point at a place, with a finger or not: outline it at once, magnify it now or after a moment. */
  point(place: number, magnify: "now" | "soon", finger: boolean): void;
  leave(): void;
  open(place: number, add: boolean): void;
  openMatrix(place: number): void;
  /** True while the magnifier is shown. */
  magnified(): boolean;
  hideMagnifier(): void;
}

/** A finger this near an edge of a map that scrolls moves it. */
const EDGE = 24;

/** Listens on the plane of a map for as long as the plane lives. */
export class MapGestures {
  /** Place under the pointer or the keyboard; null for none. */
  at: number | null = null;
  readonly #plane: HTMLElement;
  readonly #scroll: HTMLElement;
  readonly #host: MapGestureHost;
  /** False for a press that began elsewhere. */
  #pressing = false;
  #touching = false;

  constructor(plane: HTMLElement, scroll: HTMLElement, host: MapGestureHost) {
    this.#plane = plane;
    this.#scroll = scroll;
    this.#host = host;
    plane.addEventListener("pointermove", (event) => this.#moved(event));
    plane.addEventListener("pointerdown", (event) => this.#pressed(event));
    plane.addEventListener("pointerup", (event) => this.#lifted(event));
    plane.addEventListener("pointercancel", () => this.#leave());
    plane.addEventListener("pointerleave", () => !this.#touching && this.#leave());
    plane.addEventListener("dblclick", (event) => this.#doubled(event));
    plane.addEventListener("keydown", (event) => this.#typed(event));
    plane.addEventListener("focus", () => this.#focused());
    plane.addEventListener("blur", () => this.#leave());
    scroll.addEventListener("scroll", () => host.hideMagnifier());
  }

  #placeUnder(event: MouseEvent): number | null {
    const box = this.#plane.getBoundingClientRect();
    return placeAt(this.#host.layout(), event.clientX - box.left, event.clientY - box.top);
  }

  #moved(event: PointerEvent): void {
    if (event.pointerType === "touch" && !this.#touching) return;
    if (this.#touching) this.#scrollAtEdge(event.clientX, event.clientY);
    const place = this.#placeUnder(event);
    if (place !== this.at) this.#point(place, this.#touching || this.#host.magnified() ? "now" : "soon");
  }

  #pressed(event: PointerEvent): void {
    this.#pressing = true;
    if (event.pointerType !== "touch") return;
    this.#touching = true;
    this.#plane.setPointerCapture(event.pointerId);
    this.#point(this.#placeUnder(event), "now");
  }

  #lifted(event: PointerEvent): void {
    const place = this.#placeUnder(event);
    if (this.#pressing && event.button === 0 && place !== null) {
      this.#host.hideMagnifier();
      this.#host.open(place, event.shiftKey);
    }
    this.#pressing = false;
    if (this.#touching) this.#leave();
  }

  #doubled(event: MouseEvent): void {
    const place = this.#placeUnder(event);
    if (place !== null) this.#host.openMatrix(place);
  }

  #typed(event: KeyboardEvent): void {
    const from = this.at ?? this.#host.start();
    const to = step(this.#host.layout(), from, event.key);
    if (event.key === "Enter" || event.key === " ") this.#host.open(from, event.shiftKey);
    else if (event.key === "Escape" && this.#host.magnified()) this.#host.hideMagnifier();
    else if (to !== from || event.key.startsWith("Arrow")) {
      this.#point(to, "now");
      this.#reveal(to);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #focused(): void {
    if (this.#plane.matches(":focus-visible")) this.#point(this.at ?? this.#host.start(), "soon");
  }

  #point(place: number | null, magnify: "now" | "soon"): void {
    if (place === null) {
      this.#leave();
      return;
    }
    this.at = place;
    this.#host.point(place, magnify, this.#touching);
  }

  #leave(): void {
    this.#touching = false;
    this.#pressing = false;
    if (this.at === null) return;
    this.at = null;
    this.#host.leave();
  }

  #scrollAtEdge(x: number, y: number): void {
    const { scrolls, pitch, rowPitch, left, top } = this.#host.layout();
    const box = this.#scroll.getBoundingClientRect();
    if (this.#scroll.scrollHeight > this.#scroll.clientHeight) {
      if (y > box.bottom - EDGE) this.#scroll.scrollTop += rowPitch;
      else if (y < box.top + top + EDGE) this.#scroll.scrollTop -= rowPitch;
    }
    if (!scrolls) return;
    if (x > box.right - EDGE) this.#scroll.scrollLeft += pitch;
    else if (x < box.left + left + EDGE) this.#scroll.scrollLeft -= pitch;
  }

  /** Scroll until a place can be seen beside and below the labels, which stay. */
  #reveal(place: number): void {
    const layout = this.#host.layout();
    const { x, y } = cornerOf(layout, place);
    const [across, down] = [this.#scroll.clientWidth, this.#scroll.clientHeight];
    const within = (now: number, before: number, after: number) => Math.max(after, Math.min(before, now));
    const { scrollLeft, scrollTop } = this.#scroll;
    this.#scroll.scrollLeft = within(scrollLeft, x - layout.left - 4, x + layout.pitch + 4 - across);
    this.#scroll.scrollTop = within(scrollTop, y - layout.top - 4, y + layout.rowPitch + 4 - down);
  }
}
