// Sizes that depend on more than a media query can know: which layout a window gets, and how tall the dock is.

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

/** What the height of the dock depends on, in px: nothing that a text, a pin or a notice changes. */
export interface DockInput {
  readonly window: { readonly width: number; readonly height: number };
  /** Height of the workbench below the bars. */
  readonly workbench: number;
  /** False where the run has nothing that the dock could ever show. */
  readonly hasContent: boolean;
  readonly dock: "neurons" | "open" | "closed";
}

/** Windows lower than this have the dock open only where that is asked for. */
const LOW = 640;

/** Height of the dock; it stands until it is closed, and leaves the head view at least 200 px. */
export function dockHeight({ window, workbench, hasContent, dock }: DockInput): number {
  if (!hasContent || dock === "closed" || (dock === "neurons" && window.height < LOW)) return DOCK_CLOSED;
  return Math.min(fullHeight(window), Math.max(DOCK_CLOSED, workbench - 200));
}

function fullHeight({ width, height }: { width: number; height: number }): number {
  if (width >= 1680 && height >= 1000) return 404;
  const tall = width < 1200 ? 316 : 356;
  return height >= 800 ? tall : Math.min(tall, Math.round(0.39 * height));
}
