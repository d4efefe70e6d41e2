// The whole model at once (Vig 2019, section 3.2): one thumbnail per layer and head. Painted as one picture;
// labels, selection and the magnifier are document nodes over it. Selecting a head is reported, not done.

import type { BlockName } from "../trace/index.ts";
import { pixelRatio, sizeCanvas } from "./canvas.ts";
import { cornerOf, type MapLayout, mapLayout, placeAt, placeOrder, step } from "./model-map-layout.ts";
import { type HeadScore, Magnifier, pictureSide } from "./model-map-magnifier.ts";
import { type Cell, codeColors, MapPicture } from "./model-map-picture.ts";
import { type Thumbnail, ThumbnailQueue, type ThumbnailSource } from "./model-map-queue.ts";
import { MAP_CSS } from "./model-map-style.ts";
import { thumbnailCodes, thumbnailOf, thumbnailShape } from "./model-map-thumbnail.ts";
import { PagedTable, type TableSource } from "./paged-table.ts";
import { formatNumber, headColors } from "./palette.ts";
import { quietKeys, type Slice, sliceOf } from "./slice.ts";
import { ensureStyle } from "./style.ts";
import { ATTENTION_RAMP, COLORS } from "./theme.ts";
import type { CommonProps, View } from "./view.ts";
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
  /** Scores of at least this size count as found. */
  readonly threshold?: number;
  /** Grid order, or ranked by score. */
  readonly sort?: "layers" | "score";
  /** Where thumbnails come from, e.g. a worker; computed here if left out. Another function starts anew. */
  readonly thumbnail?: ThumbnailSource;
  readonly describe?: (layer: number, head: number) => HeadFacts;
  /** What the thumbnails show, for the legend. */
  readonly unit?: string;
  /** A table of numbers in place of the picture. */
  readonly table?: boolean;
  readonly onOpenMatrix?: (place: { block: BlockName; layer: number; head: number }) => void;
}

const HOVER_DELAY = 90;
/** A finger this near an edge of a map that scrolls moves it. */
const EDGE = 24;

let nextId = 0;

/** The model map. */
export class ModelMap implements View<ModelMapProps> {
  readonly #root: HTMLElement;
  readonly #scroll: HTMLElement;
  readonly #plane: HTMLElement;
  readonly #canvas: HTMLCanvasElement;
  readonly #layers: HTMLElement;
  readonly #heads: HTMLElement;
  readonly #marks: HTMLElement;
  readonly #ring: HTMLElement;
  readonly #cursor: HTMLElement;
  readonly #row: HTMLElement;
  readonly #legend: HTMLElement;
  readonly #magnifier: Magnifier;
  readonly #observer: ResizeObserver;
  readonly #id = `hs-map-${nextId++}`;
  #props: ModelMapProps;
  #layout: MapLayout;
  #picture: MapPicture | null = null;
  #order: Uint32Array = new Uint32Array();
  #placeOfHead: Uint32Array = new Uint32Array();
  #cells: (Cell | null | undefined)[] = [];
  #queue: ThumbnailQueue | null = null;
  #table: PagedTable | null = null;
  /** Place under the pointer or the keyboard; null for none. */
  #at: number | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #frame = 0;
  #touching = false;

  constructor(target: HTMLElement, props: ModelMapProps) {
    ensureStyle(target, "map", MAP_CSS);
    const make = (name: string, parent: HTMLElement, tag = "div"): HTMLElement => {
      const element = target.ownerDocument.createElement(tag);
      element.className = `hs-map${name}`;
      parent.append(element);
      return element;
    };
    this.#props = props;
    this.#root = make("", target);
    this.#scroll = make("-scroll", this.#root);
    this.#plane = make("-plane", this.#scroll);
    this.#canvas = make("-canvas", this.#plane, "canvas") as HTMLCanvasElement;
    this.#layers = make("-layers", this.#plane);
    this.#heads = make("-heads", this.#plane);
    this.#marks = make("-marks", this.#plane);
    this.#ring = make("-ring", this.#plane);
    this.#cursor = make("-cursor", this.#plane);
    this.#row = make("-row", this.#plane);
    this.#legend = make("-legend", this.#root);
    this.#magnifier = new Magnifier(this.#root);
    this.#layout = this.#measure();
    this.#describeGrid();
    this.#listen();
    this.#observer = new ResizeObserver(() => this.#resized());
    this.#observer.observe(this.#root);
    this.#restart();
  }

  update(changed: Partial<ModelMapProps>): void {
    const before = this.#props;
    const blockBefore = this.#block;
    this.#props = { ...before, ...changed };
    const { trace, filter, thumbnail } = this.#props;
    const same =
      trace === before.trace &&
      thumbnail === before.thumbnail &&
      this.#block === blockBefore &&
      sameColumns(filter, before.filter);
    if (same) this.#redraw();
    else this.#restart();
  }

  destroy(): void {
    this.#queue?.stop();
    this.#observer.disconnect();
    clearTimeout(this.#timer);
    cancelAnimationFrame(this.#frame);
    this.#magnifier.destroy();
    this.#root.remove();
  }

  /** True when every thumbnail has been painted. */
  finished = false;

  get #block(): BlockName {
    return this.#props.block ?? this.#props.selection.block;
  }

  get #size(): { layers: number; heads: number } {
    return this.#props.trace.block(this.#block);
  }

  get #slice(): Slice {
    return sliceOf(this.#props.trace, this.#block, this.#props.filter);
  }

  get #sorted(): boolean {
    return this.#props.sort === "score" && Boolean(this.#props.scores);
  }

  #measure(): MapLayout {
    const { layers, heads } = this.#size;
    return mapLayout(this.#root.clientWidth, layers, heads, this.#sorted);
  }

  #resized(): void {
    const before = this.#picture;
    if (this.#root.clientWidth === this.#layout.width && before?.ratio === pixelRatio(this.#root)) return;
    const side = before?.side;
    this.#redraw();
    if (this.#picture?.side !== side) this.#restart();
  }

  // Thumbnails

  /** Ask for every thumbnail again; what is on screen stays until the new ones come. */
  #restart(): void {
    this.#queue?.stop();
    this.finished = false;
    const { layers, heads } = this.#size;
    if (this.#cells.length !== layers * heads) this.#cells = new Array(layers * heads).fill(undefined);
    this.#prepare();
    const slice = this.#slice;
    const size = this.#picture!.side;
    const [rows, columns] = thumbnailShape(slice, size);
    this.#queue = new ThumbnailQueue({
      order: this.#queueOrder(),
      heads,
      size,
      source: this.#props.thumbnail ?? this.#ownSource(slice),
      onThumbnail: (index, thumbnail) => this.#arrived(index, thumbnail, rows, columns),
      onSlice: (done) => this.#present(done),
      onError: (error) => this.#fail(error),
    });
  }

  /** The selected layer first, then the others as they stand. */
  #queueOrder(): number[] {
    const { heads } = this.#size;
    const { layer } = this.#props.selection;
    const own = (index: number): boolean => Math.floor(index / heads) === layer;
    const all = [...this.#order];
    return [...all.filter(own), ...all.filter((index) => !own(index))];
  }

  #ownSource(slice: Slice): ThumbnailSource {
    const { trace } = this.#props;
    const block = this.#block;
    const quiet = quietKeys(trace, block);
    return (layer, head, size) => thumbnailOf(trace, { block, layer, head, slice, size, quiet });
  }

  #arrived(index: number, thumbnail: Thumbnail, rows: number, columns: number): void {
    this.#cells[index] = thumbnail && { codes: thumbnailCodes(thumbnail), rows, columns };
    this.#paintHead(index);
  }

  /** The first slice is shown at once, later ones with the next frame. */
  #present(done: boolean): void {
    this.finished = done;
    if (done) this.#showLegend();
    cancelAnimationFrame(this.#frame);
    if (this.#frame === 0) this.#show();
    this.#frame = requestAnimationFrame(() => this.#show());
  }

  #fail(error: unknown): void {
    const line = this.#root.ownerDocument.createElement("div");
    line.className = "hs-map-problem";
    line.setAttribute("role", "alert");
    line.textContent = error instanceof Error ? error.message : String(error);
    this.#legend.replaceChildren(line);
  }

  // Drawing

  /** Everything but the thumbnails themselves: layout, order, colours, labels. */
  #prepare(): void {
    const { trace, scores, selection, theme, table } = this.#props;
    const { layers, heads } = this.#size;
    this.#layout = this.#measure();
    const ratio = pixelRatio(this.#root);
    const known = this.#picture;
    if (!known || known.ratio !== ratio || !sameLayout(known.layout, this.#layout)) {
      this.#picture = new MapPicture(this.#layout, ratio);
      sizeCanvas(this.#canvas, this.#layout.width, this.#layout.height);
    }
    this.#order = placeOrder(layers * heads, this.#sorted ? (scores ?? null) : null);
    this.#placeOfHead = new Uint32Array(this.#order.length);
    this.#order.forEach((index, place) => {
      this.#placeOfHead[index] = place;
    });
    this.#plane.style.cssText = `width:${this.#layout.width}px;height:${this.#layout.height}px`;
    this.#scroll.classList.toggle("scrolls", this.#layout.scrolls);
    this.#colors = {
      ink: codeColors(theme, null),
      heads: headColors(theme, selection.heads, trace.block(this.#block).heads),
    };
    this.#labels();
    this.#marksAndRing();
    this.#describeGrid();
    this.#showLegend();
    this.#showTable(table ?? false);
  }

  #colors: { ink: Uint32Array; heads: (string | null)[] } = { ink: new Uint32Array(), heads: [] };

  #redraw(): void {
    this.#prepare();
    this.#picture!.clear();
    for (let index = 0; index < this.#cells.length; index++) this.#paintHead(index);
    this.#show();
    if (this.#at !== null && this.#magnifier.shown) this.#magnify(this.#at);
  }

  #paintHead(index: number): void {
    const cell = this.#cells[index];
    if (!cell) return;
    this.#picture!.paint(this.#placeOfHead[index]!, cell, this.#colorsOf(index));
  }

  #colorsOf(index: number): Uint32Array {
    const color = this.#isActive(index) ? (this.#colors.heads[index % this.#size.heads] ?? null) : null;
    return color === null ? this.#colors.ink : codeColors(this.#props.theme, color);
  }

  #isActive(index: number): boolean {
    const { selection } = this.#props;
    const { heads } = this.#size;
    return (
      this.#block === selection.block &&
      Math.floor(index / heads) === selection.layer &&
      selection.heads.includes(index % heads)
    );
  }

  #show(): void {
    this.#picture!.show(this.#canvas);
    const context = this.#canvas.getContext("2d")!;
    this.#outlines(context);
    if (this.#layout.marks) this.#scoreMarks(context);
    if (this.#layout.ids) this.#ids(context);
  }

  /** Heads that were not recorded. */
  #outlines(context: CanvasRenderingContext2D): void {
    const side = Math.floor(this.#layout.cell);
    context.strokeStyle = COLORS[this.#props.theme].line;
    context.lineWidth = 1;
    this.#cells.forEach((cell, index) => {
      if (cell !== null) return;
      const { x, y } = this.#corner(index);
      context.strokeRect(x + 0.5, y + 0.5, side - 1, side - 1);
    });
  }

  #scoreMarks(context: CanvasRenderingContext2D): void {
    const { scores, threshold = 0.5, theme } = this.#props;
    if (!scores) return;
    const { cell } = this.#layout;
    const largest = Math.max(threshold, ...Array.from(scores, (s) => (Number.isNaN(s) ? 0 : Math.abs(s))));
    context.fillStyle = COLORS[theme].ink;
    this.#order.forEach((index, place) => {
      const score = Math.abs(scores[index] ?? 0);
      const { x, y } = cornerOf(this.#layout, place);
      const found = score >= threshold;
      context.globalAlpha = found ? 1 : 0.28;
      const length = Math.round((cell * score) / largest);
      if (length > 0) context.fillRect(x, y + cell + 1, length, found ? 2 : 1.5);
    });
    context.globalAlpha = 1;
  }

  #ids(context: CanvasRenderingContext2D): void {
    const { cell } = this.#layout;
    context.fillStyle = COLORS[this.#props.theme]["text-3"];
    context.font = `500 10px ${getComputedStyle(this.#root).fontFamily}`;
    context.textAlign = "center";
    context.textBaseline = "alphabetic";
    this.#order.forEach((index, place) => {
      const { x, y } = cornerOf(this.#layout, place);
      context.fillText(this.#name(index), x + cell / 2, y + cell + 12);
    });
  }

  #name(index: number): string {
    const { heads } = this.#size;
    return `${Math.floor(index / heads)}.${index % heads}`;
  }

  #corner(index: number): { x: number; y: number } {
    return cornerOf(this.#layout, this.#placeOfHead[index]!);
  }

  #labels(): void {
    const { selection } = this.#props;
    const { labelEvery, columns, rows, left, top, pitch, rowPitch, cell } = this.#layout;
    const own = this.#block === selection.block;
    const label = (text: number, style: string, current: boolean): HTMLElement => {
      const span = this.#root.ownerDocument.createElement("span");
      span.textContent = String(text);
      span.style.cssText = style;
      span.classList.toggle("current", current);
      return span;
    };
    const every = (count: number): number[] => [...Array(count).keys()].filter((i) => i % labelEvery === 0);
    this.#layers.style.height = `${this.#layout.height}px`;
    this.#layers.replaceChildren(
      ...every(this.#sorted ? 0 : rows).map((i) =>
        label(i, `top:${top + i * rowPitch + cell / 2 - 7}px`, own && i === selection.layer),
      ),
    );
    this.#heads.replaceChildren(
      ...every(this.#sorted ? 0 : columns).map((i) =>
        label(i, `left:${left + i * pitch + cell / 2}px`, own && i === selection.focus),
      ),
    );
  }

  #marksAndRing(): void {
    const { selection } = this.#props;
    const own = this.#block === selection.block;
    this.#marks.replaceChildren(
      ...(own ? selection.heads : []).map((head) => {
        const mark = this.#root.ownerDocument.createElement("div");
        mark.className = "hs-map-mark";
        this.#frameCell(mark, selection.layer * this.#size.heads + head, this.#outset(2));
        mark.style.borderColor = this.#colors.heads[head] ?? "";
        return mark;
      }),
    );
    this.#ring.style.display = own ? "" : "none";
    if (!own) return;
    this.#ring.classList.toggle("still", this.#ring.style.transform === "");
    this.#frameCell(this.#ring, selection.layer * this.#size.heads + selection.focus, this.#outset(4));
  }

  /** Frames reach out less where cells are close together. */
  #outset(wanted: number): number {
    return this.#layout.pitch > 24 ? wanted : wanted - 0.5;
  }

  #frameCell(element: HTMLElement, index: number, outset: number): void {
    const { x, y } = this.#corner(index);
    const side = Math.floor(this.#layout.cell) + 2 * outset;
    element.style.width = `${side}px`;
    element.style.height = `${side}px`;
    element.style.transform = `translate(${x - outset}px,${y - outset}px)`;
  }

  #showLegend(): void {
    const { theme, unit = "attention", scoreName, scores } = this.#props;
    const ramp = ATTENTION_RAMP[theme].join(",");
    const hollow = this.#cells.includes(null);
    this.#legend.innerHTML =
      `<span>0</span><span class="hs-map-ramp" style="background:linear-gradient(90deg,${ramp})"></span>` +
      `<span>1 <span class="unit"></span></span><span class="tail"></span>`;
    this.#legend.querySelector(".unit")!.textContent = unit;
    const tail = this.#legend.querySelector(".tail")!;
    if (hollow) tail.append(...this.#key("hollow", "not recorded"));
    if (scores && scoreName && this.#layout.marks) tail.append(...this.#key("tick", scoreName));
  }

  #key(mark: string, text: string): HTMLElement[] {
    const { ownerDocument } = this.#root;
    const [sign, words] = [ownerDocument.createElement("span"), ownerDocument.createElement("span")];
    sign.className = mark;
    words.textContent = text;
    return [sign, words];
  }

  // Table

  #showTable(wanted: boolean): void {
    this.#scroll.style.display = wanted ? "none" : "";
    this.#legend.style.display = wanted ? "none" : "";
    if (!wanted) {
      this.#table?.destroy();
      this.#table = null;
    } else if (this.#table) this.#table.update(this.#tableSource());
    else this.#table = new PagedTable(this.#root, this.#tableSource());
  }

  #tableSource(): TableSource {
    const { layers, heads } = this.#size;
    const { scores, scoreName = "score" } = this.#props;
    const value = (index: number): string => {
      const score = scores?.[index];
      return score === undefined || Number.isNaN(score) ? this.#name(index) : formatNumber(score, 3);
    };
    return {
      caption: scores ? `Heads by layer: ${scoreName}` : "Heads by layer",
      rows: layers,
      columns: heads,
      rowHeader: (layer) => `Layer ${layer}`,
      columnHeader: (head) => `Head ${head}`,
      cell: (layer, head) => value(layer * heads + head),
      onPress: (layer, head) => this.#open(layer * heads + head, false),
    };
  }

  // Accessibility

  #describeGrid(): void {
    const { layers, heads } = this.#size;
    this.#plane.setAttribute("role", "grid");
    this.#plane.tabIndex = 0;
    this.#plane.setAttribute("aria-label", `Model map, ${layers} layers of ${heads} heads`);
    this.#plane.setAttribute("aria-rowcount", String(layers));
    this.#plane.setAttribute("aria-colcount", String(heads));
    for (const hidden of [this.#canvas, this.#layers, this.#heads, this.#marks, this.#ring, this.#cursor]) {
      hidden.setAttribute("aria-hidden", "true");
    }
    this.#row.setAttribute("role", "row");
    if (this.#at !== null) this.#describeRow(this.#at);
  }

  /** Cells of the row that holds `place`, for screen readers. */
  #describeRow(place: number): void {
    const { columns } = this.#layout;
    const row = Math.floor(place / columns);
    this.#row.setAttribute("aria-rowindex", String(row + 1));
    this.#row.replaceChildren(
      ...Array.from({ length: columns }, (_, column) => {
        const index = this.#order[row * columns + column]!;
        const cell = this.#root.ownerDocument.createElement("div");
        cell.id = `${this.#id}-${index}`;
        cell.setAttribute("role", "gridcell");
        cell.setAttribute("aria-colindex", String(column + 1));
        cell.setAttribute("aria-selected", String(this.#isActive(index)));
        cell.textContent = this.#sentence(index);
        return cell;
      }),
    );
    this.#plane.setAttribute("aria-activedescendant", `${this.#id}-${this.#order[place]!}`);
  }

  #sentence(index: number): string {
    const { heads } = this.#size;
    const facts = this.#props.describe?.(Math.floor(index / heads), index % heads);
    const scores = (facts?.scores ?? [])
      .slice(0, 2)
      .map((s) => `${s.name.toLowerCase()} ${formatNumber(s.value)}`);
    const missing = this.#cells[index] === null ? ["not recorded"] : [];
    return [`Head ${this.#name(index)}`, ...scores, ...missing].join(", ");
  }

  // Gestures

  #listen(): void {
    const plane = this.#plane;
    plane.addEventListener("pointermove", (event) => this.#pointed(event));
    plane.addEventListener("pointerdown", (event) => this.#pressed(event));
    plane.addEventListener("pointerup", (event) => this.#lifted(event));
    plane.addEventListener("pointercancel", () => this.#leave());
    plane.addEventListener("pointerleave", () => !this.#touching && this.#leave());
    plane.addEventListener("dblclick", (event) => this.#doubled(event));
    plane.addEventListener("keydown", (event) => this.#key_(event));
    plane.addEventListener("focus", () => this.#focused());
    plane.addEventListener("blur", () => this.#leave());
    this.#scroll.addEventListener("scroll", () => this.#magnifier.hide());
  }

  #placeUnder(event: PointerEvent | MouseEvent): number | null {
    const box = this.#plane.getBoundingClientRect();
    return placeAt(this.#layout, event.clientX - box.left, event.clientY - box.top);
  }

  #pointed(event: PointerEvent): void {
    if (event.pointerType === "touch" && !this.#touching) return;
    const place = this.#placeUnder(event);
    if (this.#touching) this.#scrollAtEdge(event.clientX);
    if (place === this.#at) return;
    this.#moveTo(place, this.#touching || this.#magnifier.shown ? 0 : HOVER_DELAY);
  }

  #pressed(event: PointerEvent): void {
    if (event.pointerType !== "touch") return;
    this.#touching = true;
    this.#plane.setPointerCapture(event.pointerId);
    this.#moveTo(this.#placeUnder(event), 0);
  }

  #lifted(event: PointerEvent): void {
    const place = this.#placeUnder(event);
    if (event.button === 0 && place !== null) this.#open(this.#order[place]!, event.shiftKey);
    if (!this.#touching) return;
    this.#touching = false;
    this.#leave();
  }

  #doubled(event: MouseEvent): void {
    const place = this.#placeUnder(event);
    if (place !== null) this.#openMatrix(this.#order[place]!);
  }

  #scrollAtEdge(x: number): void {
    if (!this.#layout.scrolls) return;
    const box = this.#scroll.getBoundingClientRect();
    if (x > box.right - EDGE) this.#scroll.scrollLeft += this.#layout.pitch;
    else if (x < box.left + this.#layout.left + EDGE) this.#scroll.scrollLeft -= this.#layout.pitch;
  }

  /** Keys of section 6 of the guide to the look: arrows, Enter, Shift Enter, Escape. */
  #key_(event: KeyboardEvent): void {
    const from = this.#at ?? this.#selectedPlace();
    if (event.key === "Enter" || event.key === " ") this.#open(this.#order[from]!, event.shiftKey);
    else if (event.key === "Escape" && this.#magnifier.shown) this.#magnifier.hide();
    else {
      const to = step(this.#layout, from, event.key);
      if (to === from && !event.key.startsWith("Arrow")) return;
      this.#moveTo(to, 0);
      this.#reveal(to);
    }
    event.preventDefault();
    event.stopPropagation();
  }

  #selectedPlace(): number {
    const { layer, focus } = this.#props.selection;
    return this.#placeOfHead[layer * this.#size.heads + focus] ?? 0;
  }

  #focused(): void {
    if (this.#plane.matches(":focus-visible")) this.#moveTo(this.#at ?? this.#selectedPlace(), HOVER_DELAY);
  }

  /** Scroll sideways until a place can be seen. */
  #reveal(place: number): void {
    const { x } = cornerOf(this.#layout, place);
    const [first, last] = [
      this.#scroll.scrollLeft + this.#layout.left,
      this.#scroll.scrollLeft + this.#scroll.clientWidth,
    ];
    if (x < first) this.#scroll.scrollLeft = x - this.#layout.left - 4;
    else if (x + this.#layout.pitch > last) this.#scroll.scrollLeft += x + this.#layout.pitch + 4 - last;
  }

  #moveTo(place: number | null, delay: number): void {
    clearTimeout(this.#timer);
    if (place === null) {
      this.#leave();
      return;
    }
    this.#at = place;
    const index = this.#order[place]!;
    const { heads } = this.#size;
    this.#cursor.classList.add("shown");
    this.#frameCell(this.#cursor, index, 1);
    this.#describeRow(place);
    this.#props.onHover?.({ layer: Math.floor(index / heads), head: index % heads, query: null, key: null });
    if (delay === 0) this.#magnify(place);
    else this.#timer = setTimeout(() => this.#magnify(place), delay);
  }

  #leave(): void {
    clearTimeout(this.#timer);
    if (this.#at !== null) this.#props.onHover?.(null);
    this.#at = null;
    this.#cursor.classList.remove("shown");
    this.#magnifier.hide();
  }

  #open(index: number, add: boolean): void {
    const { selection, onSelect } = this.#props;
    const { heads } = this.#size;
    const [layer, head] = [Math.floor(index / heads), index % heads];
    if (this.#cells[index] === null) return;
    const within = add && this.#block === selection.block && layer === selection.layer;
    const kept = within ? selection.heads.filter((h) => h !== head) : [];
    const removes = within && selection.heads.includes(head) && kept.length > 0;
    const chosen = removes ? kept : [...kept, head].sort((a, b) => a - b);
    const focus = removes ? (chosen.includes(selection.focus) ? selection.focus : chosen[0]!) : head;
    onSelect?.({ ...selection, block: this.#block, layer, heads: chosen, focus });
  }

  #openMatrix(index: number): void {
    const { heads } = this.#size;
    if (this.#cells[index] === null) return;
    this.#props.onOpenMatrix?.({ block: this.#block, layer: Math.floor(index / heads), head: index % heads });
  }

  // Magnifier

  #magnify(place: number): void {
    const index = this.#order[place]!;
    const { trace, thumbnail } = this.#props;
    const slice = this.#slice;
    const labels = slice.queries.map((i) =>
      wordOf(trace.stream(trace.block(this.#block).queries).tokens[i]!),
    );
    const size = Math.round(pictureSide(labels.length) * pixelRatio(this.#root));
    const { heads } = this.#size;
    const source = this.#cells[index] === null ? () => null : (thumbnail ?? this.#ownSource(slice));
    const result = source(Math.floor(index / heads), index % heads, size);
    if (result instanceof Promise) {
      result.then(
        (weights) => this.#at === place && this.#showMagnified(index, weights, labels, slice, size),
        (error) => this.#fail(error),
      );
    } else this.#showMagnified(index, result, labels, slice, size);
  }

  #showMagnified(index: number, weights: Thumbnail, words: string[], slice: Slice, size: number): void {
    const { heads } = this.#size;
    const facts = this.#props.describe?.(Math.floor(index / heads), index % heads);
    const [rows, columns] = thumbnailShape(slice, size);
    const { x, y } = this.#corner(index);
    const plane = this.#plane.getBoundingClientRect();
    const { cell } = this.#layout;
    this.#magnifier.show(
      {
        title: `Head ${this.#name(index)}`,
        label: facts?.label ?? "",
        scores: facts?.scores ?? [],
        words,
        hint: weights ? ["Click to open, ", "shift", " click to add"] : null,
      },
      { weights, rows, columns, colors: this.#colors.ink },
      this.#root.getBoundingClientRect(),
      new DOMRect(plane.left + x, plane.top + y, cell, cell),
    );
  }
}

function sameColumns(a: CommonProps["filter"], b: CommonProps["filter"]): boolean {
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
