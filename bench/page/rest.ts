// Runs in the measured pages and in their frames: says when a page that nobody prepared has come to rest.

/** When a frame was drawn, in milliseconds. */
export interface Rest {
  /** Start of the frame's navigation, since 1970. */
  readonly origin: number;
  /** The first animation frame after the last change, since the frame's origin. */
  readonly painted: number;
}

/**
 * Installs window.rest; sent to every page before its own scripts. Uses nothing from outside itself.
 * What counts as a change: elements that come or go, a call that draws on a canvas, an image that has loaded. Counting
 * elements costs a page of millions less than a list of its mutations would.
 */
export function watchForRest(): void {
  const QUIET_MS = 1000;
  let touched = true;
  const watched = (work: (...given: unknown[]) => unknown) =>
    function (this: unknown, ...given: unknown[]) {
      touched = true;
      return work.apply(this, given);
    };
  for (const { prototype } of [CanvasRenderingContext2D, ImageBitmapRenderingContext]) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      const reads = /^(constructor|get|is|measure|create)/.test(name);
      if (typeof value === "function" && !reads) Object.assign(prototype, { [name]: watched(value) });
    }
  }
  addEventListener(
    "load",
    () => {
      touched = true;
    },
    true,
  );
  const rest = new Promise<Rest>((resolve) => {
    let elements = 0;
    let painted = 0;
    const look = (): void => {
      const now = performance.now();
      const count = document.getElementsByTagName("*").length;
      if (touched || count !== elements) painted = 0;
      else painted ||= now;
      touched = false;
      elements = count;
      const isOver = painted > 0 && now - painted > QUIET_MS && document.readyState === "complete";
      if (isOver) resolve({ origin: performance.timeOrigin, painted });
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  Object.assign(window, { rest });
}
