// Rows that are put in another order: dragged by mouse or by finger, or moved by arrow keys. Plain pointer events, as the
// browser's own dragging knows no fingers. A finger drags by the grip alone; elsewhere it scrolls.

import { type Signal, useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useRef } from "preact/hooks";

/** A row on its way: where it was, and where it would go. */
export interface Moving {
  readonly from: number;
  readonly to: number;
}

/** The order of the rows of a list. */
export interface Order {
  readonly list: RefObject<HTMLOListElement | null>;
  readonly moving: Signal<Moving | null>;
  /** Begins to drag the row `from`. */
  begin(event: PointerEvent, from: number): void;
  /** Moves the row `from` by one step, where the key says so; the focus goes with it. */
  step(event: KeyboardEvent, from: number): void;
}

/** Pixels that a pointer moves before it drags. */
const SLACK = 4;
/** What does something else where it is pressed. */
const PARTS = "button:not(.grip), input, label";

/** Lets the rows of a list be moved. */
export function useOrder(move: (from: number, to: number) => void): Order {
  const list = useRef<HTMLOListElement>(null);
  const moving = useSignal<Moving | null>(null);
  const begin = (event: PointerEvent, from: number) => {
    const pressed = event.target as HTMLElement;
    const grip = pressed.closest(".grip") !== null;
    if (event.button !== 0 || pressed.closest(PARTS) || (event.pointerType === "touch" && !grip)) return;
    const row = event.currentTarget as HTMLElement;
    const done = new AbortController();
    const { signal } = done;
    const end = (drop: boolean) => {
      done.abort();
      const last = moving.value;
      moving.value = null;
      if (drop && last) move(last.from, last.to);
    };
    row.setPointerCapture(event.pointerId);
    const follow = ({ clientY }: PointerEvent) => {
      if (!moving.value && Math.abs(clientY - event.clientY) < SLACK) return;
      moving.value = { from, to: rowAt(list.current!, clientY) };
    };
    row.addEventListener("pointermove", follow, { signal });
    row.addEventListener("pointerup", () => end(true), { signal });
    row.addEventListener("pointercancel", () => end(false), { signal });
    const cancel = (pressed: KeyboardEvent) => {
      if (pressed.key !== "Escape" || !moving.value) return;
      pressed.stopPropagation();
      end(false);
    };
    addEventListener("keydown", cancel, { signal, capture: true });
  };
  const step = (event: KeyboardEvent, from: number) => {
    const onGrip = (event.target as HTMLElement).closest(".grip") !== null;
    const by = onGrip || event.altKey ? { ArrowUp: -1, ArrowDown: 1 }[event.key] : undefined;
    if (by === undefined || !list.current) return;
    event.preventDefault();
    event.stopPropagation();
    const to = from + by;
    if (to < 0 || to >= list.current.children.length) return;
    const part = onGrip ? ".grip" : "[role=switch]";
    move(from, to);
    requestAnimationFrame(() => list.current?.children[to]?.querySelector<HTMLElement>(part)?.focus());
  };
  return { list, moving, begin, step };
}

/** The row under a height of the window; the first or the last beyond them. */
function rowAt(list: HTMLElement, y: number): number {
  const rows = [...list.children];
  const below = rows.findIndex((row) => y < row.getBoundingClientRect().bottom);
  return below < 0 ? rows.length - 1 : below;
}
