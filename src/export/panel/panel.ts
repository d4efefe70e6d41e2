// All views of one trace, linked: what a notebook cell, a widget and a single HTML file show.
// The trace is given whole; a selection is reported and, unlike in the views, followed at once.

import { attentionOf, type BlockName, type Trace } from "../../trace/index.ts";
import { HeadBar } from "../../views/bar/view.ts";
import type { Orientation } from "../../views/head/layout.ts";
import { HeadView } from "../../views/head/view.ts";
import { addTo } from "../../views/look/dom.ts";
import type { InkScale } from "../../views/look/ink.ts";
import { applyTheme, ensureStyle } from "../../views/look/style.ts";
import type { ThemeName } from "../../views/look/theme.ts";
import type { MapCut } from "../../views/map/cut.ts";
import { NOT_RECORDED } from "../../views/map/props.ts";
import { ModelMap } from "../../views/map/view.ts";
import { MatrixView } from "../../views/matrix/view.ts";
import { NeuronView } from "../../views/neuron/view.ts";
import { editedOf } from "../../views/read/edited.ts";
import type { CommonProps, Hover, Selection, View } from "../../views/view.ts";
import { Choice } from "./choice.ts";
import {
  filterOf,
  PANEL_VIEWS,
  type PanelState,
  type PanelView,
  sameSelection,
  selectionIn,
  viewOf,
} from "./state.ts";
import { PANEL_STYLE } from "./style.ts";

/** What a panel is given. */
export interface PanelProps {
  readonly trace: Trace;
  readonly state: PanelState;
  readonly theme: ThemeName;
  /** The reader chose something else. */
  readonly onSelect?: (selection: Selection) => void;
}

const LABELS: Readonly<Record<PanelView, string>> = {
  panel: "All views",
  head: "Lines",
  model: "Model",
  matrix: "Matrix",
  neuron: "Neurons",
};
const BLOCKS: Readonly<Record<BlockName, string>> = {
  self: "Self",
  encoder: "Encoder",
  decoder: "Decoder",
  cross: "Cross",
};
/** From this width on the map stands beside the lines, and from the second on the matrix too. */
const WIDE = 620;
const WIDEST = 980;
/** From this height on there is room for the neurons. */
const TALL = 600;

/** The legend below the map, and the edges around both. */
const BENEATH_MAP = 52;

type Part = Exclude<PanelView, "panel">;

/** What every part is given: the head, model and matrix view read the attention, the neuron view the run itself. */
interface PartProps extends CommonProps {
  readonly trace: Trace;
  readonly orientation: Orientation;
  readonly colors: InkScale;
  readonly cut: MapCut | null;
  /** Height that a map alone may grow into. */
  readonly room: number;
  readonly absent: string;
}

/** The linked views of a trace. */
export class Panel implements View<PanelProps> {
  #props: PanelProps;
  #selection: Selection;
  #view: PanelView;
  #hover: Hover | null = null;
  readonly #root: HTMLElement;
  readonly #body: HTMLElement;
  readonly #bar: HeadBar;
  readonly #blocks: Choice<BlockName>;
  readonly #views: Choice<PanelView>;
  readonly #parts = new Map<Part, { readonly view: View<PartProps>; readonly place: HTMLElement }>();
  readonly #resize: ResizeObserver;
  /** Something changed while the panel was hidden: views that have no size draw nothing. */
  #stale = false;

  constructor(target: HTMLElement, props: PanelProps) {
    this.#props = props;
    this.#selection = selectionIn(props.trace, props.state.selection);
    this.#view = viewOf(props.state);
    ensureStyle(target, "panel", PANEL_STYLE);
    this.#root = addTo(target, "div", "hs-panel");
    applyTheme(this.#root, props.theme);
    const several = this.#blockChoices().length > 1;
    const top = addTo(this.#root, "div", `hs-panel-top${several ? " hs-of-blocks" : ""}`);
    this.#body = addTo(this.#root, "div", "hs-panel-body");
    this.#blocks = new Choice(top, "Attention", this.#blockChoices(), (block) =>
      this.#select(selectionIn(props.trace, { block })),
    );
    this.#bar = new HeadBar(addTo(top, "div", "hs-panel-bar"), this.#common());
    this.#views = new Choice(
      top,
      "View",
      PANEL_VIEWS.map((view) => [view, LABELS[view]]),
      (view) => this.#show(view),
    );
    if (props.trace.manifest.note) addTo(this.#root, "p", "hs-panel-note", props.trace.manifest.note);
    this.#resize = new ResizeObserver(() => this.#resized());
    this.#resize.observe(this.#body);
    this.#arrange();
  }

  /** The selection as it is now. */
  get selection(): Selection {
    return this.#selection;
  }

  update(changed: Partial<PanelProps>): void {
    this.#props = { ...this.#props, ...changed };
    if (changed.theme) applyTheme(this.#root, changed.theme);
    if (changed.state?.view) this.#view = viewOf(changed.state);
    if (changed.trace) this.#selection = selectionIn(changed.trace, this.#selection);
    const wanted = changed.state?.selection;
    if (wanted) this.#selection = selectionIn(this.#props.trace, { ...this.#selection, ...wanted });
    if (changed.state?.view) this.#arrange();
    this.#refresh();
  }

  destroy(): void {
    this.#resize.disconnect();
    this.#bar.destroy();
    for (const { view } of this.#parts.values()) view.destroy();
    this.#root.remove();
  }

  #blockChoices(): readonly (readonly [BlockName, string])[] {
    return this.#props.trace.manifest.blocks.map(({ name }) => [name, BLOCKS[name]]);
  }

  #common(): PartProps {
    const { trace, theme, state } = this.#props;
    return {
      trace,
      theme,
      attention: attentionOf(trace, this.#selection.block),
      selection: this.#selection,
      filter: filterOf(state),
      orientation: state.orientation ?? "vertical",
      colors: state.colors ?? "root",
      cut: state.cut ?? null,
      room: this.#view === "model" ? this.#body.clientHeight - BENEATH_MAP : 0,
      absent: state.leftOut ? "left out" : NOT_RECORDED,
      hover: this.#hover,
      edited: editedOf(trace, this.#selection.block),
      onSelect: (selection) => this.#select(selection),
      onHover: (hover) => this.#point(hover),
    };
  }

  /** What one view points at is shown in all. */
  #point(hover: Hover | null): void {
    this.#hover = hover;
    for (const { view } of this.#parts.values()) view.update({ hover });
  }

  #select(selection: Selection): void {
    const inside = selectionIn(this.#props.trace, selection);
    if (sameSelection(inside, this.#selection)) return;
    this.#selection = inside;
    this.#refresh();
    this.#props.onSelect?.(inside);
  }

  #show(view: PanelView): void {
    this.#view = view;
    this.#arrange();
    this.#refresh();
  }

  #refresh(): void {
    const props = this.#common();
    this.#bar.update(props);
    this.#blocks.mark(this.#selection.block);
    this.#views.mark(this.#view);
    for (const { view } of this.#parts.values()) view.update(props);
    if (this.#body.clientWidth === 0) this.#waitForSize();
  }

  /** A notebook hides its cells while it changes its theme. Observed anew, a size that comes back is a change. */
  #waitForSize(): void {
    this.#stale = true;
    this.#resize.unobserve(this.#body);
    this.#resize.observe(this.#body);
  }

  #resized(): void {
    this.#arrange();
    if (this.#view === "model") this.#refresh();
    if (!this.#stale || this.#body.clientWidth === 0) return;
    this.#stale = false;
    this.#refresh();
  }

  /** Makes the views that are shown and takes the others away. */
  #arrange(): void {
    const shown = this.#shown();
    this.#root.dataset.shown = shown.join(" ");
    for (const [name, { view, place }] of [...this.#parts]) {
      if (shown.includes(name)) continue;
      view.destroy();
      place.remove();
      this.#parts.delete(name);
    }
    for (const name of shown) if (!this.#parts.has(name)) this.#add(name);
    this.#blocks.mark(this.#selection.block);
    this.#views.mark(this.#view);
  }

  #shown(): Part[] {
    if (this.#view !== "panel") return [this.#view];
    const { clientWidth: width, clientHeight: height } = this.#body;
    const parts: Part[] = width < WIDE ? ["head"] : ["model", "head"];
    if (width >= WIDEST) parts.push("matrix");
    const { block, layer, focus } = this.#selection;
    if (width >= WIDE && height >= TALL && this.#props.trace.hasQueriesAndKeys(block, layer, focus))
      parts.push("neuron");
    return parts;
  }

  #add(name: Part): void {
    const place = addTo(this.#body, "div", `hs-panel-part hs-panel-${name}`);
    const kinds = { head: HeadView, model: ModelMap, matrix: MatrixView, neuron: NeuronView };
    this.#parts.set(name, { view: new kinds[name](place, this.#common()), place });
  }
}
