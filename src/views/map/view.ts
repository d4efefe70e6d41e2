// The whole model at once (Vig 2019, section 3.2): one thumbnail per layer and head. Painted as one picture;
// labels, selection and the magnifier are document nodes over it. Selecting a head is reported, not done.

import { type BlockName, mostHeads } from "../../trace/index.ts";
import { context2d, pixelRatio, sizeCanvas } from "../look/canvas.ts";
import type { TableSource } from "../look/paged-table.ts";
import { headColors } from "../look/palette.ts";
import { applyTheme } from "../look/style.ts";
import { sameSlices, sliceOf } from "../read/slice.ts";
import { wordsOf } from "../read/words.ts";
import { paintScene } from "../scene/canvas.ts";
import type { CommonProps, Hover, View } from "../view.ts";
import { MapCells } from "./cells.ts";
import { cutWithin, type MapCut } from "./cut.ts";
import { MapFrame } from "./frame.ts";
import { MapGestures } from "./gestures.ts";
import { MapGrid } from "./grid.ts";
import { mapLayout } from "./layout.ts";
import { type Magnified, Magnifier, pictureSide } from "./magnifier.ts";
import { type CodeColors, codeColors, emptyPicture, MapPicture } from "./picture.ts";
import type { Thumbnail, ThumbnailSource } from "./queue.ts";
import { type HeadFacts, headSentence, mapTable } from "./said.ts";
import { mapMarks } from "./scene.ts";
import { thumbnailShape } from "./thumbnail.ts";

export type { HeadFacts };

/** Props of the model map. */
export interface ModelMapProps extends CommonProps {
  /** The chosen score of each head, [layers * heads]; NaN where unknown. */
  readonly scores?: ArrayLike<number> | null;
  readonly scoreName?: string;
  /** Scores of at least this size count as found; 0.5 if left out. */
  readonly threshold?: number;
  /** Grid order, or ranked by score. */
  readonly sort?: "layers" | "score";
  /** Layers and heads that are shown, with their own numbers; all where left out. */
  readonly cut?: MapCut | null;
  /** Where thumbnails come from, e.g. a worker; computed here if left out. Another function starts anew. */
  readonly thumbnail?: ThumbnailSource;
  readonly describe?: (layer: number, head: number) => HeadFacts;
  /** A table of numbers in place of the picture. */
  readonly table?: boolean;
  /** Height in pixels up to which the cells of a small model may grow; left out, they stay small. */
  readonly room?: number;
  readonly onOpenMatrix?: (place: { block: BlockName; layer: number; head: number }) => void;
}

const HOVER_DELAY = 90;

/** The model map. */
export class ModelMap implements View<ModelMapProps> {
  readonly #frame: MapFrame;
  /** True if a finger was the last to touch the map. */
  #finger = false;
  readonly #gestures: MapGestures;
  readonly #magnifier: Magnifier;
  readonly #observer: ResizeObserver;
  #props: ModelMapProps;
  #grid: MapGrid;
  #picture: MapPicture;
  readonly #cells: MapCells;
  #ink: CodeColors = new Uint32Array();
  #colors: readonly (string | null)[] = [];
  #finished = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #nextFrame = 0;
  /** The head that the magnifier shows or is to show. */
  #magnified: number | null = null;
  /** What was reported last: it may come back as the prop. */
  #reported: Hover | null = null;

  constructor(target: HTMLElement, props: ModelMapProps) {
    this.#props = props;
    this.#frame = new MapFrame(target);
    applyTheme(this.#frame.root, props.theme);
    this.#magnifier = new Magnifier(this.#frame.root);
    this.#gestures = new MapGestures(this.#frame.plane, this.#frame.scroll, {
      layout: () => this.#grid.layout,
      start: () => this.#grid.placeOf(this.#grid.focus),
      point: (place, magnify, finger) => {
        this.#finger = finger;
        this.#point(place, magnify);
      },
      leave: () => this.#leave(),
      open: (place, add) => this.#open(this.#grid.order[place]!, add),
      openMatrix: (place) => this.#openMatrix(this.#grid.order[place]!),
      magnified: () => this.#magnifier.shown,
      hideMagnifier: () => this.#closeMagnifier(),
    });
    this.#grid = this.#arrange();
    this.#picture = new MapPicture(this.#grid.layout, pixelRatio(target));
    this.#cells = new MapCells({
      arrived: (index) => this.#paint(index),
      slice: (done) => this.#present(done),
      failed: (error) => this.#fail(error),
    });
    this.#restart(false);
    this.#observer = new ResizeObserver(() => this.#resized());
    this.#observer.observe(this.#frame.root);
  }

  update(changed: Partial<ModelMapProps>): void {
    const before = this.#props;
    this.#props = { ...before, ...changed };
    if (Object.keys(changed).every((name) => name === "hover")) {
      this.#pointElsewhere();
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
    clearTimeout(this.#timer);
    cancelAnimationFrame(this.#nextFrame);
    this.#magnifier.destroy();
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
    this.#frame.problem("");
    if (!current) {
      this.#cells.forget(this.#arrange().order.length);
      this.#closeMagnifier();
    }
    this.#redraw();
    const { attention, filter, thumbnail } = this.#props;
    this.#cells.restart({ attention, filter, thumbnail }, this.#grid, this.#picture.side);
  }

  /** The first slice is shown at once, later ones with the next frame. */
  #present(done: boolean): void {
    this.#finished = done;
    if (done) this.#showLegend();
    if (this.#nextFrame === 0) this.#show();
    cancelAnimationFrame(this.#nextFrame);
    this.#nextFrame = requestAnimationFrame(() => this.#show());
  }

  #fail(error: unknown): void {
    this.#frame.problem(error instanceof Error ? error.message : String(error));
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
    this.#speak(this.#grid.order[this.#gestures.at ?? this.#grid.placeOf(this.#grid.focus)]!);
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
  }

  #edited(): number[] {
    const { edited } = this.#props;
    if (!edited) return [];
    return [...this.#grid.order].filter((i) => edited.head(this.#grid.layerOf(i), this.#grid.headOf(i)));
  }

  #showLegend(): void {
    const { theme, attention, scoreName, scores } = this.#props;
    const score = scores && scoreName && this.#grid.layout.marks ? scoreName : null;
    const unrecorded = this.#cells.unrecorded.length > 0;
    this.#frame.legend(theme, attention, { score, unrecorded, sampled: this.#cells.sampled });
  }

  get #table(): TableSource {
    const { scores = null, scoreName = "score" } = this.#props;
    return mapTable(this.#grid, scores, scoreName, (index) => this.#open(index, false));
  }

  // Gestures

  #point(place: number, magnify: "now" | "soon"): void {
    clearTimeout(this.#timer);
    const index = this.#grid.order[place]!;
    const [layer, head] = [this.#grid.layerOf(index), this.#grid.headOf(index)];
    this.#frame.point(this.#grid, index);
    this.#speak(index);
    this.#report({ layer, head, query: null, key: null });
    if (magnify === "now") this.#magnify(index);
    else this.#timer = setTimeout(() => this.#magnify(index), HOVER_DELAY);
  }

  #leave(): void {
    this.#frame.point(this.#grid, null);
    this.#closeMagnifier();
    this.#report(null);
  }

  #report(hover: Hover | null): void {
    this.#reported = hover;
    this.#props.onHover?.(hover);
  }

  /** Outline the head that another view points at. */
  #pointElsewhere(): void {
    const { hover } = this.#props;
    if (this.#gestures.at !== null) return;
    const other = hover && hover !== this.#reported && hover.head !== null ? hover : null;
    const index =
      other && other.layer < this.#grid.layers ? other.layer * this.#grid.heads + other.head! : null;
    this.#frame.point(this.#grid, index !== null && this.#grid.shows(index) ? index : null);
  }

  #open(index: number, add: boolean): void {
    if (this.#cells.at(index) !== null) this.#props.onSelect?.(this.#grid.select(index, add));
  }

  #openMatrix(index: number): void {
    if (this.#cells.at(index) === null) return;
    const { block } = this.#grid;
    this.#props.onOpenMatrix?.({ block, layer: this.#grid.layerOf(index), head: this.#grid.headOf(index) });
  }

  #facts(index: number): HeadFacts {
    const facts = this.#props.describe?.(this.#grid.layerOf(index), this.#grid.headOf(index));
    return facts ?? { label: "", scores: [] };
  }

  #speak(index: number): void {
    this.#frame.speak(this.#grid, index, (other) =>
      headSentence(this.#grid.nameOf(other), this.#facts(other), this.#cells.at(other) !== null),
    );
  }

  // Magnifier

  /** Show a head larger; a source that answers later is waited for while the pointer stays. */
  #magnify(index: number): void {
    this.#magnified = index;
    const size = Math.round(pictureSide(this.#cells.slice.queries.length) * this.#picture.ratio);
    const result = this.#cells.larger(this.#grid, index, size);
    const show = (weights: Thumbnail): void => {
      if (this.#magnified === index) this.#showMagnified(index, weights, size);
    };
    if (result instanceof Promise) result.then(show, (error) => this.#fail(error));
    else show(result);
  }

  /** Also the one that is still to come. */
  #closeMagnifier(): void {
    clearTimeout(this.#timer);
    this.#magnified = null;
    this.#magnifier.hide();
  }

  get #hint(): Magnified["hint"] {
    return this.#finger ? ["Lift to open", "", ""] : ["Click to open, ", "shift", " click to add"];
  }

  #showMagnified(index: number, weights: Thumbnail, size: number): void {
    const tokens = this.#props.attention.tokens("query");
    const [rows, columns] = thumbnailShape(this.#cells.slice, size);
    const { x, y } = this.#grid.cornerOf(index);
    const plane = this.#frame.plane.getBoundingClientRect();
    const { cell } = this.#grid.layout;
    this.#magnifier.show(
      {
        title: `Head ${this.#grid.nameOf(index)}`,
        ...this.#facts(index),
        words: this.#cells.slice.queries.map((i) => wordsOf(tokens)[i]!),
        hint: weights ? this.#hint : null,
      },
      { weights: weights?.map(Math.abs) ?? null, rows, columns, colors: this.#ink },
      this.#frame.root.getBoundingClientRect(),
      new DOMRect(plane.left + x, plane.top + y, cell, cell),
    );
  }
}
