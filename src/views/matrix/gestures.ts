// What wheel, fingers and keys do on the matrix: they move the camera, point at cells, press them and mark regions.

import {
  type Camera,
  cellAt,
  type MatrixFit,
  type MatrixPlace,
  nearestCell,
  panBy,
  reveal,
  zoomAt,
} from "./layout.ts";
import type { Point } from "./pointing.ts";
import { type Region, regionBetween } from "./region.ts";

/** What the gestures act on and report to. */
export interface MatrixGestureHost {
  fit(): MatrixFit;
  camera: Camera;
  /** The camera moved: draw again. */
  moved(): void;
  /** The cell under the pointer or the keyboard; null for none. */
  point(place: MatrixPlace | null, at?: Point): void;
  near(): MatrixPlace | null;
  press(row: number, add: boolean): void;
  /** Mark a region; null takes the mark away. */
  mark(region: Region | null, at?: Point): void;
  /** Choose what is marked; false where nothing is. */
  choose(): boolean;
  /** Ask for the menu of a cell, or of a row or column whose label is meant, at a point of the window. */
  menu(place: MenuPlace, x: number, y: number): void;
}

/** A cell, or a whole row (no column) or column (no row). */
export interface MenuPlace {
  readonly row: number | null;
  readonly column: number | null;
}

/** A press that moves less is a click. */
const CLICK = 4;
const LONG_PRESS = 500;
const WHEEL = 0.0016;
const KEY_ZOOM = 1.4;

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
};

/** Where a region begins: a cell, or the label of a row. */
interface Corner extends MatrixPlace {
  readonly whole: boolean;
}

interface Press {
  readonly from: Point;
  /** The corner of the region that a drag marks; null where it moves the matrix. */
  readonly corner: Corner | null;
  moved: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** Listens on the field of a matrix for as long as the field lives. */
export class MatrixGestures {
  readonly #field: HTMLElement;
  readonly #host: MatrixGestureHost;
  readonly #fingers = new Map<number, Point>();
  #press: Press | null = null;
  /** The cell from which on keys mark; null where they only move. */
  #anchor: MatrixPlace | null = null;
  /** The cell where keys left the field for a menu; they go on there. */
  #left: MatrixPlace | null = null;

  constructor(field: HTMLElement, host: MatrixGestureHost) {
    this.#field = field;
    this.#host = host;
    field.addEventListener("pointermove", (event) => this.#moved(event));
    field.addEventListener("pointerdown", (event) => this.#pressed(event));
    field.addEventListener("pointerup", (event) => this.#lifted(event));
    field.addEventListener("pointercancel", (event) => this.#dropped(event));
    field.addEventListener("pointerleave", () => host.point(null));
    field.addEventListener("wheel", (event) => this.#wheeled(event), { passive: false });
    field.addEventListener("dblclick", () => this.#move(host.fit().home));
    field.addEventListener("contextmenu", (event) => this.#menu(event));
    field.addEventListener("keydown", (event) => this.#typed(event));
    field.addEventListener("blur", () => this.#leave());
    field.addEventListener("focus", () => this.#goOn());
  }

  destroy(): void {
    clearTimeout(this.#press?.timer);
  }

  #where(event: { clientX: number; clientY: number }): Point {
    const box = this.#field.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  #under({ x, y }: Point): MatrixPlace | null {
    return cellAt(this.#host.fit(), this.#host.camera, x, y);
  }

  /** The row whose label is at a point. */
  #labelUnder({ x, y }: Point): MatrixPlace | null {
    const edge = Math.max(this.#host.fit().frame.left, this.#host.camera.x);
    return x < edge ? this.#under({ x: edge + 0.1, y }) : null;
  }

  /** What a menu at a point is about: a cell, or a row or column by its label. */
  #meant(at: Point): MenuPlace | null {
    const cell = this.#under(at);
    if (cell) return cell;
    const row = this.#labelUnder(at)?.row;
    if (row !== undefined) return { row, column: null };
    const edge = Math.max(this.#host.fit().frame.top, this.#host.camera.y);
    const column = at.y < edge ? this.#under({ x: at.x, y: edge + 0.1 })?.column : undefined;
    return column === undefined ? null : { row: null, column };
  }

  #move(camera: Camera): void {
    if (camera === this.#host.camera) return;
    this.#host.camera = camera;
    this.#host.moved();
  }

  #moved(event: PointerEvent): void {
    const at = this.#where(event);
    const before = this.#fingers.get(event.pointerId);
    if (!before) {
      this.#host.point(this.#under(at), at);
      return;
    }
    this.#fingers.set(event.pointerId, at);
    if (this.#fingers.size === 2) this.#pinched(before, at, event.pointerId);
    else if (this.#press) this.#dragged(this.#press, before, at);
  }

  #pressed(event: PointerEvent): void {
    const at = this.#where(event);
    clearTimeout(this.#press?.timer);
    if (event.button !== 0) return;
    this.#fingers.set(event.pointerId, at);
    this.#field.setPointerCapture(event.pointerId);
    const { clientX, clientY } = event;
    const held = (): void => this.#held(at, clientX, clientY);
    const timer = event.pointerType === "touch" ? setTimeout(held, LONG_PRESS) : undefined;
    this.#unmark();
    this.#press = { from: at, corner: this.#cornerOf(event, at), moved: false, timer };
  }

  /** A mouse marks where there is nothing to move, or with Shift; fingers always move. */
  #cornerOf(event: PointerEvent, at: Point): Corner | null {
    const still = this.#host.camera.cell === this.#host.fit().home.cell;
    if (event.pointerType === "touch" || !(still || event.shiftKey)) return null;
    const [cell, label] = [this.#under(at), this.#labelUnder(at)];
    const place = cell ?? label;
    return place && { ...place, whole: cell === null };
  }

  #held(at: Point, x: number, y: number): void {
    if (!this.#press || this.#press.moved) return;
    this.#press = null;
    const place = this.#meant(at);
    if (place) this.#host.menu(place, x, y);
  }

  #dragged(press: Press, before: Point, at: Point): void {
    if (!press.moved && Math.hypot(at.x - press.from.x, at.y - press.from.y) < CLICK) return;
    const from = press.moved ? before : press.from;
    press.moved = true;
    clearTimeout(press.timer);
    this.#host.point(null);
    if (press.corner) {
      this.#markTo(press.corner, at);
      return;
    }
    this.#field.classList.add("moving");
    this.#move(panBy(this.#host.fit(), this.#host.camera, at.x - from.x, at.y - from.y));
  }

  #markTo(corner: Corner, at: Point): void {
    const fit = this.#host.fit();
    const end = nearestCell(fit, this.#host.camera, at.x, at.y);
    this.#host.mark(regionBetween(corner, end, corner.whole ? fit.columns : null), at);
  }

  /** True while a region is being marked, by a drag or by keys. */
  get #marks(): boolean {
    return this.#anchor !== null || (this.#press?.moved === true && this.#press.corner !== null);
  }

  #unmark(): void {
    this.#anchor = null;
    this.#host.mark(null);
  }

  #leave(): void {
    this.#unmark();
    this.#host.point(null);
  }

  /** Back from the menu of a cell; a pointer that comes back points by itself. */
  #goOn(): void {
    const [place, fit] = [this.#left, this.#host.fit()];
    this.#left = null;
    if (!place || place.row >= fit.rows || place.column >= fit.columns) return;
    if (this.#field.matches(":focus-visible")) this.#host.point(place, this.#middle(place));
  }

  /** Two fingers: zoom by the change of their distance. */
  #pinched(before: Point, now: Point, id: number): void {
    if (this.#press) this.#press.moved = true;
    const other = [...this.#fingers].find(([finger]) => finger !== id)?.[1];
    if (!other) return;
    const distance = (point: Point): number => Math.max(1, Math.hypot(point.x - other.x, point.y - other.y));
    const factor = distance(now) / distance(before);
    const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
    this.#move(zoomAt(this.#host.fit(), this.#host.camera, factor, middle.x, middle.y));
  }

  #lifted(event: PointerEvent): void {
    const press = this.#press;
    const clicked = press !== null && !press.moved;
    if (press?.moved && press.corner) this.#host.choose();
    this.#dropped(event);
    const at = this.#where(event);
    const place = this.#under(at) ?? this.#labelUnder(at);
    if (clicked && place) this.#host.press(place.row, event.shiftKey);
  }

  #dropped(event: PointerEvent): void {
    clearTimeout(this.#press?.timer);
    this.#press = null;
    this.#unmark();
    this.#fingers.delete(event.pointerId);
    this.#field.classList.remove("moving");
  }

  #wheeled(event: WheelEvent): void {
    const { x, y } = this.#where(event);
    const camera = zoomAt(this.#host.fit(), this.#host.camera, Math.exp(-event.deltaY * WHEEL), x, y);
    if (camera === this.#host.camera) return;
    event.preventDefault();
    this.#host.point(null);
    this.#move(camera);
  }

  /** Right click, or the Menu key on the current cell. */
  #menu(event: MouseEvent): void {
    event.preventDefault();
    const near = event.button === 2 ? null : this.#host.near();
    if (near) {
      this.#left = near;
      const box = this.#field.getBoundingClientRect();
      const { x, y } = this.#middle(near);
      this.#host.menu(near, box.left + x, box.top + y);
      return;
    }
    const place = this.#meant(this.#where(event));
    if (place) this.#host.menu(place, event.clientX, event.clientY);
  }

  #typed(event: KeyboardEvent): void {
    const step = STEPS[event.key];
    const near = this.#host.near();
    if (step) this.#step(near, step, event.shiftKey);
    else if (event.key === "Enter" && near) this.#enter(near, event.shiftKey);
    else if (event.key === "+" || event.key === "=") this.#zoom(near, KEY_ZOOM);
    else if (event.key === "-") this.#zoom(near, 1 / KEY_ZOOM);
    else if (event.key === "Escape" && this.#marks) this.#giveUp();
    else if (event.key === "Escape" && near) this.#host.point(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Pin what is marked, else the row. */
  #enter(near: MatrixPlace, add: boolean): void {
    this.#anchor = null;
    if (!this.#host.choose()) this.#host.press(near.row, add);
  }

  /** Escape: what is being marked is let go of, and a drag goes on as nothing. */
  #giveUp(): void {
    if (this.#press?.corner) this.#press = null;
    this.#unmark();
  }

  /** Move by a cell; with `marking` from the cell where that began on. */
  #step(near: MatrixPlace | null, [down, right]: readonly [number, number], marking: boolean): void {
    const fit = this.#host.fit();
    const clamp = (value: number, count: number): number => Math.max(0, Math.min(count - 1, value));
    const place = near
      ? { row: clamp(near.row + down, fit.rows), column: clamp(near.column + right, fit.columns) }
      : { row: 0, column: 0 };
    this.#move(reveal(fit, this.#host.camera, place.row, place.column));
    const anchor = marking ? (this.#anchor ?? near) : null;
    if (!anchor) this.#unmark();
    this.#host.point(place, this.#middle(place));
    this.#anchor = anchor;
    if (anchor) this.#host.mark(regionBetween(anchor, place), this.#middle(place));
  }

  #middle({ row, column }: MatrixPlace): Point {
    const { cell, x, y } = this.#host.camera;
    return { x: x + (column + 0.5) * cell, y: y + (row + 0.5) * cell };
  }

  #zoom(near: MatrixPlace | null, factor: number): void {
    const { frame } = this.#host.fit();
    const middle = { x: (frame.left + frame.right) / 2, y: (frame.top + frame.bottom) / 2 };
    const at = near ? this.#middle(near) : middle;
    this.#move(zoomAt(this.#host.fit(), this.#host.camera, factor, at.x, at.y));
  }
}
