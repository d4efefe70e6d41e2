// Where the matrix stands and how it moves under wheel and drag: arithmetic in CSS pixels, no document.

/** Where cells may be drawn. */
export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Side of a cell and the corner of the first one. */
export interface Camera {
  readonly cell: number;
  readonly x: number;
  readonly y: number;
}

/** A cell by row and column of what is shown. */
export interface MatrixPlace {
  readonly row: number;
  readonly column: number;
}

/** A row, a column, or a cell where both are named: what is pointed at here or in another view. */
export interface MatrixPoint {
  readonly row: number | null;
  readonly column: number | null;
}

/** A matrix that fits its box. */
export interface MatrixFit {
  /** Size of the box. */
  readonly width: number;
  readonly height: number;
  readonly frame: Frame;
  readonly home: Camera;
  readonly fontSize: number;
  readonly rows: number;
  readonly columns: number;
}

/** What has to fit. */
export interface FitRequest {
  readonly width: number;
  readonly height: number;
  readonly rows: number;
  readonly columns: number;
  /** Width of the longest row label and of the longest column label, before it is turned. */
  readonly rowLabel: number;
  readonly columnLabel: number;
  /** The whole panel for the matrix: labels upright, a list of the pinned row beside it. */
  readonly full: boolean;
  /** Largest cell. */
  readonly largest: number;
}

/** Width of the list beside a full matrix. */
export const RAIL = 250;
/** Angle of column labels, in degrees. */
export const SLANT = 56;
const LABEL_MOST = 92;
const MOST_ZOOM = 1.6;

/** Size of labels for a number of words. */
export function labelSize(words: number): number {
  return words > 24 ? 10.5 : 12;
}

/** Fit a matrix into a box. */
export function matrixFit(request: FitRequest): MatrixFit {
  const { width, height, rows, columns, rowLabel, columnLabel, full, largest } = request;
  const rise = full ? 1 : Math.sin((SLANT * Math.PI) / 180);
  const left = Math.min(LABEL_MOST, rowLabel) + 24;
  const top = Math.min(LABEL_MOST, columnLabel) * rise + 22;
  const right = Math.max(left + 1, width - (full ? RAIL + 24 : 30));
  const bottom = Math.max(top + 1, height - 34);
  const cell = Math.min((right - left) / columns, (bottom - top) / rows, largest);
  const spare = right - left - cell * columns;
  return {
    width,
    height,
    frame: { left, top, right, bottom },
    home: { cell, x: left + spare * (full ? 0.5 : 0.25), y: top },
    fontSize: labelSize(Math.max(rows, columns)),
    rows,
    columns,
  };
}

/** The camera after zooming by `factor` with the point (x, y) kept in place. */
export function zoomAt(fit: MatrixFit, camera: Camera, factor: number, x: number, y: number): Camera {
  const most = Math.max(44, fit.home.cell) * MOST_ZOOM;
  const cell = Math.max(fit.home.cell, Math.min(most, camera.cell * factor));
  if (cell === fit.home.cell) return fit.home;
  const scale = cell / camera.cell;
  return inside(fit, { cell, x: x - (x - camera.x) * scale, y: y - (y - camera.y) * scale });
}

/** The camera after a drag. */
export function panBy(fit: MatrixFit, camera: Camera, dx: number, dy: number): Camera {
  if (camera.cell === fit.home.cell) return fit.home;
  return inside(fit, { ...camera, x: camera.x + dx, y: camera.y + dy });
}

function inside(fit: MatrixFit, camera: Camera): Camera {
  const { frame, rows, columns } = fit;
  return {
    cell: camera.cell,
    x: between(camera.x, frame.left, frame.right - columns * camera.cell),
    y: between(camera.y, frame.top, frame.bottom - rows * camera.cell),
  };
}

/** `value` kept between two limits, whichever is the lower. */
function between(value: number, a: number, b: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), value));
}

/** The camera moved as little as needed to show a cell whole. */
export function reveal(fit: MatrixFit, camera: Camera, row: number, column: number): Camera {
  const { frame } = fit;
  const x = camera.x + column * camera.cell;
  const y = camera.y + row * camera.cell;
  const dx = Math.max(0, frame.left - x) - Math.max(0, x + camera.cell - frame.right);
  const dy = Math.max(0, frame.top - y) - Math.max(0, y + camera.cell - frame.bottom);
  return panBy(fit, camera, dx, dy);
}

/** Row and column under a point, or null outside the cells that are shown. */
export function cellAt(fit: MatrixFit, camera: Camera, x: number, y: number): MatrixPlace | null {
  const { frame } = fit;
  if (x < frame.left || x >= frame.right || y < frame.top || y >= frame.bottom) return null;
  const [column, row] = [Math.floor((x - camera.x) / camera.cell), Math.floor((y - camera.y) / camera.cell)];
  return column >= 0 && column < fit.columns && row >= 0 && row < fit.rows ? { row, column } : null;
}

/** The cell in sight that is nearest to a point. */
export function nearestCell(fit: MatrixFit, camera: Camera, x: number, y: number): MatrixPlace {
  const { frame, rows, columns } = fit;
  const nearest = (at: number, origin: number, count: number, from: number, to: number): number => {
    const [first, end] = span(origin, camera.cell, count, from, to);
    return Math.max(first, Math.min(end - 1, Math.floor((at - origin) / camera.cell)));
  };
  return {
    row: nearest(y, camera.y, rows, frame.top, frame.bottom),
    column: nearest(x, camera.x, columns, frame.left, frame.right),
  };
}

/** Rows or columns that touch the stretch `from` to `to`: [first, one past last]. */
export function span(
  origin: number,
  cell: number,
  count: number,
  from: number,
  to: number,
): [number, number] {
  const first = Math.max(0, Math.min(count, Math.floor((from - origin) / cell + 1e-9)));
  const end = Math.max(first, Math.min(count, Math.ceil((to - origin) / cell - 1e-9)));
  return [first, end];
}

/** Space between cells, in CSS pixels. */
export function gapOf(cell: number): number {
  return cell > 14 ? 1 : cell > 7 ? 0.5 : 0;
}

/** Every n-th label is written so that they do not touch; turned ones lie nearer to each other than their cells. */
export function labelStep(fontSize: number, cell: number, angle = 90): number {
  return Math.max(1, Math.ceil((fontSize - 0.5) / (cell * Math.sin((angle * Math.PI) / 180))));
}
