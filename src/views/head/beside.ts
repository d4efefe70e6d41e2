// Head views of several layers over the same words, heads and pins: side by side, or, where words lie along the top and
// the bottom, below each other, so that a word has the same place in every layer.

import { addTo } from "../look/dom.ts";
import { ensureStyle } from "../look/style.ts";
import type { View } from "../view.ts";
import { inLayer } from "./layer-selection.ts";
import { HEAD_VIEW_STYLE } from "./style.ts";
import { HeadView, type HeadViewProps } from "./view.ts";

/** Props of head views side by side. */
export interface HeadViewsProps extends HeadViewProps {
  /** Layers from left to right, or from top to bottom where words lie; one alone has no heading. The selection's is meant where the list is empty. */
  readonly layers: readonly number[];
}

/** One layer on the page. */
interface Panel {
  readonly box: HTMLElement;
  readonly view: HeadView;
}

export class HeadViews implements View<HeadViewsProps> {
  #props: HeadViewsProps;
  readonly #root: HTMLElement;
  readonly #panels = new Map<number, Panel>();

  constructor(target: HTMLElement, props: HeadViewsProps) {
    this.#props = props;
    ensureStyle(target, "head-view", HEAD_VIEW_STYLE);
    this.#root = addTo(target, "div", "hs-beside");
    this.#show({});
  }

  update(changed: Partial<HeadViewsProps>): void {
    this.#props = { ...this.#props, ...changed };
    this.#show(changed);
  }

  destroy(): void {
    for (const { view } of this.#panels.values()) view.destroy();
    this.#root.remove();
  }

  get #layers(): readonly number[] {
    const { layers, selection } = this.#props;
    return layers.length > 0 ? layers : [selection.layer];
  }

  /** Panels of the wanted layers in their order; those that stay are told what changed. */
  #show(changed: Partial<HeadViewsProps>): void {
    const layers = this.#layers;
    const moved = this.#keepOne(layers);
    for (const [layer, { box, view }] of this.#panels) {
      if (layers.includes(layer)) continue;
      view.destroy();
      box.remove();
      this.#panels.delete(layer);
    }
    for (const [place, layer] of layers.entries()) {
      const panel = this.#panels.get(layer);
      if (panel)
        panel.view.update(
          this.#changedFor(layer, moved ? { ...changed, selection: this.#props.selection } : changed),
        );
      // An element that moves forgets how far it was scrolled.
      const { box } = panel ?? this.#make(layer);
      if (this.#root.children[place] !== box)
        this.#root.insertBefore(box, this.#root.children[place] ?? null);
    }
    this.#root.classList.toggle("hs-several", layers.length > 1);
    this.#root.classList.toggle("hs-below", this.#props.orientation === "horizontal");
  }

  /** A single panel goes on with another layer, so that its words stay and its lines fade over; true if it does. */
  #keepOne(layers: readonly number[]): boolean {
    const [only] = this.#panels;
    const [layer] = layers;
    if (layers.length !== 1 || this.#panels.size !== 1 || !only || only[0] === layer) return false;
    const [before, panel] = only;
    this.#panels.delete(before);
    this.#panels.set(layer!, panel);
    panel.box.firstElementChild!.textContent = `Layer ${layer}`;
    return true;
  }

  #make(layer: number): Panel {
    const box = addTo(this.#root, "div", "hs-of-layer");
    addTo(box, "div", "hs-layer-name").textContent = `Layer ${layer}`;
    const panel = { box, view: new HeadView(addTo(box, "div", "hs-layer-body"), this.#propsFor(layer)) };
    this.#panels.set(layer, panel);
    return panel;
  }

  /** What a view of one layer is given: its layer in the selection, and hover of the same words in other layers. */
  #propsFor(layer: number): HeadViewProps {
    const { layers: _, hover, ...props } = this.#props;
    return {
      ...props,
      dense: this.#layers.length > 1,
      selection: inLayer(props.selection, layer, props.attention),
      ...(hover === undefined ? {} : { hover: hover && hover.layer !== layer ? { ...hover, layer } : hover }),
    };
  }

  #changedFor(layer: number, changed: Partial<HeadViewsProps>): Partial<HeadViewProps> {
    const all = this.#propsFor(layer);
    const names = (Object.keys(changed) as (keyof HeadViewsProps)[]).map((name) =>
      name === "layers" ? "dense" : name,
    );
    return Object.fromEntries(names.map((name) => [name, all[name as keyof HeadViewProps]]));
  }
}
