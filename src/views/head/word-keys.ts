// What a key means in a list of words.

import type { Arrows } from "./word-places.ts";

/** Where the keyboard is in a list. */
export interface KeyPlace {
  /** Rows of the list. */
  readonly rows: number;
  /** The row that the keyboard is on, or begins at. */
  readonly at: number;
  /** False while the keyboard has not moved in the list yet: the first arrow goes to where it begins. */
  readonly entered: boolean;
  readonly arrows: Arrows;
}

/** Rows that Page Up and Page Down move by. */
const PAGE = 10;

/** The row that a key goes to, what else it does, or null where it means nothing here. */
export function meaningOf(
  key: string,
  { rows, at, entered, arrows }: KeyPlace,
): number | "press" | "next" | "before" | "across" | "unpin" | null {
  const step = entered ? 1 : 0;
  const moves: Readonly<Record<string, number>> = {
    [arrows.next]: at + step,
    [arrows.before]: at - step,
    PageDown: at + PAGE,
    PageUp: at - PAGE,
    Home: 0,
    End: rows - 1,
  };
  const row = moves[key];
  if (row !== undefined) return Math.max(0, Math.min(rows - 1, row));
  if (key === arrows.across) return "across";
  if (key === "Enter" || key === " ") return "press";
  if (key === "j" || key === "J") return "next";
  if (key === "k" || key === "K") return "before";
  return key === "Escape" ? "unpin" : null;
}
