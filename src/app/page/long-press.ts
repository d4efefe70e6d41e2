// A finger held still asks for a menu as a right click does. Safari on iOS sends no contextmenu event for a touch, so the
// time is taken here; a finger that moves or lifts, or a second one, is something else.

/** Milliseconds until a held finger counts, and pixels that it may move meanwhile. */
export const HOLD_MS = 500;
const STILL = 10;

/** What was held: where, and the pointer. */
export interface Held {
  readonly target: Element;
  readonly clientX: number;
  readonly clientY: number;
  readonly pointerId: number;
}

/** Watches the fingers on one element. Feed it the element's pointer events. */
export class LongPress {
  readonly #onHeld: (held: Held) => boolean;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #from: Held | null = null;
  #taken = false;

  /** `onHeld` gives true where it took the press. */
  constructor(onHeld: (held: Held) => boolean) {
    this.#onHeld = onHeld;
  }

  /** True from the moment a press was taken until the next one: what the same finger does then is no click. */
  get taken(): boolean {
    return this.#taken;
  }

  down(event: PointerEvent): void {
    const second = this.#from !== null;
    this.end();
    this.#taken = false;
    if (event.pointerType !== "touch" || second) return;
    const { target, clientX, clientY, pointerId } = event;
    const held = { target: target as Element, clientX, clientY, pointerId };
    this.#from = held;
    this.#timer = setTimeout(() => {
      this.end();
      this.#taken = this.#onHeld(held);
    }, HOLD_MS);
  }

  move({ pointerId, clientX, clientY }: PointerEvent): void {
    const from = this.#from;
    if (from?.pointerId !== pointerId) return;
    if (Math.hypot(clientX - from.clientX, clientY - from.clientY) > STILL) this.end();
  }

  /** Lifted, cancelled (a scroll began), or gone. */
  end(): void {
    clearTimeout(this.#timer);
    this.#from = null;
  }
}
