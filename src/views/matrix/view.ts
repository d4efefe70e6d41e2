// The matrix of the focused head: rows attend to columns. Only what is visible is computed and painted, so that
// 2,048 words cost what a screen costs. Words are text; weights are pixels with a table behind them.
// Every weight that is not masked is shown: `filter.strongest` thins out lines, not the matrix.

import { applyTheme } from "../look/style.ts";
import { Asked } from "../read/asked.ts";
import { pageMeasure, widest } from "../scene/measure.ts";
import { clickPin } from "../select/pins.ts";
import type { View } from "../view.ts";
import { MatrixCells } from "./cells.ts";
import { drawAround, drawCells, drawLabels, drawOverlay, pinnedIn, type Shown } from "./drawing.ts";
import { MatrixFrame } from "./frame.ts";
import { MatrixGestures, type MenuPlace } from "./gestures.ts";
import { MatrixImage } from "./image.ts";
import {
  type Camera,
  labelSize,
  type MatrixFit,
  type MatrixPlace,
  matrixFit,
  panBy,
  span,
} from "./layout.ts";
import { MatrixMarking } from "./marking.ts";
import { MatrixPointing, type Point } from "./pointing.ts";
import type { MatrixProps } from "./props.ts";
import type { Region } from "./region.ts";
import { matrixSummary, matrixTable } from "./said.ts";
import { MatrixWork } from "./work.ts";

export type { MarkedRegion, MatrixContext, MatrixProps } from "./props.ts";

/** The matrix view. */
export class MatrixView implements View<MatrixProps> {
  readonly #frame: MatrixFrame;
  readonly #gestures: MatrixGestures;
  readonly #observer: ResizeObserver;
  readonly #image = new MatrixImage();
  readonly #work = new MatrixWork(() => this.#draw());
  readonly #pointing: MatrixPointing;
  readonly #marking: MatrixMarking;
  #props: MatrixProps;
  #cells: MatrixCells;
  #fit: MatrixFit;
  #camera: Camera;
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
    this.#pointing = new MatrixPointing(this.#frame);
    this.#marking = new MatrixMarking(this.#frame);
    applyTheme(this.#frame.root, props.theme);
    this.#cells = this.#read();
    this.#pointing.follow(this.#cells, props.hover);
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
    const { attention, selection, filter, full, theme, hover } = this.#props;
    const { layer, focus } = before.selection;
    if (theme !== before.theme) applyTheme(this.#frame.root, theme);
    const sameShape = attention === before.attention && filter === before.filter;
    if (!sameShape || layer !== selection.layer || focus !== selection.focus) {
      this.#cells = this.#read();
      this.#problem = "";
      this.#marking.mark(this.#cells, null);
      this.#point(null);
    }
    this.#pointing.follow(this.#cells, hover);
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
      near: () => view.#pointing.near,
      press: (row, add) => view.#pin(row, add),
      mark: (region, at) => view.#mark(region, at),
      choose: () => view.#choose(),
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

  get #shown(): Shown {
    return {
      props: this.#props,
      cells: this.#cells,
      fit: this.#fit,
      camera: this.#camera,
      near: this.#pointing.shown,
      region: this.#marking.region,
      waiting: this.#waiting,
      problem: this.#problem,
    };
  }

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
    drawCells(this.#frame, this.#image, this.#shown, this.#work.missing + this.#waiting);
    drawAround(this.#frame, this.#shown);
    this.#drawPointed();
    this.#frame.field.classList.toggle("movable", this.#camera.cell > home.cell);
  }

  /** Labels and marks, which follow pointer and pins while the cells stay. */
  #drawPointed(): void {
    if (this.#props.table || this.#fit.width === 0) return;
    drawOverlay(this.#frame, this.#shown);
    drawLabels(this.#frame, this.#shown);
  }

  /** Ask for the rows in sight that are not here. */
  #ask(first: number, end: number): void {
    const rows = Array.from({ length: end - first }, (_, i) => first + i);
    const missing = this.#cells.missing([...new Set([...rows, ...pinnedIn(this.#shown, "query")])]);
    this.#waiting = missing.length;
    this.#asked.ask(this.#props.attention, missing);
  }

  // Gestures

  #pin(row: number, add: boolean): void {
    const { selection, onSelect } = this.#props;
    onSelect?.(clickPin(selection, "query", this.#cells.slice.queries[row]!, add));
  }

  #mark(region: Region | null, at?: Point): void {
    if (this.#marking.mark(this.#cells, region, at)) this.#drawPointed();
  }

  /** Report what is marked: false where nothing is. */
  #choose(): boolean {
    if (!this.#marking.region) return false;
    const { selection, onSelect, onRegion } = this.#props;
    const marked = this.#marking.choose(this.#cells, selection);
    this.#drawPointed();
    if (marked && onRegion) onRegion(marked);
    else if (marked) onSelect?.(marked.selection);
    return true;
  }

  #menu({ row, column }: MenuPlace, x: number, y: number): void {
    const place = this.#cells.place(row ?? 0, column ?? 0);
    const [query, key] = [row === null ? null : place.query, column === null ? null : place.key];
    if (column !== null && key === null) return;
    if (row !== null && column !== null && Number.isNaN(this.#cells.weight(row, column))) return;
    const { layer, head } = this.#cells;
    this.#props.onContext?.({ layer, head, query, key, x, y });
  }

  #point(place: MatrixPlace | null, at?: Point): void {
    if (this.#pointing.point(this.#cells, place, at, this.#props.onHover)) this.#drawPointed();
  }

  /** Follow the pointer of another view. */
  #pointElsewhere(): void {
    if (this.#pointing.follow(this.#cells, this.#props.hover)) this.#drawPointed();
  }
}
