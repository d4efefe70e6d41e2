// Single keys, off while someone types or a popover is open. The map and the word columns have their own arrow keys.

import { sliceOf } from "../../analysis/index.ts";
import { stepPin } from "../../views/select/pins.ts";
import { blockOfCell } from "../state/edits/cell-block.ts";
import type { Place } from "../state/place.ts";
import type { AppState } from "../state/state.ts";
import type { Actions } from "./actions.ts";

/** What a key needs of the document. */
export interface KeyTarget {
  readonly focusMap: () => void;
  readonly focusSearch: () => void;
  readonly openFiles: () => void;
  /** True on a phone, which shows one panel at a time. */
  readonly oneAtATime: () => boolean;
}

/** Do what a key means; true if it meant something. */
export function onKey(event: KeyboardEvent, app: AppState, actions: Actions, target: KeyTarget): boolean {
  if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) {
    void (event.shiftKey ? actions.continueDraft() : actions.runDraft());
    return true;
  }
  if (event.metaKey || event.ctrlKey || event.altKey) return false;
  if (isTyping(event.target) && !(onSlider(event.target) && /^[a-z]$/i.test(event.key)))
    return event.key === "Escape" && leaveField(event.target, app);
  if (event.key === "Escape") return leave(app);
  if (app.popover.value !== null && app.popover.value !== "keys") return false;
  const act = commands(app, actions, target)[
    event.shiftKey && /^[a-z]$/i.test(event.key) ? `Shift ${event.key.toLowerCase()}` : event.key
  ];
  act?.();
  return act !== undefined;
}

function isTyping(target: EventTarget | null): target is HTMLElement {
  return (
    target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable]") !== null
  );
}

/** A slider has no use for letters. */
function onSlider(target: HTMLElement): boolean {
  return target instanceof HTMLInputElement && target.type === "range";
}

/** Escape gives the keys back to the page. A popover closes itself. */
function leaveField(target: HTMLElement, app: AppState): boolean {
  if (app.popover.value !== null) return false;
  target.blur();
  return true;
}

/** Close what is open, else unpin. */
function leave(app: AppState): boolean {
  const selection = app.selection.value;
  if (app.popover.value) app.popover.value = null;
  else if (app.notice.value) app.notice.value = null;
  else if (app.alone.value) app.alone.value = false;
  else if (selection && selection.pins.length > 0) app.select({ ...selection, pins: [] });
  else return false;
  return true;
}

/** Show the neurons; where they are shown, fold them. */
function neuronsToggled({ panel, dock }: Place): Pick<Place, "panel" | "dock"> {
  return { panel: "neurons", dock: panel === "neurons" && dock !== "closed" ? "closed" : "open" };
}

/** Hide the weight under the pointer before the softmax. */
function blockHovered(app: AppState, actions: Actions): void {
  const [hover, where] = [app.hover.value, app.changeable.value];
  const edit = hover && where && blockOfCell({ ...hover, units: null }, where);
  if (edit) void actions.editing.add(edit);
}

function commands(app: AppState, actions: Actions, target: KeyTarget): Record<string, () => void> {
  const always = {
    "?": () => {
      app.popover.value = app.popover.value === "keys" ? null : "keys";
    },
    "/": target.focusSearch,
    o: target.openFiles,
    r: () => {
      app.popover.value = "recent";
    },
  };
  const [attention, selection] = [app.attention.value, app.selection.value];
  if (!attention || !selection) return always;
  const { layers } = attention;
  const heads = attention.heads(selection.layer);
  const layer = (step: number) =>
    app.select({ ...selection, layer: (selection.layer + step + layers) % layers });
  const head = (h: number) => h < heads && app.select({ ...selection, heads: [h], focus: h });
  const all = Array.from({ length: heads }, (_, i) => i);
  const digits = Object.fromEntries(Array.from({ length: 10 }, (_, h) => [String(h), () => head(h)]));
  const pin = (step: 1 | -1, adding: boolean) => () => app.select(stepPins(app, step, adding));
  return {
    ...always,
    ...digits,
    "[": () => layer(-1),
    "]": () => layer(1),
    s: () => app.select({ ...selection, heads: [selection.focus] }),
    a: () => app.select({ ...selection, heads: all }),
    j: pin(1, false),
    k: pin(-1, false),
    "Shift j": pin(1, true),
    "Shift k": pin(-1, true),
    l: () => app.go({ view: "lines" }),
    b: () => app.go({ view: "both" }),
    m: () => app.go({ view: "matrix" }),
    w: () => app.turn(),
    f: () => {
      app.alone.value = !app.alone.value;
    },
    h: () => app.go({ hide: !app.place.value.hide }),
    c: () => void actions.look({ compare: app.place.value.compare === "off" ? "side" : "off" }),
    e: () => void actions.editing.toggleAll(),
    z: () => void actions.editing.undo(),
    "Shift z": () => void actions.editing.redo(),
    x: () => blockHovered(app, actions),
    t: () => {
      app.table.value = !app.table.value;
    },
    n: () =>
      app.go(
        { ...neuronsToggled(app.place.value), ...(target.oneAtATime() && { tab: "neurons" }) },
        "replace",
      ),
    ArrowUp: target.focusMap,
    ArrowDown: target.focusMap,
    ArrowLeft: target.focusMap,
    ArrowRight: target.focusMap,
  };
}

function stepPins(app: AppState, step: 1 | -1, adding: boolean) {
  const reading = app.readings.shown.value!;
  const { attention, selection } = reading;
  const slice = sliceOf(attention, app.filter.value!);
  const shown = selection.side === "query" ? slice.queries : slice.keys;
  return reading.back(stepPin(selection, selection.side, shown, step, adding));
}
