// The whole model at once (Vig 2019, section 3.2): one thumbnail per layer and head. Painted as one picture;
// labels, selection and the magnifier are document nodes over it. Selecting a head is reported, not done.

import type { BlockName } from "../trace/index.ts";
import { context2d, pixelRatio, sizeCanvas } from "./canvas.ts";
import { MapFrame } from "./model-map-frame.ts";
import { MapGestures } from "./model-map-gestures.ts";
import { MapGrid } from "./model-map-grid.ts";
import { type MapLayout, mapLayout } from "./model-map-layout.ts";
import { type HeadScore, Magnifier, pictureSide } from "./model-map-magnifier.ts";
import { drawIds, drawOutlines, drawScores } from "./model-map-marks.ts";
import { type Cell, type CodeColors, codeColors, MapPicture } from "./model-map-picture.ts";
import { type Thumbnail, ThumbnailQueue, type ThumbnailSource } from "./model-map-queue.ts";
import { MAP_CSS } from "./model-map-style.ts";
import { thumbnailCodes, thumbnailOf, thumbnailShape } from "./model-map-thumbnail.ts";
import { PagedTable, type TableSource } from "./paged-table.ts";
import { formatNumber, headColors } from "./palette.ts";
import { quietKeys, type Slice, sliceOf } from "./slice.ts";
import { ensureStyle } from "./style.ts";
import type { CellFilter, CommonProps, View } from "./view.ts";
import { wordOf } from "./words.ts";

/** What is known about a head besides its picture. */
export interface HeadFacts {
  /** What the head does, e.g. "previous token", or "". */
  readonly label: string;
  readonly scores: readonly HeadScore[];
}

/** Props of the model map; `selection` says the block that is shown unless `block` does. */
export interface ModelMapProps extends CommonProps {
  readonly block?: BlockName;
  /** The chosen score of each head, [layers * heads]; NaN where unknown. */
  readonly scores?: ArrayLike<number> | null;
  readonly scoreName?: string;
  /** Scores of at least this size count as found; 0.5 if left out. */
  readonly threshold?: number;
  /** Grid order, or ranked by score. */
  readonly sort?: "layers" | "score";
  /** Where thumbnails come from, e.g. a worker; computed here if left out. Another function starts anew. */
  readonly thumbnail?: ThumbnailSource;
  readonly describe?: (layer: number, head: number) => HeadFacts;
  /** What the thumbnails show, for the legend; "attention" if left out. */
  readonly unit?: string;
  /** A table of numbers in place of the picture. */
  readonly table?: boolean;
  readonly onOpenMatrix?: (place: { block: BlockName; layer: number; head: number }) => void;
}

const HOVER_DELAY = 90;

/** The model map. */
export class ModelMap implements View<ModelMapProps> {
  readonly #frame: MapFrame;
  readonly #gestures: MapGestures;
  readonly #magnifier: Magnifier;
  readonly #observer: ResizeObserver;
  #props: ModelMapProps;
  #grid: MapGrid;
  #picture: MapPicture;
  #slice: Slice;
  #cells: (Cell | null | undefined)[] = [];
  #ink: CodeColors = new Uint32Array();
  #colors: readonly (string | null)[] = [];
  #queue: ThumbnailQueue | null = null;
  #table: PagedTable | null = null;
  #finished = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #nextFrame = 0;

  constructor(target: HTMLElement, props: ModelMapProps) {
    ensureStyle(target, "map", MAP_CSS);
    this.#props = props;
    this.#frame = new MapFrame(target);
    this.#magnifier = new Magnifier(this.#frame.root);
    this.#gestures = new MapGestures(this.#frame.plane, this.#frame.scroll, {
      layout: () => this.#grid.layout,
      start: () => this.#grid.placeOf(this.#grid.focus),
      point: (place, magnify) => this.#point(place, magnify),
      leave: () => this.#leave(),
      open: (place, add) => this.#open(this.#grid.order[place]!, add),
      openMatrix: (place) => this.#openMatrix(this.#grid.order[place]!),
      magnified: () => this.#magnifier.shown,
      hideMagnifier: () => this.#magnifier.hide(),
    });
    this.#grid = this.#arrange();
    this.#picture = new MapPicture(this.#grid.layout, pixelRatio(target));
    this.#slice = this.#sliced();
    this.#restart();
    this.#observer = new ResizeObserver(() => this.#resized());
    this.#observer.observe(this.#frame.root);
  }

  update(changed: Partial<ModelMapProps>): void {
    const before = this.#props;
    const { block } = this.#grid;
    this.#props = { ...before, ...changed };
    const { trace, filter, thumbnail } = this.#props;
    const same =
      trace === before.trace &&
      thumbnail === before.thumbnail &&
      this.#block === block &&
      sameColumns(filter, before.filter);
    if (same) this.#redraw();
    else this.#restart();
  }

  destroy(): void {
    this.#queue?.stop();
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

  get #block(): BlockName {
    return this.#props.block ?? this.#props.selection.block;
  }

  get #sorted(): boolean {
    return this.#props.sort === "score" && Boolean(this.#props.scores);
  }

  #sliced(): Slice {
    return sliceOf(this.#props.trace, this.#block, this.#props.filter);
  }

  #arrange(): MapGrid {
    const { trace, selection, scores } = this.#props;
    const { layers, heads } = trace.block(this.#block);
    const sorted = this.#sorted;
    const layout = mapLayout(this.#frame.root.clientWidth, layers, heads, sorted);
    return new MapGrid(this.#block, layers, heads, layout, selection, sorted ? (scores ?? null) : null);
  }

  #resized(): void {
    const { root } = this.#frame;
    const ratio = pixelRatio(root);
    if (root.clientWidth === 0) return;
    if (root.clientWidth === this.#grid.layout.width && ratio === this.#picture.ratio) return;
    const { side } = this.#picture;
    this.#redraw();
    if (this.#picture.side !== side) this.#restart();
  }

  // Thumbnails

  /** Ask for every thumbnail again; what is on screen stays until the new ones come. */
  #restart(): void {
    this.#queue?.stop();
    this.#finished = false;
    this.#frame.problem("");
    const count = this.#arrange().order.length;
    if (this.#cells.length !== count) this.#cells = new Array(count).fill(undefined);
    this.#slice = this.#sliced();
    this.#redraw();
    const size = this.#picture.side;
    const shape = thumbnailShape(this.#slice, size);
    this.#queue = new ThumbnailQueue({
      order: this.#grid.wanted(),
      heads: this.#grid.heads,
      size,
      source: this.#props.thumbnail ?? this.#ownSource(),
      onThumbnail: (index, thumbnail) => this.#arrived(index, thumbnail, shape),
      onSlice: (done) => this.#present(done),
      onError: (error) => this.#fail(error),
    });
  }

  #ownSource(): ThumbnailSource {
    const { trace } = this.#props;
    const block = this.#block;
    const slice = this.#slice;
    const quiet = quietKeys(trace, block);
    return (layer, head, size) => thumbnailOf(trace, { block, layer, head, slice, size, quiet });
  }

  #arrived(index: number, thumbnail: Thumbnail, [rows, columns]: readonly [number, number]): void {
    this.#cells[index] = thumbnail && { codes: thumbnailCodes(thumbnail), rows, columns };
    this.#paint(index);
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
    const { selection, theme, table = false } = this.#props;
    this.#grid = this.#arrange();
    this.#ink = codeColors(theme, null);
    this.#colors = headColors(theme, selection.heads, this.#grid.heads);
    this.#fitPicture();
    this.#cells.forEach((_, index) => {
      this.#paint(index);
    });
    this.#show();
    this.#frame.show(this.#grid, this.#sorted, this.#colors);
    this.#showLegend();
    this.#showTable(table);
    const { at } = this.#gestures;
    if (at !== null) this.#speak(this.#grid.order[at]!);
  }

  /** An empty picture for the layout and the screen of now. */
  #fitPicture(): void {
    const ratio = pixelRatio(this.#frame.root);
    const { layout } = this.#grid;
    if (this.#picture.ratio !== ratio || !sameLayout(this.#picture.layout, layout)) {
      this.#picture = new MapPicture(layout, ratio);
    } else this.#picture.clear();
  }

  #paint(index: number): void {
    const cell = this.#cells[index];
    if (!cell) return;
    const color = this.#grid.isActive(index) ? (this.#colors[this.#grid.headOf(index)] ?? null) : null;
    const colors = color === null ? this.#ink : codeColors(this.#props.theme, color);
    this.#picture.paint(this.#grid.placeOf(index), cell, colors);
  }

  #show(): void {
    const { theme, scores, threshold = 0.5 } = this.#props;
    const { layout } = this.#grid;
    const { canvas } = this.#frame;
    if (layout.width === 0) return;
    sizeCanvas(canvas, layout.width, layout.height);
    this.#picture.show(canvas);
    const context = context2d(canvas);
    drawOutlines(context, this.#grid, theme, this.#unrecorded());
    if (scores && layout.marks) drawScores(context, this.#grid, theme, scores, threshold);
    if (layout.ids) drawIds(context, this.#grid, theme);
  }

  #unrecorded(): number[] {
    return [...this.#cells.keys()].filter((index) => this.#cells[index] === null);
  }

  #showLegend(): void {
    const { theme, unit = "attention", scoreName, scores } = this.#props;
    const score = scores && scoreName && this.#grid.layout.marks ? scoreName : null;
    this.#frame.legend(theme, unit, score, this.#cells.includes(null));
  }

  #showTable(wanted: boolean): void {
    this.#frame.hidePicture(wanted);
    if (!wanted) {
      this.#table?.destroy();
      this.#table = null;
    } else if (this.#table) this.#table.update(this.#tableSource());
    else this.#table = new PagedTable(this.#frame.root, this.#tableSource());
  }

  #tableSource(): TableSource {
    const { layers, heads } = this.#grid;
    const { scores, scoreName = "score" } = this.#props;
    return {
      caption: scores ? `Heads by layer: ${scoreName}` : "Heads by layer",
      rows: layers,
      columns: heads,
      rowHeader: (layer) => `Layer ${layer}`,
      columnHeader: (head) => `Head ${head}`,
      cell: (layer, head) => {
        const score = scores?.[layer * heads + head] ?? Number.NaN;
        return Number.isNaN(score) ? `${layer}.${head}` : formatNumber(score, 3);
      },
      onPress: (layer, head) => this.#open(layer * heads + head, false),
    };
  }

  // Gestures

  #point(place: number, magnify: "now" | "soon"): void {
    clearTimeout(this.#timer);
    const index = this.#grid.order[place]!;
    const [layer, head] = [this.#grid.layerOf(index), this.#grid.headOf(index)];
    this.#frame.point(this.#grid, index);
    this.#speak(index);
    this.#props.onHover?.({ layer, head, query: null, key: null });
    if (magnify === "now") this.#magnify(index);
    else this.#timer = setTimeout(() => this.#magnify(index), HOVER_DELAY);
  }

  #leave(): void {
    clearTimeout(this.#timer);
    this.#frame.point(this.#grid, null);
    this.#magnifier.hide();
    this.#props.onHover?.(null);
  }

  #open(index: number, add: boolean): void {
    if (this.#cells[index] !== null) this.#props.onSelect?.(this.#grid.select(index, add));
  }

  #openMatrix(index: number): void {
    if (this.#cells[index] === null) return;
    const { block } = this.#grid;
    this.#props.onOpenMatrix?.({ block, layer: this.#grid.layerOf(index), head: this.#grid.headOf(index) });
  }

  #facts(index: number): HeadFacts {
    const facts = this.#props.describe?.(this.#grid.layerOf(index), this.#grid.headOf(index));
    return facts ?? { label: "", scores: [] };
  }

  #speak(index: number): void {
    this.#frame.speak(this.#grid, index, (other) => {
      const scores = this.#facts(other).scores.slice(0, 2);
      const said = scores.map(({ name, value }) => `${name.toLowerCase()} ${formatNumber(value)}`);
      if (this.#cells[other] === null) said.push("not recorded");
      return [`Head ${this.#grid.nameOf(other)}`, ...said].join(", ");
    });
  }

  // Magnifier

  /** Show a head larger; a source that answers later is waited for while the pointer stays. */
  #magnify(index: number): void {
    const size = Math.round(pictureSide(this.#slice.queries.length) * this.#picture.ratio);
    const source = this.#cells[index] === null ? () => null : (this.#props.thumbnail ?? this.#ownSource());
    const result = source(this.#grid.layerOf(index), this.#grid.headOf(index), size);
    const show = (weights: Thumbnail): void => {
      const { at } = this.#gestures;
      if (at !== null && this.#grid.order[at] === index) this.#showMagnified(index, weights, size);
    };
    if (result instanceof Promise) result.then(show, (error) => this.#fail(error));
    else show(result);
  }

  #showMagnified(index: number, weights: Thumbnail, size: number): void {
    const { trace } = this.#props;
    const { tokens } = trace.stream(trace.block(this.#block).queries);
    const [rows, columns] = thumbnailShape(this.#slice, size);
    const { x, y } = this.#grid.cornerOf(index);
    const plane = this.#frame.plane.getBoundingClientRect();
    const { cell } = this.#grid.layout;
    this.#magnifier.show(
      {
        title: `Head ${this.#grid.nameOf(index)}`,
        ...this.#facts(index),
        words: this.#slice.queries.map((i) => wordOf(tokens[i]!)),
        hint: weights ? ["Click to open, ", "shift", " click to add"] : null,
      },
      { weights: weights?.map(Math.abs) ?? null, rows, columns, colors: this.#ink },
      this.#frame.root.getBoundingClientRect(),
      new DOMRect(plane.left + x, plane.top + y, cell, cell),
    );
  }
}

function sameColumns(a: CellFilter, b: CellFilter): boolean {
  return (
    a.hideFirst === b.hideFirst &&
    a.hideSpecial === b.hideSpecial &&
    a.segments?.query === b.segments?.query &&
    a.segments?.key === b.segments?.key
  );
}

function sameLayout(a: MapLayout, b: MapLayout): boolean {
  return a.width === b.width && a.height === b.height && a.pitch === b.pitch && a.rowPitch === b.rowPitch;
}
