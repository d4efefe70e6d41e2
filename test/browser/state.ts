// What a gallery state is, and the helpers to write one.

import type { ThemeName, View } from "../../src/views/index.ts";

/** Mounts a view in one particular state. `target` is an empty element as wide as the window. */
// biome-ignore lint/suspicious/noExplicitAny: views of every kind of props stand in one list
export type State = (target: HTMLElement, theme: ThemeName) => View<any>;

/** One call of a callback prop. */
export interface Reported {
  readonly name: string;
  readonly payload: unknown;
}

/** What the page keeps for tests. */
export interface Gallery {
  view: View<Record<string, unknown>> | null;
  readonly events: Reported[];
}

/** Keep a callback's payload where tests find it. */
export function report(name: string, payload: unknown): void {
  const { gallery } = globalThis as unknown as { gallery: Gallery };
  gallery.events.push({ name, payload });
}

/** Resolves when a test says so (`goOn` in browser.ts), or at a click of who looks at the gallery. */
export function toldToGoOn(): Promise<void> {
  return new Promise((done) => {
    for (const name of ["go-on", "click"]) addEventListener(name, () => done(), { once: true });
  });
}

/** Give the stage a fixed size, as the panel around a view would. */
export function box(target: HTMLElement, width: number, height?: number, padding = 0): HTMLElement {
  target.style.cssText = `box-sizing:border-box;padding:${padding}px;width:${width}px;`;
  const inner = document.createElement("div");
  if (height !== undefined) {
    target.style.height = `${height}px`;
    inner.style.height = `${height - 2 * padding}px`;
  }
  target.append(inner);
  return inner;
}
