// What gestures on words do to the pins of a selection: click, shift-click, step, unpin. Pure functions.

import type { Selection } from "../view.ts";

/** A word clicked: pins it alone, or unpins it if it was the only pin; with `adding` it joins or leaves the pins. */
export function clickPin(
  selection: Selection,
  side: Selection["side"],
  position: number,
  adding: boolean,
): Selection {
  const before = selection.side === side ? selection.pins : [];
  const pinned = before.includes(position);
  if (!adding) return { ...selection, side, pins: pinned && before.length === 1 ? [] : [position] };
  const pins = pinned ? before.filter((pin) => pin !== position) : [...before, position];
  return { ...selection, side, pins };
}

/** The pin moved by `step` along `shown` positions (ends stay put); with `adding` the next one joins. */
export function stepPin(
  selection: Selection,
  side: Selection["side"],
  shown: readonly number[],
  step: 1 | -1,
  adding: boolean,
): Selection {
  const pins = selection.side === side ? selection.pins : [];
  const last = pins.at(-1);
  const next = last === undefined ? (step > 0 ? shown[0] : shown.at(-1)) : neighbour(shown, last, step);
  if (next === undefined) return selection;
  if (!adding) return { ...selection, side, pins: [next] };
  return { ...selection, side, pins: [...pins.filter((pin) => pin !== next), next] };
}

function neighbour(shown: readonly number[], from: number, step: 1 | -1): number | undefined {
  const ahead = shown.filter((position) => (step > 0 ? position > from : position < from));
  return (step > 0 ? ahead[0] : ahead.at(-1)) ?? from;
}

/** No pins. */
export function unpin(selection: Selection): Selection {
  return selection.pins.length === 0 ? selection : { ...selection, pins: [] };
}
