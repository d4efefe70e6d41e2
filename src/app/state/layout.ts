// Sizes that depend on more than a media query can know: how tall the dock is, and when it gives way.

import { FOOT, TITLES } from "../../views/head/layout.ts";

/** Which of the four layouts a window gets. */
export type Width = "phone" | "tablet" | "desk" | "wide";

/** The layout for a window's width. */
export function widthOf(width: number): Width {
  if (width <= 720) return "phone";
  if (width < 1200) return "tablet";
  return width < 1680 ? "desk" : "wide";
}

/** Height of the dock as one line. */
export const DOCK_CLOSED = 40;
const HEAD_BAR = 44;
/** Rows lower than this make the dock give way. */
const LEAST_ROW = 13.4;

/** What the height of the dock depends on, in px. */
export interface DockInput {
  readonly window: { readonly width: number; readonly height: number };
  /** Height of the workbench below the bars and notices. */
  readonly workbench: number;
  /** Rows of the head view. */
  readonly rows: number;
  /** False where there are no queries and keys, or no word is pinned. */
  readonly hasContent: boolean;
  readonly dock: "neurons" | "open" | "closed";
  readonly mode: "lines" | "both" | "matrix";
}

/** Height of the dock. */
export function dockHeight(input: DockInput): number {
  const { window, workbench, rows, hasContent, dock, mode } = input;
  if (!hasContent || dock === "closed") return DOCK_CLOSED;
  const full = fullHeight(window);
  const room = workbench - HEAD_BAR - full - 1;
  const row = (room - TITLES - FOOT) / Math.max(1, rows);
  const tooLow = mode === "matrix" ? room < 200 : row < LEAST_ROW;
  return tooLow && dock !== "open" ? DOCK_CLOSED : Math.min(full, Math.max(DOCK_CLOSED, workbench - 200));
}

function fullHeight({ width, height }: { width: number; height: number }): number {
  if (width >= 1680 && height >= 1000) return 404;
  return height < 800 || width < 1200 ? 316 : 356;
}
