// The neuron view (Vig 2019, section 2.3): how the pinned word's attention comes about in the focused head.
// Query on top of the keys, their elementwise product, scores, softmax, and which neurons make the pattern;
// or the values, weighted, and their sum. Works for any head size, rotary and grouped-query heads included.

import type { Trace } from "../../trace/index.ts";
import { sizeCanvas } from "../look/canvas.ts";
import { addTo } from "../look/dom.ts";
import { TableSwitch } from "../look/paged-table.ts";
import { headColors } from "../look/palette.ts";
import { applyTheme, ensureStyle } from "../look/style.ts";
import { COLORS } from "../look/theme.ts";
import { Tip } from "../look/tip.ts";
import { paintScene } from "../scene/canvas.ts";
import type { Mark } from "../scene/scene.ts";
import type { CommonProps, EditedVectors, View } from "../view.ts";
import { vectorsShown } from "./edited.ts";
import { chooseRows, type NeuronLayout, neuronLayout, rowLimit, type ShownRows } from "./layout.ts";
import { type NeuronPicture, neuronPicture, placeOf, type Vectors } from "./picture.ts";
import { NeuronRanking } from "./ranking.ts";
import { type NeuronSubject, neuronTable, neuronTip, rankingOf } from "./said.ts";
import { type NeuronSceneRequest, neuronMarks, neuronOutline } from "./scene.ts";
import { NEURON_VIEW_STYLE } from "./style.ts";
import { NeuronText } from "./text.ts";
import { columnNeeds } from "./texts.ts";

/** Props of the neuron view; it reads queries, keys and values, and so the run itself. */
export interface NeuronViewProps extends Pick<CommonProps, "selection" | "theme" | "edited" | "onHover"> {
  readonly trace: Trace;
  /** Show keys (how attention is made) or values (what is read); keys by default. */
  readonly vectors?: Vectors;
  /** A table of numbers in place of the picture. */
  readonly table?: boolean;
  /** A neuron or rotary pair was clicked, by its dimensions of the query; left out where nothing can be edited. */
  readonly onNeuron?: (dims: readonly number[]) => void;
}

/** A neuron group and perhaps a row under the pointer. */
interface Pointed {
  readonly place: number;
  readonly row: number | null;
}

export class NeuronView implements View<NeuronViewProps> {
  #props: NeuronViewProps;
  readonly #root: HTMLElement;
  readonly #blocks: HTMLElement;
  readonly #canvas: HTMLCanvasElement;
  readonly #over: HTMLCanvasElement;
  readonly #text: NeuronText;
  readonly #ranking: NeuronRanking;
  readonly #says: HTMLElement;
  readonly #tip: Tip;
  readonly #resize: ResizeObserver;
  readonly #table: TableSwitch;
  #picture: NeuronPicture | null = null;
  #layout: NeuronLayout | null = null;
  #rows: ShownRows = { places: [], others: null };
  #pointed: Pointed | null = null;
  /** Room at the last drawing. */
  #drawn: { readonly width: number; readonly height: number } | null = null;

  constructor(target: HTMLElement, props: NeuronViewProps) {
    this.#props = props;
    ensureStyle(target, "neuron-view", NEURON_VIEW_STYLE);
    this.#root = addTo(target, "div", "hs-neurons");
    this.#blocks = addTo(this.#root, "div", "hs-blocks");
    this.#canvas = addTo(this.#blocks, "canvas", "hs-cells");
    this.#over = addTo(this.#blocks, "canvas", "hs-outline");
    for (const canvas of [this.#canvas, this.#over]) canvas.setAttribute("aria-hidden", "true");
    this.#text = new NeuronText(this.#blocks);
    this.#ranking = new NeuronRanking(
      this.#root,
      (place) => this.#point(place === null ? null : { place, row: null }),
      (place) => this.#press(place),
    );
    this.#says = addTo(this.#root, "div", "hs-says");
    this.#tip = new Tip(this.#root);
    this.#table = new TableSwitch(this.#root);
    this.#listen();
    this.#resize = new ResizeObserver(() => this.#resized());
    this.#resize.observe(this.#root);
    this.#read();
  }

  update(changed: Partial<NeuronViewProps>): void {
    this.#props = { ...this.#props, ...changed };
    this.#read();
  }

  destroy(): void {
    this.#resize.disconnect();
    this.#root.remove();
  }

  #read(): void {
    const { trace, selection, vectors = "keys", theme, table = false } = this.#props;
    applyTheme(this.#root, theme);
    const picture = neuronPicture(trace, selection, vectors);
    this.#picture = typeof picture === "string" ? null : picture;
    this.#says.textContent = typeof picture === "string" ? picture : "";
    this.#says.hidden = this.#picture !== null;
    this.#blocks.hidden = this.#ranking.element.hidden = this.#picture === null || table;
    this.#table.show(this.#picture && table ? neuronTable(this.#subject(this.#picture)) : null);
    this.#tip.hide();
    this.#pointed = null;
    this.#draw();
  }

  /** Draw again if the room is another than at the last drawing; an observer's first report says nothing new. */
  #resized(): void {
    const { clientWidth: width, clientHeight: height } = this.#root;
    if (this.#drawn?.width !== width || this.#drawn.height !== height) this.#draw();
  }

  #draw(): void {
    const picture = this.#picture;
    const { clientWidth: width, clientHeight: height } = this.#root;
    this.#drawn = { width, height };
    if (!picture || width === 0 || this.#props.table) return;
    const sink = picture.sink ? 1 : 0;
    this.#rows = chooseRows(picture.weights, rowLimit(width, height) - sink);
    const rows = this.#rows.places.length + (this.#rows.others ? 1 : 0) + sink;
    const { trace, selection } = this.#props;
    const words = columnNeeds({ trace, selection, picture, rows: this.#rows });
    const layout = neuronLayout(width, height, rows, picture.size, words);
    this.#layout = layout;
    this.#root.classList.toggle("hs-stacked", layout.stacked);
    this.#blocks.style.width = `${layout.width}px`;
    this.#blocks.style.height = `${layout.height}px`;
    this.#paint(this.#canvas, neuronMarks(this.#scene(picture, layout)));
    const changed = this.#changed(picture);
    this.#text.show({ trace, selection, picture, layout, rows: this.#rows, changed });
    const lines = layout.stacked ? 12 : Math.max(3, Math.floor((height - 112) / 24));
    this.#ranking.show(rankingOf(this.#subject(picture), lines));
    sizeCanvas(this.#over, layout.width, layout.height);
  }

  #scene(picture: NeuronPicture, layout: NeuronLayout): NeuronSceneRequest {
    const { trace, selection, theme } = this.#props;
    const { block, layer, heads, focus } = selection;
    const color = headColors(theme, heads, trace.heads(block, layer))[focus] ?? COLORS[theme].ink;
    return { picture, layout, rows: this.#rows, theme, color, changed: this.#changed(picture) };
  }

  #changed(picture: NeuronPicture): readonly EditedVectors[] {
    return vectorsShown(this.#props.edited, this.#props.selection, picture);
  }

  /** Paint on a canvas of the size of the blocks. */
  #paint(canvas: HTMLCanvasElement, marks: readonly Mark[]): void {
    const { context } = sizeCanvas(canvas, this.#layout!.width, this.#layout!.height);
    paintScene({ context, texts: true }, { marks });
  }

  #subject(picture: NeuronPicture): NeuronSubject {
    const { trace, selection, onNeuron } = this.#props;
    return { trace, selection, picture, acts: onNeuron !== undefined, changed: this.#changed(picture) };
  }

  #listen(): void {
    this.#blocks.addEventListener("pointermove", (event) => this.#move(event));
    this.#blocks.addEventListener("pointerleave", () => this.#point(null));
    this.#blocks.addEventListener("click", () => {
      if (this.#pointed) this.#press(this.#pointed.place);
    });
    // Of a key's row a right click means the weight, which whoever hears of the hover knows.
    this.#blocks.addEventListener("contextmenu", (event) => {
      if (this.#pointed?.row !== null || !this.#props.onNeuron) return;
      event.preventDefault();
      this.#press(this.#pointed.place);
    });
  }

  #move(event: PointerEvent): void {
    const box = this.#blocks.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const pointed = this.#at(x, y);
    this.#point(pointed);
    if (!pointed || !this.#picture) this.#tip.hide();
    else this.#say(this.#picture, pointed, x, y + this.#blocks.offsetTop);
  }

  /** The neuron group and row at a point of the blocks. */
  #at(x: number, y: number): Pointed | null {
    const [layout, picture] = [this.#layout, this.#picture];
    if (!layout || !picture) return null;
    const lefts = [layout.keys, layout.products].filter((left) => left !== null);
    const left = lefts.find((start) => x >= start && x < start + layout.blockWidth);
    const row = Math.floor((y - layout.rowsTop) / layout.rowHeight);
    const above = y >= layout.queryMiddle - 24 && y < layout.rowsTop;
    const inside = row >= 0 && row < this.#rows.places.length;
    if (left === undefined || !(above || inside)) return null;
    const dim = picture.order[Math.floor((x - left) / layout.cell)];
    if (dim === undefined) return null;
    return { place: placeOf(picture, dim), row: inside ? row : null };
  }

  #point(pointed: Pointed | null): void {
    const before = this.#pointed;
    if (before?.place === pointed?.place && before?.row === pointed?.row) return;
    this.#pointed = pointed;
    if (!pointed) this.#tip.hide();
    this.#outline(pointed?.place ?? null);
    this.#tellHover(pointed);
  }

  #tellHover(pointed: Pointed | null): void {
    const { selection, onHover } = this.#props;
    const place = pointed?.row == null ? undefined : this.#rows.places[pointed.row];
    if (!this.#picture || place === undefined) {
      onHover?.(null);
      return;
    }
    const key = this.#picture.keys[place]!;
    onHover?.({ layer: selection.layer, head: selection.focus, query: this.#picture.query, key });
  }

  #outline(place: number | null): void {
    const [layout, picture] = [this.#layout, this.#picture];
    if (!layout || !picture) return;
    this.#paint(this.#over, place === null ? [] : neuronOutline(this.#scene(picture, layout), place));
  }

  #say(picture: NeuronPicture, { place, row }: Pointed, x: number, y: number): void {
    const at = row === null ? null : this.#rows.places[row]!;
    this.#tip.show(neuronTip(this.#subject(picture), place, at), x, y);
  }

  #press(place: number): void {
    const group = this.#picture?.groups[place];
    if (group) this.#props.onNeuron?.(group.dims);
  }
}
