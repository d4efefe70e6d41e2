// What a menu is asked for: what the views report under the pointer, a square of the bar, or, for the keyboard, what is
// pinned.

import type { Target } from "../state/edits/list.ts";
import type { AppState } from "../state/state.ts";
import type { Held } from "./long-press.ts";

type What = Omit<Target, "x" | "y">;

/** Listens for the menu of `main`; opens it where there is something to change. */
export function onContextMenu(event: MouseEvent, app: AppState): void {
  if (event.defaultPrevented || !(event.target instanceof HTMLElement)) return;
  const what = whatUnder(event.target, app);
  if (!what) return;
  event.preventDefault();
  const box = event.target.getBoundingClientRect();
  const pointer = event.clientX !== 0 || event.clientY !== 0;
  const [x, y] = pointer ? [event.clientX, event.clientY] : [box.left + 20, box.top + 20];
  openMenu(app, { ...what, x, y });
}

/**
 * Opens the menu of what a finger holds; false where there is nothing to change. Views report what is under a mouse, not
 * under a finger, so they are asked as a mouse would, and told that the finger is gone. The matrix has its own time.
 */
export function onHeld({ target, clientX, clientY, pointerId }: Held, app: AppState): boolean {
  if (!(target instanceof HTMLElement) || target.closest("input")) return false;
  if (target.closest(".hs-matrix-field")) return true;
  const say = (type: string, id: number, pointerType: string) => {
    const init = { bubbles: true, clientX, clientY, pointerId: id, pointerType };
    target.dispatchEvent(new PointerEvent(type, init));
  };
  for (const type of ["pointerover", "pointermove"]) say(type, 0, "mouse");
  const what = app.changeable.value && whatUnder(target, app);
  if (!what) return false;
  say("pointercancel", pointerId, "touch");
  openMenu(app, { ...what, x: clientX, y: clientY });
  return true;
}

/** Open the menu of a target, where the run can be changed. */
export function openMenu(app: AppState, target: Target): void {
  if (!app.changeable.value) return;
  app.edits.menu.value = target;
  app.popover.value = "change";
}

const NOTHING = { query: null, key: null, units: null };

function whatUnder(element: HTMLElement, app: AppState): What | null {
  const selection = app.selection.value;
  if (!selection) return null;
  const { layer, focus } = selection;
  const square = element.closest<HTMLElement>("[data-head]");
  if (square?.dataset.head) {
    const inRow = square.dataset.layer;
    return {
      layer: inRow === undefined ? layer : Number(inRow),
      head: Number(square.dataset.head),
      ...NOTHING,
    };
  }
  const hover = app.hover.value;
  if (element.closest(".hs-map, .hs-head")) {
    if (hover) return completed({ ...hover, units: null }, app);
    if (element.closest(".hs-map")) return null;
    const [pin] = selection.pins;
    if (pin === undefined) return null;
    const word = selection.side === "query" ? { query: pin, key: null } : { query: null, key: pin };
    return { layer, head: null, units: null, ...word };
  }
  return element.closest(".hs-neurons") && hover?.query != null
    ? { layer, head: focus, query: hover.query, key: hover.key, units: null }
    : null;
}

/** With one word pinned, a word of the other side means the weight between the two. */
function completed(what: What, app: AppState): What {
  const { pins, side, focus } = app.selection.value!;
  const [pin] = pins;
  if (what.head !== null || pins.length !== 1) return what;
  if (side === "query" && what.query === null && what.key !== null)
    return { ...what, head: focus, query: pin! };
  if (side === "key" && what.key === null && what.query !== null) return { ...what, head: focus, key: pin! };
  return what;
}
