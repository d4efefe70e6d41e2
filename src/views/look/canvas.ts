// Canvas sizing for screens of any pixel density; every canvas of the views goes through here.

/** A canvas context whose unit is one CSS pixel, and the device pixels it has per unit. */
export interface Surface {
  readonly context: CanvasRenderingContext2D;
  readonly ratio: number;
  /** Size in CSS pixels. */
  readonly width: number;
  readonly height: number;
}

/** Device pixels per CSS pixel of the window that shows `element`; 1 where there is no window. */
export function pixelRatio(element: Element): number {
  return element.ownerDocument.defaultView?.devicePixelRatio ?? 1;
}

/** Give `canvas` the size width x height in CSS pixels, clear it and scale its context. */
export function sizeCanvas(canvas: HTMLCanvasElement, width: number, height: number): Surface {
  const ratio = pixelRatio(canvas);
  const [columns, rows] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== columns) canvas.width = columns;
  if (canvas.height !== rows) canvas.height = rows;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = context2d(canvas);
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, columns, rows);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return { context, ratio, width, height };
}

/** The 2-D context of a canvas; an error where the browser refuses one. */
export function context2d(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext("2d");
  if (!context) {
    throw new Error(
      `No drawing surface of ${canvas.width} x ${canvas.height} pixels: make the window smaller.`,
    );
  }
  return context;
}

/** `value` in CSS pixels moved to the nearest device pixel, so that edges are crisp. */
export function snap(value: number, ratio: number): number {
  return Math.round(value * ratio) / ratio;
}
