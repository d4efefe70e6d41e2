// The whole model at once (Vig 2019, section 3.2): one thumbnail per layer and head. Painted as one picture;
// labels, selection and the magnifier are document nodes over it. Selecting a head is reported, not done.

import { sameSlices, sliceOf } from "../../analysis/index.ts";
import { mostHeads } from "../../trace/index.ts";
import { context2d, pixelRatio, sizeCanvas } from "../look/canvas.ts";
import type { TableSource } from "../look/paged-table.ts";
import { headColors } from "../look/palette.ts";
import { applyTheme } from "../look/style.ts";
import { paintScene } from "../scene/canvas.ts";
import type { View } from "../view.ts";
import { MapCells } from "./cells.ts";
import { cutWithin } from "./cut.ts";
import { MapFrame } from "./frame.ts";
import { MapGestures } from "./gestures.ts";
import { MapGrid } from "./grid.ts";
import { mapLayout } from "./layout.ts";
import { type CodeColors, codeColors, emptyPicture, MapPicture } from "./picture.ts";
import { MapPointing } from "./pointing.ts";
import { type ModelMapProps, NOT_RECORDED } from "./props.ts";
import { type HeadFacts, mapTable } from "./said.ts";
import { mapMarks } from "./scene.ts";

export type { HeadFacts, ModelMapProps };

/** The model map. */
export class ModelMap implements View<ModelMapProps> {
  readonly #frame: MapFrame;
  readonly #gestures: MapGestures;
  readonly #pointing: MapPointing;
  readonly #observer: ResizeObserver;
  #props: ModelMapProps;
  #grid: MapGrid;
  #picture: MapPicture;
  readonly #cells: MapCells;
  #ink: CodeColors = new Uint32Array();
  #colors: readonly (string | null)[] = [];
  #finished = false;
  /** True while thumbnails are still to come. */
  #coming = false;
  #nextFrame = 0;

  constructor(target: HTMLElement, props: ModelMapProps) {
    this.#props = props;
    this.#frame = new MapFrame(target);
    applyTheme(this.#frame.root, props.theme);
    this.#gestures = new MapGestures(this.#frame.plane, this.#frame.scroll, {
      layout: () => this.#grid.layout,
      start: () => this.#grid.placeOf(this.#grid.focus),
      point: (place, magnify, finger) => this.#pointing.point(this.#grid.order[place]!, magnify, finger),
      leave: () => this.#pointing.leave(),
      open: (place, add) => this.#open(this.#grid.order[place]!, add),
      openMatrix: (place) => this.#openMatrix(this.#grid.order[place]!),
      magnified: () => this.#pointing.magnified,
      hideMagnifier: () => this.#pointing.hideMagnifier(),
    });
    this.#grid = this.#arrange();
    this.#picture = new MapPicture(this.#grid.layout, pixelRatio(target));
    this.#cells = new MapCells({
      arrived: (index) => this.#paint(index),
      slice: (done) => this.#present(done),
      failed: (error) => this.#fail(error),
    });
    this.#pointing = new MapPointing(this.#frame, this.#cells, () => ({
      props: this.#props,
      grid: this.#grid,
      ratio: this.#picture.ratio,
      ink: this.#ink,
    }));
    this.#restart(false);
    this.#observer = new ResizeObserver(() => this.#resized());
    this.#observer.observe(this.#frame.root);
  }

  update(changed: Partial<ModelMapProps>): void {
    const before = this.#props;
    this.#props = { ...before, ...changed };
    if (Object.keys(changed).every((name) => name === "hover")) {
      if (this.#gestures.at === null) this.#pointing.pointElsewhere();
      return;
    }
    const { attention, filter, thumbnail, theme } = this.#props;
    if (theme !== before.theme) applyTheme(this.#frame.root, theme);
    const same =
      attention === before.attention && thumbnail === before.thumbnail && sameSlices(filter, before.filter);
    if (same && this.#props.cut === before.cut) this.#redrawAt(this.#picture.side);
    else this.#restart(attention === before.attention && sameSlices(filter, before.filter));
  }

  destroy(): void {
    this.#cells.stop();
    this.#observer.disconnect();
    cancelAnimationFrame(this.#nextFrame);
    this.#pointing.destroy();
    this.#frame.root.remove();
  }

  /** True when every thumbnail has been painted. */
  get finished(): boolean {
    return this.#finished;
  }

  get #sorted(): boolean {
    return this.#props.sort === "score" && Boolean(this.#props.scores);
  }

  #arrange(): MapGrid {
    const { attention, selection, scores, room } = this.#props;
    const { layers, block } = attention;
    const heads = mostHeads(attention);
    const sorted = this.#sorted;
    const cut = cutWithin(this.#props.cut, layers, heads);
    const { clientWidth } = this.#frame.root;
    const layout = mapLayout(clientWidth, cut.layers.length, cut.heads.length, sorted, room);
    return new MapGrid(block, layers, heads, layout, selection, sorted ? (scores ?? null) : null, cut);
  }

  #resized(): void {
    const { root } = this.#frame;
    const ratio = pixelRatio(root);
    if (root.clientWidth === 0) return;
    if (root.clientWidth === this.#grid.layout.width && ratio === this.#picture.ratio) return;
    this.#redrawAt(this.#picture.side);
  }

  /** Draw again; other thumbnails are asked for where cells are no longer `side` pixels wide. */
  #redrawAt(side: number): void {
    this.#redraw();
    if (this.#picture.side !== side) this.#restart(true);
  }

  // Thumbnails

  /** Ask for every thumbnail again. Those on screen stay until then only where they are `current`: of the same cells. */
  #restart(current: boolean): void {
    this.#finished = false;
    this.#coming = true;
    this.#frame.busy(true);
    this.#frame.problem("");
    if (!current) {
      this.#cells.forget(this.#arrange().order.length);
      this.#pointing.hideMagnifier();
    }
    this.#redraw();
    const { attention, filter, thumbnail } = this.#props;
    this.#cells.restart({ attention, filter, thumbnail }, this.#grid, this.#picture.side);
  }

  /** The first slice is shown at once, later ones with the next frame. */
  #present(done: boolean): void {
    this.#finished = done;
    this.#coming = !done;
    if (done) this.#showLegend();
    if (this.#nextFrame === 0) this.#show();
    cancelAnimationFrame(this.#nextFrame);
    this.#nextFrame = requestAnimationFrame(() => this.#show());
  }

  #fail(error: unknown): void {
    this.#coming = false;
    this.#frame.busy(false);
    this.#frame.fail(error);
  }

  // Drawing

  #redraw(): void {
    const { attention, selection, theme, table = false } = this.#props;
    this.#grid = this.#arrange();
    this.#ink = codeColors(theme, null, attention.scale);
    this.#colors = headColors(theme, selection.heads, this.#grid.heads);
    this.#picture = emptyPicture(this.#picture, this.#grid.layout, pixelRatio(this.#frame.root));
    for (const index of this.#grid.order) this.#paint(index);
    this.#show();
    this.#frame.show(this.#grid, this.#sorted, this.#colors);
    this.#showLegend();
    this.#frame.hidePicture(table);
    this.#frame.table.show(table ? this.#table : null);
    this.#pointing.speak(this.#grid.order[this.#gestures.at ?? this.#grid.placeOf(this.#grid.focus)]!);
  }

  #paint(index: number): void {
    const cell = this.#cells.at(index);
    if (!cell) return;
    const color = this.#grid.isActive(index) ? (this.#colors[this.#grid.headOf(index)] ?? null) : null;
    const colors =
      color === null ? this.#ink : codeColors(this.#props.theme, color, this.#props.attention.scale);
    this.#picture.paint(this.#grid.placeOf(index), cell, colors);
  }

  #show(): void {
    const { theme, scores = null, threshold = 0.5 } = this.#props;
    const { layout } = this.#grid;
    const { canvas } = this.#frame;
    if (layout.width === 0) return;
    sizeCanvas(canvas, layout.width, layout.height);
    this.#picture.show(canvas);
    const { unrecorded } = this.#cells;
    const edited = this.#edited();
    const { attention, filter, unmatched: of } = this.#props;
    const unmatched = of ? { of, slice: sliceOf(attention, filter) } : null;
    const marks = mapMarks(this.#grid, theme, { unrecorded, scores, threshold, edited, unmatched });
    paintScene({ context: context2d(canvas), texts: true }, { marks });
    this.#frame.busy(this.#coming);
  }

  #edited(): number[] {
    const { edited } = this.#props;
    if (!edited) return [];
    return [...this.#grid.order].filter((i) => edited.head(this.#grid.layerOf(i), this.#grid.headOf(i)));
  }

  #showLegend(): void {
    const { theme, attention, scoreName, scores, absent: why = NOT_RECORDED } = this.#props;
    const score = scores && scoreName && this.#grid.layout.marks ? scoreName : null;
    const absent = this.#cells.unrecorded.length > 0 ? why : null;
    this.#frame.legend(theme, attention, { score, absent, sampled: this.#cells.sampled });
  }

  get #table(): TableSource {
    const { scores = null, scoreName = "score" } = this.#props;
    return mapTable(this.#grid, scores, scoreName, (index) => this.#open(index, false));
  }

  // Gestures

  #open(index: number, add: boolean): void {
    if (this.#cells.at(index) !== null) this.#props.onSelect?.(this.#grid.select(index, add));
  }

  #openMatrix(index: number): void {
    if (this.#cells.at(index) === null) return;
    const { block } = this.#grid;
    this.#props.onOpenMatrix?.({ block, layer: this.#grid.layerOf(index), head: this.#grid.headOf(index) });
  }
}
