// Sizes that depend on more than a media query can know: which layout a window gets, and how tall the dock is.

/** Bounds of a size that can be changed, and the size, in px. */
export interface Span {
  readonly least: number;
  readonly most: number;
  readonly size: number;
}

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
  /** The height that was chosen; null for the layout's own. */
  readonly asked: number | null;
}

/** Windows lower than this have the dock open only where that is asked for. */
const LOW = 640;

/** Lower, an open dock shows nothing but its tabs. */
const LEAST = 120;

/** Height of the dock; it stands until it is closed, and leaves the head view at least 200 px. */
export function dockHeight(input: DockInput): number {
  const { window, hasContent, dock } = input;
  if (!hasContent || dock === "closed" || (dock === "neurons" && window.height < LOW)) return DOCK_CLOSED;
  return dockSpan(input).size;
}

/** How tall an open dock is, and can be made. */
export function dockSpan({
  window,
  workbench,
  asked,
}: Pick<DockInput, "window" | "workbench" | "asked">): Span {
  const most = Math.max(DOCK_CLOSED, workbench - 200);
  const least = Math.min(LEAST, most);
  const size = Math.min(most, asked === null ? fullHeight(window) : Math.max(least, asked));
  return { least, most, size };
}

function fullHeight({ width, height }: { width: number; height: number }): number {
  if (width >= 1680 && height >= 1000) return 404;
  const tall = width < 1200 ? 316 : 356;
  return height >= 800 ? tall : Math.min(tall, Math.round(0.39 * height));
}
