// When the head view does what can wait: a redraw while the reader scrolls, the full picture once they rest, numbers
// that take more than a frame to work out. One of each at a time.

export class Pace {
  #frame = 0;
  readonly #timers = new Map<"settle" | "receive", ReturnType<typeof setTimeout>>();

  /** True if a task of this name is waiting. */
  waits(name: "frame" | "settle" | "receive"): boolean {
    return name === "frame" ? this.#frame !== 0 : this.#timers.has(name);
  }

  /** Do `task` with the next frame, once. */
  nextFrame(task: () => void): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      task();
    });
  }

  /** Do `task` in `wait` milliseconds, in place of the one that waits under this name. */
  later(name: "settle" | "receive", wait: number, task: () => void): void {
    clearTimeout(this.#timers.get(name));
    const timer = setTimeout(() => {
      this.#timers.delete(name);
      task();
    }, wait);
    this.#timers.set(name, timer);
  }

  /** Forget what waits: the redraw and the full picture, or with "all" the numbers too. */
  cancel(all: boolean): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    for (const [name, timer] of this.#timers) {
      if (name === "receive" && !all) continue;
      clearTimeout(timer);
      this.#timers.delete(name);
    }
  }
}
