// The neuron view (Vig 2019, section 2.3): how the pinned word's attention comes about in the focused head.
// Query on top of the keys, their elementwise product, scores, softmax, and which neurons make the pattern;
// or the values, weighted, and their sum. Works for any head size, rotary and grouped-query heads included.

import { sizeCanvas } from "./canvas.ts";
import {
  drawArrows,
  drawBrackets,
  drawCells,
  drawScore,
  drawShares,
  drawWeight,
  type Pen,
} from "./neuron-draw.ts";
import { chooseRows, type NeuronLayout, neuronLayout, rowLimit, type ShownRows } from "./neuron-layout.ts";
import { type NeuronPicture, neuronPicture, strongestWriters, type Vectors } from "./neuron-picture.ts";
import { NeuronRanking, type Ranked, type RankingContent } from "./neuron-ranking.ts";
import { NeuronText } from "./neuron-text.ts";
import { NEURON_VIEW_STYLE } from "./neuron-view-style.ts";
import { groupName, percent } from "./neuron-words.ts";
import { formatNumber, headColors } from "./palette.ts";
import { ensureStyle, themeVariables } from "./style.ts";
import { COLORS } from "./theme.ts";
import { Tip } from "./tip.ts";
import type { CommonProps, View } from "./view.ts";
import { wordOf } from "./words.ts";

/** Props of the neuron view; it needs no filter. */
export interface NeuronViewProps extends Omit<CommonProps, "filter" | "onSelect"> {
  /** Show keys (how attention is made) or values (what is read); keys by default. */
  readonly vectors?: Vectors;
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
  #picture: NeuronPicture | null = null;
  #layout: NeuronLayout | null = null;
  #rows: ShownRows = { places: [], others: null };
  #pointed: Pointed | null = null;

  constructor(target: HTMLElement, props: NeuronViewProps) {
    this.#props = props;
    ensureStyle(target, "neuron-view", NEURON_VIEW_STYLE);
    const page = target.ownerDocument;
    const make = <Tag extends keyof HTMLElementTagNameMap>(parent: HTMLElement, tag: Tag, name: string) => {
      const element = parent.appendChild(page.createElement(tag));
      element.className = name;
      return element;
    };
    this.#root = make(target, "div", "hs-neurons");
    this.#blocks = make(this.#root, "div", "hs-blocks");
    this.#canvas = make(this.#blocks, "canvas", "hs-cells");
    this.#over = make(this.#blocks, "canvas", "hs-outline");
    for (const canvas of [this.#canvas, this.#over]) canvas.setAttribute("aria-hidden", "true");
    this.#text = new NeuronText(this.#blocks);
    this.#ranking = new NeuronRanking(
      this.#root,
      (place) => this.#point(place === null ? null : { place, row: null }),
      (place) => this.#press(place),
    );
    this.#says = make(this.#root, "div", "hs-says");
    this.#tip = new Tip(this.#root);
    this.#listen();
    this.#resize = new ResizeObserver(() => this.#draw());
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
    const { trace, selection, vectors = "keys", theme } = this.#props;
    this.#root.setAttribute("style", themeVariables(theme));
    const picture = neuronPicture(trace, selection, vectors);
    this.#picture = typeof picture === "string" ? null : picture;
    this.#says.textContent = typeof picture === "string" ? picture : "";
    this.#says.hidden = this.#picture !== null;
    this.#blocks.hidden = this.#ranking.element.hidden = this.#picture === null;
    this.#tip.hide();
    this.#pointed = null;
    this.#draw();
  }

  #draw(): void {
    const picture = this.#picture;
    const { clientWidth: width, clientHeight: height } = this.#root;
    if (!picture || width === 0) return;
    const sink = picture.sink ? 1 : 0;
    this.#rows = chooseRows(picture.weights, rowLimit(width, height) - sink);
    const rows = this.#rows.places.length + (this.#rows.others ? 1 : 0) + sink;
    const layout = neuronLayout(width, height, rows, picture.size);
    this.#layout = layout;
    this.#root.classList.toggle("hs-stacked", layout.stacked);
    this.#blocks.style.width = `${layout.width}px`;
    this.#blocks.style.height = `${layout.height}px`;
    this.#paint(picture, layout);
    const { trace, selection } = this.#props;
    this.#text.show({ trace, selection, picture, layout, rows: this.#rows });
    this.#ranking.show(this.#rankingOf(picture, height));
    sizeCanvas(this.#over, layout.width, layout.height);
  }

  #paint(picture: NeuronPicture, layout: NeuronLayout): void {
    const { theme, selection, trace } = this.#props;
    const { context } = sizeCanvas(this.#canvas, layout.width, layout.height);
    const pen: Pen = { context, layout, theme, order: picture.order };
    this.#paintTop(pen, picture);
    const color = headColors(theme, selection.heads, trace.block(selection.block).heads)[selection.focus];
    const largest = picture.amounts.reduce((m, v) => (Number.isFinite(v) ? Math.max(m, Math.abs(v)) : m), 0);
    for (const [row, place] of this.#rows.places.entries()) {
      const y = layout.rowsTop + row * layout.rowHeight;
      const part = (values: Float32Array): Float32Array =>
        values.subarray(place * picture.size, (place + 1) * picture.size);
      const { cellHeight } = layout;
      if (layout.keys !== null) {
        drawCells(pen, part(picture.vectors), layout.keys, y, cellHeight, picture.ranges.vectors);
      }
      drawCells(pen, part(picture.products), layout.products, y, cellHeight, picture.ranges.products);
      const middle = y + cellHeight / 2;
      drawScore(pen, picture.amounts[place]!, largest, middle, picture.kind === "keys");
      drawWeight(pen, picture.weights[place]!, color ?? COLORS[theme].ink, middle);
    }
    this.#paintBelow(pen, picture, largest);
  }

  #paintTop(pen: Pen, picture: NeuronPicture): void {
    const { layout } = pen;
    const top = layout.queryMiddle - layout.queryHeight / 2;
    const block = picture.kind === "keys" ? layout.keys : layout.products;
    if (block !== null) drawCells(pen, picture.top, block, top, layout.queryHeight, picture.ranges.top);
    if (picture.kind === "keys") drawShares(pen, picture.groups);
  }

  /** The lines of others and of the sink, arrows and brackets. */
  #paintBelow(pen: Pen, picture: NeuronPicture, largest: number): void {
    const { layout, theme } = pen;
    let row = this.#rows.places.length;
    const middle = (): number => layout.rowsTop + row * layout.rowHeight + layout.cellHeight / 2;
    if (this.#rows.others) {
      drawWeight(pen, this.#rows.others.weight, COLORS[theme]["line-3"], middle());
      row++;
    }
    if (picture.sink) {
      if (picture.kind === "keys") drawScore(pen, picture.sink.logit, largest, middle(), true);
      drawWeight(pen, picture.sink.weight, COLORS[theme]["line-3"], middle());
      row++;
    }
    const y = layout.rowsTop + row * layout.rowHeight + 2;
    drawArrows(pen, picture.groups, y);
    for (const block of [layout.keys, layout.products]) {
      if (picture.rotary && block !== null) drawBrackets(pen, picture.groups, block, y);
    }
  }

  #rankingOf(picture: NeuronPicture, height: number): RankingContent {
    const count = this.#layout?.stacked ? 12 : Math.max(3, Math.floor((height - 112) / 23));
    if (picture.kind === "values") return this.#writers(picture, count);
    const groups = picture.groups.map((group, place) => ({ ...group, place }));
    const singles = picture.singles.map((group) => ({ ...group, place: placeOf(picture, group.dims[0]!) }));
    const few = Math.min(3, singles.length);
    const list = (from: typeof groups, most: number): Ranked[] =>
      from
        .filter(({ share }) => picture.rotary || share >= 0.005)
        .sort((a, b) => b.share - a.share)
        .slice(0, most)
        .map((group) => ({
          name: groupName(group, group.place),
          title: `${group.dims.map((dim) => `q${dim}`).join(" and ")}, share of the pattern ${percent(group.share)}`,
          share: group.share,
          amount: percent(group.share),
          place: group.place,
        }));
    return {
      title: picture.rotary ? "Which pairs make it" : "Which neurons make it",
      items: list(groups, few > 0 ? Math.max(3, count - few - 1) : count),
      more: { title: "Single dimensions", items: list(singles, few) },
      note: groups.some(({ share }) => share <= -0.005) ? "Shares add to 100%; some are negative." : "",
      acts: this.#props.onNeuron !== undefined,
    };
  }

  #writers(picture: NeuronPicture, count: number): RankingContent {
    return {
      title: "Which tokens write most",
      items: strongestWriters(picture)
        .slice(0, Math.min(9, count))
        .map(({ key, share }) => ({
          name: this.#word("keys", key),
          title: `${this.#word("keys", key)}, position ${key}`,
          share,
          amount: percent(share),
          place: null,
        })),
      more: { title: "", items: [] },
      note: "Size of weight × v, as share of the sum.",
      acts: false,
    };
  }

  #word(side: "queries" | "keys", position: number): string {
    const { trace, selection } = this.#props;
    const token = trace.stream(trace.block(selection.block)[side]).tokens[position];
    return token ? wordOf(token) : String(position);
  }

  #listen(): void {
    this.#blocks.addEventListener("pointermove", (event) => this.#move(event));
    this.#blocks.addEventListener("pointerleave", () => this.#point(null));
    this.#blocks.addEventListener("click", () => {
      if (this.#pointed) this.#press(this.#pointed.place);
    });
  }

  #move(event: PointerEvent): void {
    const box = this.#blocks.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const pointed = this.#at(x, y);
    this.#point(pointed);
    if (!pointed || !this.#picture) this.#tip.hide();
    else this.#say(this.#picture, pointed, x, y);
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

  /** A frame around the column of a neuron group in both blocks. */
  #outline(place: number | null): void {
    const [layout, picture] = [this.#layout, this.#picture];
    if (!layout || !picture) return;
    const { context } = sizeCanvas(this.#over, layout.width, layout.height);
    if (place === null) return;
    const dims = picture.groups[place]?.dims ?? [picture.order[place]!];
    const x = picture.order.indexOf(dims[0]!) * layout.cell;
    const width = dims.length * layout.cell - layout.gap;
    const bottom = layout.rowsTop + this.#rows.places.length * layout.rowHeight - 3;
    context.strokeStyle = COLORS[this.#props.theme].ink;
    context.lineWidth = 1.5;
    const frame = (left: number, top: number): void =>
      context.strokeRect(left + x - 1.5, top, width + 3, bottom - top);
    const query = layout.queryMiddle - layout.queryHeight / 2 - 2;
    const withTop = picture.kind === "keys" ? layout.keys : layout.products;
    for (const left of [layout.keys, layout.products]) {
      if (left !== null) frame(left, left === withTop ? query : layout.rowsTop - 2);
    }
  }

  #say(picture: NeuronPicture, { place, row }: Pointed, x: number, y: number): void {
    const { selection, onNeuron } = this.#props;
    const at = row === null ? null : this.#rows.places[row]!;
    const group = picture.groups[place];
    const dims = group?.dims ?? [picture.order[place]!];
    const name = picture.kind === "values" ? `v${dims[0]}` : groupName({ dims }, place);
    const rows =
      picture.kind === "keys" ? this.#keyFacts(picture, dims, at) : this.#valueFacts(picture, dims, at);
    if (group) {
      rows.push(["share of the pattern", percent(group.share)]);
      rows.push(["with distance", `r = ${formatNumber(group.distance)}`]);
    }
    this.#tip.show(
      {
        title: dims.length > 1 ? `Neurons q${dims.join(", q")}, ${name}` : `Neuron ${name}`,
        detail: `head ${selection.layer}.${selection.focus}`,
        rows,
        note: onNeuron && picture.kind === "keys" ? "Click to scale or zero it" : "",
      },
      x,
      y + this.#blocks.offsetTop,
    );
  }

  #keyFacts(picture: NeuronPicture, dims: readonly number[], at: number | null): [string, string][] {
    const numbers = (values: Float32Array, first: number): string =>
      dims.map((dim) => formatNumber(values[first + dim]!)).join(", ");
    const facts: [string, string][] = [
      [`q of ${this.#word("queries", picture.query)}`, numbers(picture.top, 0)],
    ];
    if (at === null) return facts;
    facts.push([
      `k of ${this.#word("keys", picture.keys[at]!)}`,
      numbers(picture.vectors, at * picture.size),
    ]);
    facts.push(["q × k", numbers(picture.products, at * picture.size)]);
    return facts;
  }

  #valueFacts(picture: NeuronPicture, dims: readonly number[], at: number | null): [string, string][] {
    const facts: [string, string][] = [["sum, the head’s output", formatNumber(picture.top[dims[0]!]!)]];
    if (at === null) return facts;
    const first = at * picture.size + dims[0]!;
    facts.unshift(
      [`v of ${this.#word("keys", picture.keys[at]!)}`, formatNumber(picture.vectors[first]!)],
      ["weight", formatNumber(picture.weights[at]!)],
      ["weight × v", formatNumber(picture.products[first]!)],
    );
    return facts;
  }

  #press(place: number): void {
    const group = this.#picture?.groups[place];
    if (group) this.#props.onNeuron?.(group.dims);
  }
}

/** Place of the group that a dimension belongs to; its own place where there are no groups. */
function placeOf({ groups, order }: NeuronPicture, dim: number): number {
  return groups.length > 0 ? groups.findIndex(({ dims }) => dims.includes(dim)) : order.indexOf(dim);
}
