// The matrix of the focused head: rows attend to columns. Only what is visible is computed and painted, so that
// 2,048 words cost what a screen costs. Words are text; weights are pixels with a table behind them.
// Every weight that is not masked is shown: `filter.strongest` thins out lines, not the matrix.

import { sizeCanvas } from "../look/canvas.ts";
import { type InkScale, SCALE_NOTES } from "../look/ink.ts";
import { headColors } from "../look/palette.ts";
import { applyTheme } from "../look/style.ts";
import { COLORS } from "../look/theme.ts";
import { Asked } from "../read/asked.ts";
import { paintScene } from "../scene/canvas.ts";
import { pageMeasure, widest } from "../scene/measure.ts";
import { layTexts } from "../scene/text.ts";
import { clickPin } from "../select/pins.ts";
import type { CommonProps, Hover, Selection, View } from "../view.ts";
import { MatrixCells } from "./cells.ts";
import { MatrixFrame } from "./frame.ts";
import { MatrixGestures, type Point } from "./gestures.ts";
import { MatrixImage } from "./image.ts";
import { labelItems } from "./labels.ts";
import {
  type Camera,
  labelSize,
  type MatrixFit,
  type MatrixPlace,
  type MatrixPoint,
  matrixFit,
  panBy,
  RAIL,
  span,
} from "./layout.ts";
import { matrixSummary, matrixTable, matrixTip, missingNote } from "./said.ts";
import {
  crossHairMarks,
  editedMarks,
  framed,
  type MatrixRequest,
  numberMarks,
  pinMarks,
  sentenceMarks,
  unmatchedMarks,
} from "./scene.ts";
import { drawSide } from "./side.ts";
import { MatrixWork } from "./work.ts";

/** A cell for which a menu was asked, with the point of the window where it was asked. */
export interface MatrixContext {
  readonly layer: number;
  readonly head: number;
  readonly query: number;
  readonly key: number;
  readonly x: number;
  readonly y: number;
}

/** Props of the matrix; it shows the selection's focused head. */
export interface MatrixProps extends CommonProps {
  /** The matrix has the panel for itself: upright labels and a list of the pinned row. */
  readonly full?: boolean;
  /** One sentence about the head, for people who cannot see the picture. */
  readonly summary?: string;
  /** How weights become colours; by their square root where left out. */
  readonly colors?: InkScale;
  /** A table of numbers in place of the picture. */
  readonly table?: boolean;
  /** Right click, long press or the Menu key on a cell. */
  readonly onContext?: (context: MatrixContext) => void;
}

/** The matrix view. */
export class MatrixView implements View<MatrixProps> {
  readonly #frame: MatrixFrame;
  readonly #gestures: MatrixGestures;
  readonly #observer: ResizeObserver;
  readonly #image = new MatrixImage();
  readonly #work = new MatrixWork(() => this.#draw());
  #props: MatrixProps;
  #cells: MatrixCells;
  #fit: MatrixFit;
  #camera: Camera;
  #near: MatrixPlace | null = null;
  /** What another view points at. */
  #elsewhere: MatrixPoint | null = null;
  /** What was reported last: it may come back as the prop. */
  #reported: Hover | null = null;
  /** Rows that were asked for and are not here. */
  #waiting = 0;
  #problem = "";
  readonly #asked = new Asked(
    () => this.#draw(),
    (error) => this.#fail(error),
  );
  #nextFrame = 0;

  constructor(target: HTMLElement, props: MatrixProps) {
    this.#props = props;
    this.#frame = new MatrixFrame(target);
    applyTheme(this.#frame.root, props.theme);
    this.#cells = this.#read();
    this.#fit = this.#measure();
    this.#camera = this.#fit.home;
    this.#gestures = this.#listen();
    this.#draw();
    this.#observer = new ResizeObserver(() => this.#resized());
    this.#observer.observe(this.#frame.root);
  }

  update(changed: Partial<MatrixProps>): void {
    const before = this.#props;
    this.#props = { ...before, ...changed };
    if (Object.keys(changed).every((name) => name === "hover")) this.#pointElsewhere();
    else this.#changed(before);
  }

  #changed(before: MatrixProps): void {
    const { attention, selection, filter, full, theme } = this.#props;
    const { layer, focus } = before.selection;
    if (theme !== before.theme) applyTheme(this.#frame.root, theme);
    const sameShape = attention === before.attention && filter === before.filter;
    if (!sameShape || layer !== selection.layer || focus !== selection.focus) {
      this.#cells = this.#read();
      this.#problem = "";
      this.#point(null);
    }
    this.#elsewhere = this.#readElsewhere();
    this.#refit(sameShape && full === before.full);
    this.#draw();
  }

  destroy(): void {
    this.#work.stop();
    this.#asked.forget();
    cancelAnimationFrame(this.#nextFrame);
    this.#gestures.destroy();
    this.#observer.disconnect();
    this.#frame.root.remove();
  }

  #listen(): MatrixGestures {
    const view = this;
    return new MatrixGestures(this.#frame.field, {
      fit: () => view.#fit,
      get camera() {
        return view.#camera;
      },
      set camera(camera) {
        view.#camera = camera;
      },
      moved: () => view.#schedule(),
      point: (place, at) => view.#point(place, at),
      near: () => view.#near,
      press: (row, add) => view.#pin(row, add),
      menu: (place, x, y) => view.#menu(place, x, y),
    });
  }

  #read(): MatrixCells {
    const { attention, selection, filter } = this.#props;
    return new MatrixCells(attention, selection.layer, selection.focus, filter);
  }

  // Fitting

  #fail(error: unknown): void {
    this.#problem = error instanceof Error ? error.message : String(error);
    this.#draw();
  }

  #measure(): MatrixFit {
    const { rows, columns } = this.#cells;
    const measure = pageMeasure(this.#frame.canvas);
    const fontSize = labelSize(Math.max(rows, columns));
    return matrixFit({
      width: this.#frame.root.clientWidth,
      height: this.#frame.root.clientHeight,
      rows,
      columns,
      rowLabel: widest(measure, this.#cells.rowWords, fontSize),
      columnLabel: widest(measure, this.#cells.columnWords, fontSize),
      full: this.#props.full ?? false,
      largest: (this.#frame.root.ownerDocument.defaultView?.innerWidth ?? 0) >= 1680 ? 50 : 44,
    });
  }

  /** Fit again; what is zoomed in on stays where the matrix is the same. */
  #refit(same: boolean): void {
    const zoomed = same && this.#camera.cell > this.#fit.home.cell;
    this.#fit = this.#measure();
    const still = zoomed && this.#camera.cell > this.#fit.home.cell;
    this.#camera = still ? panBy(this.#fit, this.#camera, 0, 0) : this.#fit.home;
  }

  #resized(): void {
    const { clientWidth: width, clientHeight: height } = this.#frame.root;
    if (width === 0 || (width === this.#fit.width && height === this.#fit.height)) return;
    this.#refit(true);
    this.#draw();
  }

  // Drawing

  #schedule(): void {
    if (this.#nextFrame === 0) this.#nextFrame = requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    cancelAnimationFrame(this.#nextFrame);
    this.#nextFrame = 0;
    const { table = false } = this.#props;
    this.#frame.showTable(table);
    this.#frame.table.show(table ? matrixTable(this.#cells) : null);
    if (table || this.#frame.root.clientWidth === 0) return;
    const { frame, rows, home } = this.#fit;
    const inSight = span(this.#camera.y, this.#camera.cell, rows, frame.top, frame.bottom);
    this.#work.begin(this.#cells, ...inSight);
    this.#ask(...inSight);
    this.#frame.describe(this.#props.summary ?? matrixSummary(this.#cells));
    this.#paint();
    this.#drawLabels();
    this.#drawLegend();
    this.#drawNote();
    this.#drawSide();
    this.#drawOverlay();
    this.#frame.field.classList.toggle("movable", this.#camera.cell > home.cell);
  }

  /** Ask for the rows in sight that are not here. */
  #ask(first: number, end: number): void {
    const rows = Array.from({ length: end - first }, (_, i) => first + i);
    const missing = this.#cells.missing([...new Set([...rows, ...this.#pinned("query")])]);
    this.#waiting = missing.length;
    this.#asked.ask(this.#props.attention, missing);
  }

  #paint(): void {
    const surface = sizeCanvas(this.#frame.canvas, this.#fit.width, this.#fit.height);
    const request = this.#request();
    const missing = this.#work.missing + this.#waiting;
    surface.context.putImageData(this.#image.of(surface, { ...request, missing }), 0, 0);
    const { unmatched } = this.#props;
    const marks = [
      ...(unmatched ? unmatchedMarks(request, unmatched) : []),
      ...(this.#props.filter.segments ? [] : sentenceMarks(request, ...this.#cells.borders)),
      ...numberMarks(request, this.#pinned("query")),
    ];
    paintScene({ context: surface.context, texts: true }, { marks: [framed(request, 0, marks)] });
  }

  #request(): MatrixRequest {
    const { theme, colors } = this.#props;
    const ink = this.#cells.ink(theme, colors);
    return { cells: this.#cells, fit: this.#fit, camera: this.#camera, theme, ink };
  }

  #drawLabels(): void {
    const items = labelItems({
      fit: this.#fit,
      camera: this.#camera,
      theme: this.#props.theme,
      rowWord: (row) => this.#cells.rowWords[row]!,
      columnWord: (column) => this.#cells.columnWords[column]!,
      pinnedRows: this.#pinned("query"),
      pinnedColumns: this.#pinned("key"),
      near: this.#near ?? this.#elsewhere,
      upright: this.#props.full ?? false,
    });
    layTexts(this.#frame.labels, items);
  }

  #pinned(side: Selection["side"]): ReadonlySet<number> {
    return this.#cells.pinned(this.#props.selection, side);
  }

  #drawLegend(): void {
    const { theme, attention, full, colors = "root" } = this.#props;
    const note = attention.scale === "weight" ? SCALE_NOTES[colors] : "";
    const { frame, rows, columns } = this.#fit;
    const bottom = Math.min(frame.bottom, this.#camera.y + rows * this.#camera.cell);
    const size = `Rows attend to columns. ${rows} × ${columns} weights. Scroll to zoom, drag to move.`;
    const what = full ? size : this.#cells.name;
    const right = this.#fit.width - (full ? RAIL : 0) - 8;
    const place = { left: Math.max(frame.left, this.#camera.x), top: bottom + 6, right };
    this.#frame.legend(theme, attention, what, note, place);
  }

  /** Why cells are missing: what went wrong, what is still to come, what was not recorded; else why half is empty. */
  #drawNote(): void {
    const { home } = this.#fit;
    const text = this.#problem || missingNote(this.#cells, this.#waiting);
    if (text) this.#frame.note(text, 12, home.y + 4);
    else this.#drawCausalNote();
  }

  /** Where there is room to say so. */
  #drawCausalNote(): void {
    const { attention, full } = this.#props;
    const { home, rows, columns, width } = this.#fit;
    const causal = attention.reach(this.#cells.layer).causal;
    const room = columns * home.cell > 230 && rows > 6 && home.cell > 15;
    const shown = causal && !full && room && this.#camera === home;
    const right = width - home.x - columns * home.cell + 2;
    this.#frame.note(shown ? "future tokens are masked" : "", right, home.y + home.cell / 2 - 8);
  }

  #drawSide(): void {
    const { full, selection, theme, attention } = this.#props;
    this.#frame.side.style.display = full ? "" : "none";
    if (!full) return;
    const { head } = this.#cells;
    const colors = headColors(theme, selection.heads, attention.heads(selection.layer));
    drawSide(this.#frame.side, this.#cells, [...this.#pinned("query")], colors[head] ?? COLORS[theme].ink);
  }

  #drawOverlay(): void {
    if (this.#fit.width === 0) return;
    const { context } = sizeCanvas(this.#frame.overlay, this.#fit.width, this.#fit.height);
    const request = this.#request();
    const near = this.#near ?? this.#elsewhere;
    const { layer, head } = this.#cells;
    const marks = [
      ...editedMarks(request, this.#props.edited?.cells(layer, head) ?? []),
      ...(near ? crossHairMarks(request, near) : []),
      ...pinMarks(request, this.#pinned("query"), this.#pinned("key")),
    ];
    paintScene({ context, texts: true }, { marks: [framed(request, 3, marks)] });
  }

  #pin(row: number, add: boolean): void {
    const { selection, onSelect } = this.#props;
    onSelect?.(clickPin(selection, "query", this.#cells.slice.queries[row]!, add));
  }

  #menu({ row, column }: MatrixPlace, x: number, y: number): void {
    const { query, key } = this.#cells.place(row, column);
    if (key === null || Number.isNaN(this.#cells.weight(row, column))) return;
    const { layer, head } = this.#cells;
    this.#props.onContext?.({ layer, head, query, key, x, y });
  }

  #point(place: MatrixPlace | null, at?: Point): void {
    const near = this.#near;
    const same = place?.row === near?.row && place?.column === near?.column;
    if (same) {
      if (at) this.#frame.tip.move(at.x, at.y);
      return;
    }
    this.#near = place;
    this.#say(place, at ?? { x: 0, y: 0 });
    this.#drawOverlay();
    this.#drawLabels();
  }

  /** Follow the pointer of another view. */
  #pointElsewhere(): void {
    const before = this.#elsewhere;
    this.#elsewhere = this.#readElsewhere();
    const same = before?.row === this.#elsewhere?.row && before?.column === this.#elsewhere?.column;
    if (same || this.#near || this.#props.table || this.#fit.width === 0) return;
    this.#drawOverlay();
    this.#drawLabels();
  }

  #readElsewhere(): MatrixPoint | null {
    const { hover } = this.#props;
    const { layer, head } = this.#cells;
    if (!hover || hover === this.#reported || hover.layer !== layer) return null;
    return hover.head === null || hover.head === head ? this.#cells.find(hover) : null;
  }

  /** Report the cell, and give its numbers to eyes and ears. */
  #say(place: MatrixPlace | null, at: Point): void {
    const { layer, head } = this.#cells;
    this.#reported = place && { layer, head, ...this.#cells.place(place.row, place.column) };
    this.#props.onHover?.(this.#reported);
    const tip = place && matrixTip(this.#cells, place);
    if (tip && tip.rows.length > 0) this.#frame.tip.show(tip, at.x, at.y);
    else this.#frame.tip.hide();
    this.#frame.speak(tip ? `${tip.title}, ${tip.rows[0]?.[1] ?? "masked"}` : "");
  }
}
