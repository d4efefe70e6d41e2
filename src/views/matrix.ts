// The matrix of the focused head: rows attend to columns. Only what is visible is computed and painted, so that
// 2,048 words cost what a screen costs. Words are text; weights are pixels with a table behind them.
// Every weight that is not masked is shown: `filter.strongest` thins out lines, not the matrix.

import type { Token } from "../trace/index.ts";
import { context2d, sizeCanvas } from "./canvas.ts";
import { coarseFirst, MatrixCells } from "./matrix-cells.ts";
import { drawLabels } from "./matrix-labels.ts";
import {
  type Camera,
  cellAt,
  labelSize,
  type MatrixFit,
  matrixFit,
  panBy,
  RAIL,
  reveal,
  span,
  zoomAt,
} from "./matrix-layout.ts";
import { LEAST_SHOWN, paintMatrix } from "./matrix-picture.ts";
import { drawSide } from "./matrix-side.ts";
import { MATRIX_CSS } from "./matrix-style.ts";
import { PagedTable, type TableSource } from "./paged-table.ts";
import { attentionRgb, formatNumber, headColors, parseHex, textOn } from "./palette.ts";
import { ensureStyle } from "./style.ts";
import { ATTENTION_RAMP, COLORS, FONTS } from "./theme.ts";
import type { CommonProps, View } from "./view.ts";
import { wordOf } from "./words.ts";

/** A cell for which a menu was asked, with the point in the window where it was asked. */
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
  /** What the weights are, for the legend. */
  readonly unit?: string;
  /** One sentence about the head, for people who cannot see the picture. */
  readonly summary?: string;
  /** A table of numbers in place of the picture. */
  readonly table?: boolean;
  /** Right click, long press or the Menu key on a cell. */
  readonly onContext?: (context: MatrixContext) => void;
}

interface Place {
  readonly row: number;
  readonly column: number;
}

/** Time for computing rows before the page may paint and react, in milliseconds. */
const SLICE = 12;
/** Time between two pictures while rows are computed, in milliseconds. */
const REDRAW = 80;
/** A press that moves less is a click. */
const CLICK = 4;
const LONG_PRESS = 500;
const WHEEL = 0.0016;

/** The matrix view. */
export class MatrixView implements View<MatrixProps> {
  readonly #root: HTMLElement;
  readonly #field: HTMLElement;
  readonly #canvas: HTMLCanvasElement;
  readonly #overlay: HTMLCanvasElement;
  readonly #labels: HTMLElement;
  readonly #note: HTMLElement;
  readonly #legend: HTMLElement;
  readonly #tip: HTMLElement;
  readonly #side: HTMLElement;
  readonly #spoken: HTMLElement;
  readonly #observer: ResizeObserver;
  #props: MatrixProps;
  #cells: MatrixCells;
  #fit: MatrixFit;
  #camera: Camera;
  #words: { rows: string[]; columns: string[] } = { rows: [], columns: [] };
  #image: ImageData | null = null;
  #table: PagedTable | null = null;
  #near: Place | null = null;
  #size = { width: 0, height: 0 };
  #frame = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #press: { x: number; y: number; moved: boolean; timer: ReturnType<typeof setTimeout> | undefined } | null =
    null;
  #fingers = new Map<number, { x: number; y: number }>();

  constructor(target: HTMLElement, props: MatrixProps) {
    ensureStyle(target, "matrix", MATRIX_CSS);
    const make = (name: string, parent: HTMLElement, tag = "div"): HTMLElement => {
      const element = target.ownerDocument.createElement(tag);
      element.className = `hs-matrix${name}`;
      parent.append(element);
      return element;
    };
    this.#props = props;
    this.#root = make("", target);
    this.#field = make("-field", this.#root);
    this.#canvas = make("-cells", this.#field, "canvas") as HTMLCanvasElement;
    this.#labels = make("-labels", this.#field);
    this.#overlay = make("-over", this.#field, "canvas") as HTMLCanvasElement;
    this.#note = make("-note", this.#field);
    this.#legend = make("-legend", this.#root);
    this.#tip = make("-tip", this.#root);
    this.#side = make("-side", this.#root);
    this.#spoken = make("-spoken", this.#root);
    this.#spoken.setAttribute("aria-live", "polite");
    this.#field.tabIndex = 0;
    this.#overlay.setAttribute("aria-hidden", "true");
    this.#canvas.setAttribute("role", "img");
    this.#cells = this.#read();
    this.#fit = this.#measure();
    this.#camera = this.#fit.home;
    this.#listen();
    this.#observer = new ResizeObserver(() => this.#resized());
    this.#observer.observe(this.#root);
    this.#draw();
  }

  update(changed: Partial<MatrixProps>): void {
    const before = this.#props;
    this.#props = { ...before, ...changed };
    const { trace, selection, filter } = this.#props;
    const { layer, focus, block } = selection;
    const same = trace === before.trace && filter === before.filter;
    const sameHead =
      block === before.selection.block &&
      layer === before.selection.layer &&
      focus === before.selection.focus;
    if (!same || !sameHead) {
      this.#cells = this.#read();
      this.#point(null);
    }
    this.#refit(same && block === before.selection.block && this.#props.full === before.full);
    this.#draw();
  }

  destroy(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#press?.timer);
    cancelAnimationFrame(this.#frame);
    this.#observer.disconnect();
    this.#table?.destroy();
    this.#root.remove();
  }

  #read(): MatrixCells {
    const { trace, selection, filter } = this.#props;
    const cells = new MatrixCells(trace, selection.block, selection.layer, selection.focus, filter);
    const { queries, keys } = trace.block(selection.block);
    const words = (tokens: readonly Token[], shown: readonly number[]): string[] =>
      shown.map((i) => wordOf(tokens[i]!));
    this.#words = {
      rows: words(trace.stream(queries).tokens, cells.slice.queries),
      columns: words(trace.stream(keys).tokens, cells.slice.keys),
    };
    if (cells.sink) this.#words.columns.push("sink");
    return cells;
  }

  #measure(): MatrixFit {
    const { rows, columns } = this.#cells;
    this.#size = { width: this.#root.clientWidth, height: this.#root.clientHeight };
    const view = this.#root.ownerDocument.defaultView;
    const size = labelSize(Math.max(rows, columns));
    return matrixFit({
      width: this.#root.clientWidth,
      height: this.#root.clientHeight,
      rows,
      columns,
      rowLabel: this.#widest(this.#words.rows, size),
      columnLabel: this.#widest(this.#words.columns, size),
      full: this.#props.full ?? false,
      largest: (view?.innerWidth ?? 0) >= 1680 ? 50 : 44,
    });
  }

  #widest(words: readonly string[], size: number): number {
    const context = context2d(this.#canvas);
    context.font = `450 ${size}px ${FONTS.sans}`;
    const longest = [...new Set(words)].sort((a, b) => b.length - a.length).slice(0, 20);
    return Math.max(0, ...longest.map((word) => context.measureText(word).width));
  }

  /** Fit again, keeping what is looked at where the matrix is the same. */
  #refit(keep: boolean): void {
    const zoomed = keep && this.#camera.cell > this.#fit.home.cell;
    this.#fit = this.#measure();
    this.#camera =
      zoomed && this.#camera.cell > this.#fit.home.cell
        ? panBy(this.#fit, this.#camera, 0, 0)
        : this.#fit.home;
  }

  #resized(): void {
    const { clientWidth: width, clientHeight: height } = this.#root;
    if (width === 0 || (width === this.#size.width && height === this.#size.height)) return;
    this.#refit(true);
    this.#draw();
  }

  // Drawing

  #draw(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#showTable();
    if (this.#props.table) return;
    this.#describe();
    this.#prepareRows();
    this.#paint();
    this.#drawLabels();
    this.#drawLegend();
    this.#drawSide();
    this.#drawOverlay();
    this.#field.classList.toggle("movable", this.#camera.cell > this.#fit.home.cell);
  }

  #schedule(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#draw());
  }

  /** Compute rows that are visible and missing; what one slice does not reach comes later. */
  #prepareRows(): void {
    clearTimeout(this.#timer);
    const { frame, rows } = this.#fit;
    const [first, end] = span(this.#camera.y, this.#camera.cell, rows, frame.top, frame.bottom);
    const missing = coarseFirst(first, end).filter((row) => !this.#cells.has(row));
    const rest = this.#compute(missing);
    if (rest.length > 0) this.#timer = setTimeout(() => this.#computeLater(rest, performance.now()), 0);
  }

  /** Go on with rows, and draw now and then and at the end. */
  #computeLater(rows: readonly number[], drawn: number): void {
    const rest = this.#compute(rows);
    if (rest.length === 0 || performance.now() - drawn > REDRAW) this.#draw();
    else this.#timer = setTimeout(() => this.#computeLater(rest, drawn), 0);
  }

  /** Compute rows for one slice of time; the rows that are left. */
  #compute(rows: readonly number[]): readonly number[] {
    const until = performance.now() + SLICE;
    let next = 0;
    while (next < rows.length && performance.now() < until) this.#cells.fetch(rows[next++]!);
    return rows.slice(next);
  }

  #paint(): void {
    const { clientWidth: width, clientHeight: height } = this.#root;
    if (width === 0 || height === 0) return;
    const { context, ratio } = sizeCanvas(this.#canvas, width, height);
    const { theme } = this.#props;
    const image = this.#imageOf(this.#canvas.width, this.#canvas.height);
    const data = new Uint32Array(image.data.buffer);
    data.fill(0);
    paintMatrix(
      { data, width: image.width, height: image.height, ratio },
      {
        camera: this.#camera,
        frame: this.#fit.frame,
        rows: this.#cells.rows,
        columns: this.#cells.columns,
        theme,
        readRow: (row, first, end, out) => {
          const known = this.#cells.has(row);
          if (known) this.#cells.readRow(row, first, end, out);
          return known;
        },
      },
    );
    context.putImageData(image, 0, 0);
    this.#sentenceLines(context);
    this.#numbers(context);
  }

  #imageOf(width: number, height: number): ImageData {
    if (this.#image?.width !== width || this.#image.height !== height)
      this.#image = new ImageData(width, height);
    return this.#image;
  }

  /** A line between the sentences of a pair. */
  #sentenceLines(context: CanvasRenderingContext2D): void {
    const { trace, filter, selection, theme } = this.#props;
    if (filter.segments || this.#camera.cell < 3) return;
    const block = trace.block(selection.block);
    const { frame } = this.#fit;
    const { cell, x, y } = this.#camera;
    const border = (tokens: readonly Token[], shown: readonly number[]): number =>
      shown.findIndex((i, n) => n > 0 && tokens[i]!.segment !== tokens[shown[n - 1]!]!.segment);
    context.fillStyle = COLORS[theme].surface;
    const row = border(trace.stream(block.queries).tokens, this.#cells.slice.queries);
    if (row > 0) context.fillRect(frame.left, Math.round(y + row * cell) - 1.5, frame.right - frame.left, 2);
    const column = border(trace.stream(block.keys).tokens, this.#cells.slice.keys);
    if (column > 0)
      context.fillRect(Math.round(x + column * cell) - 1.5, frame.top, 2, frame.bottom - frame.top);
  }

  /** Weights as numbers: in cells of 26 px or more, in a pinned row from 20 px. */
  #numbers(context: CanvasRenderingContext2D): void {
    const { cell } = this.#camera;
    if (cell < 20) return;
    const { frame, rows, columns } = this.#fit;
    const [firstRow, endRow] = span(this.#camera.y, cell, rows, frame.top, frame.bottom);
    const [first, end] = span(this.#camera.x, cell, columns, frame.left, frame.right);
    const pinned = this.#pinned("query");
    context.save();
    context.beginPath();
    context.rect(frame.left, frame.top, frame.right - frame.left, frame.bottom - frame.top);
    context.clip();
    context.textAlign = "center";
    context.textBaseline = "middle";
    const line = new Float32Array(end - first);
    for (let row = firstRow; row < endRow; row++) {
      if ((cell < 26 && !pinned.has(row)) || !this.#cells.has(row)) continue;
      this.#cells.readRow(row, first, end, line);
      for (const [i, weight] of line.entries()) this.#number(context, row, first + i, weight);
    }
    context.restore();
  }

  #number(context: CanvasRenderingContext2D, row: number, column: number, weight: number): void {
    if (!(weight >= 0.005)) return;
    const { cell, x, y } = this.#camera;
    context.font = `${weight > 0.3 ? 620 : 450} ${cell > 32 ? 11 : 10}px ${FONTS.sans}`;
    context.globalAlpha = weight > 0.1 ? 1 : 0.72;
    const { theme } = this.#props;
    const ground = weight < LEAST_SHOWN ? parseHex(COLORS[theme].tile) : attentionRgb(theme, weight);
    context.fillStyle = textOn(ground);
    context.fillText(formatNumber(weight), x + (column + 0.5) * cell - 0.5, y + (row + 0.5) * cell + 0.5);
    context.globalAlpha = 1;
  }

  #drawLabels(): void {
    drawLabels(this.#labels, {
      fit: this.#fit,
      camera: this.#camera,
      rowWord: (row) => this.#words.rows[row] ?? "",
      columnWord: (column) => this.#words.columns[column] ?? "",
      pinnedRows: this.#pinned("query"),
      pinnedColumns: this.#pinned("key"),
      near: this.#near,
      upright: this.#props.full ?? false,
    });
  }

  #pinned(side: "query" | "key"): ReadonlySet<number> {
    const { pins, side: pinnedSide } = this.#props.selection;
    if (side !== pinnedSide) return new Set();
    const shown = side === "query" ? this.#cells.slice.queries : this.#cells.slice.keys;
    return new Set(pins.map((pin) => shown.indexOf(pin)).filter((i) => i >= 0));
  }

  #drawLegend(): void {
    const { theme, unit = "attention", selection, trace, full } = this.#props;
    const { frame, rows, columns, home } = this.#fit;
    const bottom = Math.min(frame.bottom, this.#camera.y + rows * this.#camera.cell);
    const left = Math.max(frame.left, this.#camera.x);
    this.#legend.style.transform = `translate(${left}px,${bottom + 6}px)`;
    const ramp = this.#root.ownerDocument.createElement("i");
    ramp.style.background = `linear-gradient(90deg,${ATTENTION_RAMP[theme].join(",")})`;
    const words = (text: string, name = ""): HTMLElement => {
      const span = this.#root.ownerDocument.createElement("span");
      span.textContent = text;
      span.className = name;
      return span;
    };
    const what = full
      ? `Rows attend to columns. ${rows} × ${columns} weights. Scroll to zoom, drag to move.`
      : `head ${selection.layer}.${selection.focus}`;
    this.#legend.replaceChildren(words("0"), ramp, words(`1 ${unit}`), words(what, "what"));
    const causal = trace.recipe(selection.block, selection.layer).causal;
    const room = columns * home.cell > 230 && rows > 6 && home.cell > 15;
    this.#note.textContent =
      causal && !full && room && this.#camera === home ? "future tokens are masked" : "";
    const right = this.#root.clientWidth - home.x - columns * home.cell + 2;
    this.#note.style.cssText = `right:${right}px;top:${home.y + home.cell / 2 - 8}px`;
  }

  #drawSide(): void {
    const { full, selection, theme, trace } = this.#props;
    const rows = [...this.#pinned("query")];
    this.#side.style.width = `${RAIL}px`;
    this.#side.style.display = full ? "" : "none";
    if (!full) return;
    if (rows.length === 0) {
      this.#side.textContent = "Click a row to list where it attends.";
      return;
    }
    const weights = this.#mean(rows);
    const { heads } = trace.block(selection.block);
    const one = rows.length === 1;
    drawSide(this.#side, {
      title: one ? this.#words.rows[rows[0]!]! : `${rows.length} words`,
      detail: one ? `token ${this.#cells.slice.queries[rows[0]!]!}` : "mean",
      sentence: `${one ? "attends" : "attend"} in head ${selection.layer}.${selection.focus} to`,
      weights,
      word: (column) => this.#words.columns[column]!,
      color: headColors(theme, selection.heads, heads)[selection.focus] ?? COLORS[theme].ink,
    });
  }

  /** Mean of several rows; a masked cell counts as nothing, and is masked where it is in all of them. */
  #mean(rows: readonly number[]): Float32Array {
    const { columns } = this.#cells;
    const mean = new Float32Array(columns).fill(Number.NaN);
    const line = new Float32Array(columns);
    for (const row of rows) {
      this.#cells.readRow(row, 0, columns, line);
      line.forEach((weight, i) => {
        if (!Number.isNaN(weight)) mean[i] = (Number.isNaN(mean[i]!) ? 0 : mean[i]!) + weight / rows.length;
      });
    }
    return mean;
  }

  /** Pinned rows or columns, and the cross-hair. */
  #drawOverlay(): void {
    const { clientWidth: width, clientHeight: height } = this.#root;
    if (width === 0 || height === 0) return;
    const { context } = sizeCanvas(this.#overlay, width, height);
    const { frame } = this.#fit;
    const { ink } = COLORS[this.#props.theme];
    context.beginPath();
    context.rect(frame.left - 3, frame.top - 3, frame.right - frame.left + 6, frame.bottom - frame.top + 6);
    context.clip();
    context.strokeStyle = ink;
    context.fillStyle = ink;
    if (this.#near) this.#crossHair(context, this.#near);
    context.lineWidth = 2;
    for (const row of this.#pinned("query")) this.#outline(context, { row, column: 0 }, this.#rowEnd(row), 1);
    for (const column of this.#pinned("key")) {
      const first = this.#columnStart(column);
      this.#outline(context, { row: first, column }, 1, this.#cells.rows - first);
    }
  }

  #crossHair(context: CanvasRenderingContext2D, { row, column }: Place): void {
    const { cell, x, y } = this.#camera;
    context.globalAlpha = 0.07;
    context.fillRect(x, y + row * cell, this.#cells.columns * cell, cell);
    context.fillRect(x + column * cell, y, cell, this.#cells.rows * cell);
    context.globalAlpha = 1;
    context.lineWidth = 1;
    if (cell >= 6) context.strokeRect(x + column * cell - 0.5, y + row * cell - 0.5, cell, cell);
  }

  #outline(context: CanvasRenderingContext2D, from: Place, columns: number, rows: number): void {
    const { cell, x, y } = this.#camera;
    const [left, top] = [Math.round(x + from.column * cell), Math.round(y + from.row * cell)];
    const right = Math.round(x + (from.column + columns) * cell);
    const bottom = Math.round(y + (from.row + rows) * cell);
    context.strokeRect(left - 2, top - 2, right - left + 3, bottom - top + 3);
  }

  /** Number of columns of a row up to the last that is not masked. */
  #rowEnd(row: number): number {
    const { columns } = this.#cells;
    const line = new Float32Array(columns);
    this.#cells.readRow(row, 0, columns, line);
    return 1 + line.findLastIndex((weight) => !Number.isNaN(weight));
  }

  #columnStart(column: number): number {
    for (let row = 0; row < this.#cells.rows; row++) {
      const { query, key } = this.#cells.place(row, column);
      const { block, layer } = this.#props.selection;
      if (key === null || this.#props.trace.visible(block, layer, query, key)) return row;
    }
    return 0;
  }

  // Table and words for screen readers

  #describe(): void {
    const { selection, summary } = this.#props;
    const sizes = `${this.#cells.rows} rows attend to ${this.#cells.columns} columns`;
    const label = summary ?? `Head ${selection.layer}.${selection.focus}: ${sizes}`;
    this.#canvas.setAttribute("aria-label", label);
    this.#field.setAttribute("aria-label", `${label}. Arrow keys move through the cells.`);
    this.#field.setAttribute("role", "group");
  }

  #showTable(): void {
    const { table } = this.#props;
    for (const part of [this.#field, this.#legend]) part.style.display = table ? "none" : "";
    if (table) this.#side.style.display = "none";
    this.#root.style.overflow = table ? "auto" : "";
    if (!table) {
      this.#table?.destroy();
      this.#table = null;
    } else if (this.#table) this.#table.update(this.#tableSource());
    else this.#table = new PagedTable(this.#root, this.#tableSource());
  }

  #tableSource(): TableSource {
    const { layer, focus } = this.#props.selection;
    return {
      caption: `Head ${layer}.${focus}: rows attend to columns`,
      rows: this.#cells.rows,
      columns: this.#cells.columns,
      rowHeader: (row) => this.#words.rows[row]!,
      columnHeader: (column) => this.#words.columns[column]!,
      cell: (row, column) => {
        const weight = this.#cells.weight(row, column);
        return Number.isNaN(weight) ? "" : formatNumber(weight, 3);
      },
    };
  }

  // Gestures

  #listen(): void {
    const field = this.#field;
    field.addEventListener("pointermove", (event) => this.#pointed(event));
    field.addEventListener("pointerdown", (event) => this.#pressed(event));
    field.addEventListener("pointerup", (event) => this.#lifted(event));
    field.addEventListener("pointercancel", (event) => this.#dropped(event));
    field.addEventListener("pointerleave", () => this.#point(null));
    field.addEventListener("wheel", (event) => this.#wheeled(event), { passive: false });
    field.addEventListener("dblclick", () => this.#home());
    field.addEventListener("contextmenu", (event) => this.#context(event));
    field.addEventListener("keydown", (event) => this.#key(event));
    field.addEventListener("blur", () => this.#point(null));
  }

  #where(event: { clientX: number; clientY: number }): { x: number; y: number } {
    const box = this.#field.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  #under(event: { clientX: number; clientY: number }): Place | null {
    const { x, y } = this.#where(event);
    return cellAt(this.#fit, this.#camera, x, y);
  }

  #pointed(event: PointerEvent): void {
    const at = this.#where(event);
    const before = this.#fingers.get(event.pointerId);
    if (before) this.#fingers.set(event.pointerId, at);
    if (before && this.#fingers.size === 2) this.#pinched(before, at, event.pointerId);
    else if (this.#press) this.#dragged(at);
    else this.#point(this.#under(event), at);
  }

  #pressed(event: PointerEvent): void {
    const at = this.#where(event);
    this.#fingers.set(event.pointerId, at);
    this.#field.setPointerCapture(event.pointerId);
    clearTimeout(this.#press?.timer);
    if (event.button !== 0) return;
    const touch = event.pointerType === "touch";
    const { clientX, clientY } = event;
    const timer = touch ? setTimeout(() => this.#held({ clientX, clientY }), LONG_PRESS) : undefined;
    this.#press = { ...at, moved: false, timer };
  }

  #held(event: { clientX: number; clientY: number }): void {
    if (!this.#press || this.#press.moved) return;
    this.#press = null;
    this.#askFor(this.#under(event), event);
  }

  #dragged(at: { x: number; y: number }): void {
    const press = this.#press!;
    const [dx, dy] = [at.x - press.x, at.y - press.y];
    if (!press.moved && Math.hypot(dx, dy) < CLICK) return;
    clearTimeout(press.timer);
    this.#press = { ...at, moved: true, timer: undefined };
    this.#field.classList.add("moving");
    this.#point(null);
    this.#camera = panBy(this.#fit, this.#camera, dx, dy);
    this.#schedule();
  }

  /** Two fingers: zoom by the change of their distance. */
  #pinched(before: { x: number; y: number }, now: { x: number; y: number }, id: number): void {
    if (this.#press) this.#press.moved = true;
    const [other] = [...this.#fingers].filter(([finger]) => finger !== id).map(([, at]) => at);
    if (!other) return;
    const factor =
      Math.hypot(now.x - other.x, now.y - other.y) / Math.hypot(before.x - other.x, before.y - other.y);
    this.#camera = zoomAt(this.#fit, this.#camera, factor, (now.x + other.x) / 2, (now.y + other.y) / 2);
    this.#schedule();
  }

  #lifted(event: PointerEvent): void {
    const clicked = this.#press !== null && !this.#press.moved;
    this.#dropped(event);
    const place = this.#under(event) ?? this.#rowLabelUnder(event);
    if (clicked && place) this.#pin(place.row, event.shiftKey);
  }

  #dropped(event: PointerEvent): void {
    clearTimeout(this.#press?.timer);
    this.#press = null;
    this.#fingers.delete(event.pointerId);
    this.#field.classList.remove("moving");
  }

  #rowLabelUnder(event: PointerEvent): Place | null {
    const { x, y } = this.#where(event);
    const { frame } = this.#fit;
    if (x >= Math.max(frame.left, this.#camera.x)) return null;
    return cellAt(this.#fit, this.#camera, Math.max(frame.left, this.#camera.x) + 0.1, y);
  }

  #wheeled(event: WheelEvent): void {
    const { x, y } = this.#where(event);
    const camera = zoomAt(this.#fit, this.#camera, Math.exp(-event.deltaY * WHEEL), x, y);
    if (camera === this.#camera) return;
    event.preventDefault();
    this.#camera = camera;
    this.#point(null);
    this.#schedule();
  }

  #home(): void {
    this.#camera = this.#fit.home;
    this.#schedule();
  }

  #key(event: KeyboardEvent): void {
    const steps: Record<string, readonly [number, number]> = {
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
    };
    const step = steps[event.key];
    if (step) this.#moveBy(step);
    else if (event.key === "Enter" && this.#near) this.#pin(this.#near.row, event.shiftKey);
    else if (event.key === "+" || event.key === "=") this.#zoomHere(1.4);
    else if (event.key === "-") this.#zoomHere(1 / 1.4);
    else if (event.key === "Escape" && this.#near) this.#point(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #moveBy([down, right]: readonly [number, number]): void {
    const from = this.#near ?? { row: 0, column: 0 };
    const row = Math.max(0, Math.min(this.#cells.rows - 1, from.row + (this.#near ? down : 0)));
    const column = Math.max(0, Math.min(this.#cells.columns - 1, from.column + (this.#near ? right : 0)));
    this.#camera = reveal(this.#fit, this.#camera, row, column);
    this.#point({ row, column }, this.#middle({ row, column }));
    this.#schedule();
  }

  #middle({ row, column }: Place): { x: number; y: number } {
    const { cell, x, y } = this.#camera;
    return { x: x + (column + 0.5) * cell, y: y + (row + 0.5) * cell };
  }

  #zoomHere(factor: number): void {
    const { frame } = this.#fit;
    const at = this.#near
      ? this.#middle(this.#near)
      : { x: (frame.left + frame.right) / 2, y: (frame.top + frame.bottom) / 2 };
    this.#camera = zoomAt(this.#fit, this.#camera, factor, at.x, at.y);
    this.#schedule();
  }

  #pin(row: number, add: boolean): void {
    const { selection, onSelect } = this.#props;
    const query = this.#cells.slice.queries[row]!;
    const queries = selection.side === "query" ? selection.pins : [];
    const others = add ? queries.filter((pin) => pin !== query) : [];
    const unpins = queries.includes(query) && (add || queries.length === 1);
    const pins = unpins ? others : [...others, query].sort((a, b) => a - b);
    onSelect?.({ ...selection, side: "query", pins });
  }

  #context(event: MouseEvent): void {
    event.preventDefault();
    const fromKeyboard = event.button !== 2 && this.#near !== null;
    if (!fromKeyboard) this.#askFor(this.#under(event), event);
    else {
      const box = this.#field.getBoundingClientRect();
      const { x, y } = this.#middle(this.#near!);
      this.#askFor(this.#near, { clientX: box.left + x, clientY: box.top + y });
    }
  }

  #askFor(place: Place | null, at: { clientX: number; clientY: number }): void {
    if (!place || Number.isNaN(this.#cells.weight(place.row, place.column))) return;
    const { query, key } = this.#cells.place(place.row, place.column);
    const { layer, focus } = this.#props.selection;
    if (key !== null)
      this.#props.onContext?.({ layer, head: focus, query, key, x: at.clientX, y: at.clientY });
  }

  // Hover

  #point(place: Place | null, at?: { x: number; y: number }): void {
    const same = place?.row === this.#near?.row && place?.column === this.#near?.column;
    if (place && at) this.#moveTip(at);
    if (same) return;
    this.#near = place;
    this.#report(place);
    this.#tip.classList.toggle("shown", place !== null && this.#fillTip(place));
    if (place && at) this.#moveTip(at);
    this.#drawOverlay();
    this.#drawLabels();
  }

  #report(place: Place | null): void {
    const { layer, focus } = this.#props.selection;
    const { onHover } = this.#props;
    onHover?.(place && { layer, head: focus, ...this.#cells.place(place.row, place.column) });
  }

  /** The weight, the score before softmax and the rank in the row; false for a masked cell. */
  #fillTip({ row, column }: Place): boolean {
    const weight = this.#cells.weight(row, column);
    const names = `${this.#words.rows[row]} → ${this.#words.columns[column]}`;
    this.#spoken.textContent = Number.isNaN(weight)
      ? `${names}, masked`
      : `${names}, ${formatNumber(weight)}`;
    if (Number.isNaN(weight)) return false;
    const score = this.#cells.score(row, column);
    const { rank, of } = this.#cells.rank(row, column);
    const number = this.#root.ownerDocument.createElement("b");
    number.textContent = formatNumber(weight, 3);
    const rest = [score === null ? "" : `score ${formatNumber(score)}`, `rank ${rank} of ${of}`];
    this.#tip.replaceChildren(names, "\u2002", number, `\u2002${rest.filter(Boolean).join("\u2002")}`);
    return true;
  }

  #moveTip({ x, y }: { x: number; y: number }): void {
    const { offsetWidth, offsetHeight } = this.#tip;
    const left = Math.max(4, Math.min(x + 14, this.#root.clientWidth - offsetWidth - 4));
    const below = y + 18 + offsetHeight < this.#root.clientHeight;
    this.#tip.style.transform = `translate(${left}px,${below ? y + 18 : y - offsetHeight - 12}px)`;
  }
}
