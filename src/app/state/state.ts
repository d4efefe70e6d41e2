// What the page knows, as signals, and everything that follows from it, as computed signals.
// Plain data and functions: no document, no network, no worker; actions.ts changes it, the panels show it.

import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { KeptModel } from "../../checkpoint/remote/browser-cache.ts";
import { escaped } from "../../tensor/index.ts";
import {
  type Attention,
  attentionOf,
  type BlockName,
  joinedOf,
  joins,
  type Trace,
} from "../../trace/index.ts";
import type { CellFilter, Edited, Hover, Selection, ThemeName } from "../../views/index.ts";
import type { HeadFacts } from "../../views/map/view.ts";
import type { MatrixContext } from "../../views/matrix/view.ts";
import { editedOf } from "../../views/read/edited.ts";
import { placedWordsOf } from "../../views/read/words.ts";
import type { BundledModel } from "../../wire/catalog.ts";
import type { NativeAnswer } from "../../wire/native.ts";
import type { OpenedModel, Precision } from "../../wire/protocol.ts";
import { Comparison } from "./comparison.ts";
import { type Draft, draftOf, type Reads, readsOf } from "./draft.ts";
import type { Where as ChangedIn } from "./edits/cell-block.ts";
import { EditList } from "./edits/list.ts";
import type { Example } from "./gallery.ts";
import { HeadScores } from "./head-scores.ts";
import type { Importing } from "./importing.ts";
import { Regions } from "./marked.ts";
import { Neurons } from "./neurons.ts";
import type { Notice } from "./notice.ts";
import { OWN_SIZES, type PanelSizes } from "./panel-sizes.ts";
import { type Picture, patchGrid } from "./picture.ts";
import {
  blockOf,
  filterOf,
  type HeadMode,
  isPair,
  layersOf,
  modeOf,
  type Place,
  placeOf,
  SAMPLING,
  type Sampling,
  START,
  selectionOf,
} from "./place.ts";
import { bestHead, labelsOf } from "./ranking.ts";
import { Readings } from "./readings.ts";
import { RecentRuns } from "./recent-runs.ts";
import type { History, Live, Loading, PopoverName, Run, Where, Writing } from "./run.ts";
import type { ScoresByBlock } from "./scores.ts";
import { Steps } from "./steps.ts";

/** All that the page knows. */
export class AppState {
  readonly place: Signal<Place> = signal(START);
  /** How the last change of place wants to be kept in the browser's history. */
  history: History = "replace";
  readonly run: Signal<Run | null> = signal(null);
  readonly recent: RecentRuns = new RecentRuns();
  readonly edits = new EditList();
  /** What was done to the view and the edits, to be undone. */
  readonly steps = new Steps();
  readonly live: Signal<Live | null> = signal(null);
  readonly loading: Signal<Loading | null> = signal(null);
  readonly notice: Signal<Notice | null> = signal(null);
  readonly popover: Signal<PopoverName | null> = signal(null);
  readonly bundled: Signal<readonly BundledModel[]> = signal([]);
  /** What the engine of this computer has, or why there is none; null where the page was opened without one. */
  readonly native: Signal<NativeAnswer | null> = signal(null);
  /** Where models run that could run in both places. */
  readonly where: Signal<Where> = signal("native");
  /** Why WebGPU, though it is chosen, was left in this tab, as a sentence; null where it was not. */
  readonly gpuLeft: Signal<string | null> = signal(null);
  /** How the numbers of a run come from the engine of this computer. */
  readonly precision: Signal<Precision> = signal("float32");
  readonly gallery: Signal<readonly Example[]> = signal([]);
  readonly systemTheme: Signal<ThemeName> = signal("light");
  /** True on a phone, where one panel is shown at a time. */
  readonly phone: Signal<boolean> = signal(false);
  /** Height of the window, in CSS pixels. */
  readonly windowHeight: Signal<number> = signal(900);
  readonly draft: Signal<Draft> = signal(draftOf(START));
  /** How Continue goes on. */
  readonly sampling: Signal<Sampling> = signal(SAMPLING);
  /** Checkpoints that are kept in this browser. */
  readonly kept: Signal<readonly KeptModel[]> = signal([]);
  /** What is being written, or null. */
  readonly writing: Signal<Writing | null> = signal(null);
  /** The picture that Run reads; the page's own until one is chosen. */
  readonly picture: Signal<Picture | null> = signal(null);
  /** Tokens of the draft by stream, or null while unknown. */
  readonly draftTokens: Signal<readonly number[] | null> = signal(null);
  /** A file of attention made elsewhere that waits for answers. */
  readonly importing: Signal<Importing | null> = signal(null);
  /** How often layers of the run that is shown have come, while more are to come; null for a whole run. */
  readonly arriving: Signal<number | null> = signal(null);
  readonly hover: Signal<Hover | null> = signal(null);
  /** Name of what is being opened, "" while the page starts, or null. */
  readonly opening: Signal<string | null> = signal(null);
  readonly firstRun: Signal<boolean> = signal(true);
  /** True while canvases are shown as tables of numbers. */
  readonly table: Signal<boolean> = signal(false);
  /** True while the head view has the place of the other panels, too. */
  readonly alone: Signal<boolean> = signal(false);
  /** Sizes of panels that the reader has changed. */
  readonly sizes: Signal<PanelSizes> = signal(OWN_SIZES);
  /** Scores of the run that is shown, by block, as they are computed. */
  readonly scoresByBlock: Signal<ScoresByBlock> = signal(new Map());
  /** True while scores and map are those of the run before: a slider moves, and the picture comes first. */
  readonly behind: Signal<boolean> = signal(false);

  readonly theme: ReadonlySignal<ThemeName> = computed(
    () => this.place.value.theme ?? this.systemTheme.value,
  );
  /** The trace of the run, whichever part of it is shown. */
  readonly trace: ReadonlySignal<Trace | null> = computed(() => this.run.value?.trace ?? null);
  /** True if the three attentions of the run are shown as one. */
  readonly joined: ReadonlySignal<boolean> = computed(
    () => this.place.value.block === "all" && this.trace.value !== null && joins(this.trace.value),
  );
  /** A block of the run, or its three attentions joined into one. */
  readonly plain: ReadonlySignal<Attention | null> = computed(() => {
    const trace = this.trace.value;
    if (!trace) return null;
    return this.joined.value ? joinedOf(trace) : attentionOf(trace, blockOf(this.place.value, trace));
  });
  /** What the run is held against. */
  readonly comparison: Comparison = new Comparison(this);
  /** What is shown: the attention of the run, or how it differs from its counterpart's. */
  readonly attention: ReadonlySignal<Attention | null> = computed(() => {
    const counterpart = this.comparison.counterpart.value;
    return this.place.value.compare === "difference" && counterpart
      ? counterpart.difference
      : this.plain.value;
  });
  readonly block: ReadonlySignal<BlockName | null> = computed(() => this.attention.value?.block ?? null);
  /** What heads can be ranked by. */
  readonly scores: HeadScores = new HeadScores(this);
  readonly selection: ReadonlySignal<Selection | null> = computed(() => {
    const attention = this.attention.value;
    const now = attention && selectionOf(this.place.value, attention, bestHead(this.scores.known.value[0]));
    if (JSON.stringify(now) !== JSON.stringify(this.#selection)) this.#selection = now;
    return this.#selection;
  });
  #selection: Selection | null = null;
  /** Layers side by side in the head view. */
  readonly layers: ReadonlySignal<readonly number[]> = computed(() => {
    const [attention, selection] = [this.attention.value, this.selection.value];
    const now = attention && selection ? layersOf(this.place.value, selection, attention) : [];
    if (now.join() !== this.#layers.join()) this.#layers = now;
    return this.#layers;
  });
  #layers: readonly number[] = [];
  readonly filter: ReadonlySignal<CellFilter | null> = computed(() => {
    const now = this.attention.value && filterOf(this.place.value, this.attention.value, this.pair.value);
    if (JSON.stringify(now) !== JSON.stringify(this.#filter)) this.#filter = now;
    return this.#filter;
  });
  /** The last filter, so that views are given another one only where it says something else. */
  #filter: CellFilter | null = null;
  readonly mode: ReadonlySignal<HeadMode> = computed(() =>
    this.attention.value ? modeOf(this.place.value, this.attention.value) : "both",
  );
  /** True if the run has a first and a second sentence; a source and its translation are no such pair. */
  readonly pair: ReadonlySignal<boolean> = computed(
    () => !this.joined.value && this.trace.value !== null && isPair(this.trace.value),
  );
  /** The model of the run, without its owner; before there is a run, what is being opened. */
  readonly modelName: ReadonlySignal<string> = computed(() => {
    const name = this.trace.value?.manifest.model.name ?? this.opening.value;
    return escaped(name?.split("/").at(-1) ?? "No model");
  });
  /** What tells this tab from another one: model, head and the beginning of the text. */
  readonly title: ReadonlySignal<string> = computed(() => {
    const [run, selection] = [this.run.value, this.selection.value];
    if (!run || !selection) return "headscope";
    const text = run.input.text.trim().replace(/\s+/g, " ");
    const said = text.length > 40 ? `${[...text].slice(0, 40).join("")}…` : text;
    const head = `${this.modelName.value} ${selection.layer}.${selection.focus}`;
    return escaped(`${said ? `${head}: ${said}` : head} | headscope`);
  });
  /** The open model, where it is the one that Run runs. */
  readonly own: ReadonlySignal<OpenedModel | null> = computed(() => {
    const live = this.live.value;
    return live !== null && live.key === this.place.value.model ? live.opened : null;
  });
  /** What the fields are for: what the open model reads, else what the run that is shown had. */
  readonly reads: ReadonlySignal<Reads> = computed(() => {
    const own = this.own.value;
    if (own) return readsOf(own, this.draft.value);
    const trace = this.trace.value;
    if (trace && trace.manifest.blocks.length > 1) return "translate";
    if (trace && patchGrid(trace)) return "picture";
    return this.pair.value ? "pair" : "text";
  });
  /** True if what Run runs can go on with a text, as far as it is known before it is open. */
  readonly writes: ReadonlySignal<boolean> = computed(() => {
    const [own, trace] = [this.own.value, this.trace.value];
    if (own) return own.writes;
    return trace?.manifest.blocks.some(({ name }) => trace.recipe(name, 0).causal) ?? false;
  });
  /** The pinned words, written out. */
  readonly pinnedWords: ReadonlySignal<string> = computed(() => {
    const [attention, selection] = [this.attention.value, this.selection.value];
    if (!attention || !selection || selection.pins.length === 0) return "";
    const tokens = attention.tokens(selection.side);
    const words = selection.pins.map((p) => placedWordsOf(tokens)[p]!);
    return words.length > 3 ? `${words.length} words` : words.join(", ");
  });
  /** The query that is pinned last, or null. */
  readonly pinnedQuery: ReadonlySignal<number | null> = computed(() => {
    const selection = this.selection.value;
    return selection?.side === "query" ? (selection.pins.at(-1) ?? null) : null;
  });
  /** What edits can be made in; null where the run cannot be changed from what is shown. */
  readonly changeable: ReadonlySignal<ChangedIn | null> = computed(() => {
    const [trace, block, place] = [this.trace.value, this.block.value, this.place.value];
    if (!trace || !block || this.joined.value) return null;
    return { trace, block, other: place.b !== "", rotary: this.own.value?.rotary ?? null };
  });
  /** What the edits of the run changed of the block that is shown. */
  readonly edited: ReadonlySignal<Edited | null> = computed(() => {
    const [trace, block] = [this.trace.value, this.block.value];
    return trace && block && !this.joined.value ? editedOf(trace, block) : null;
  });
  readonly neurons: Neurons = new Neurons(this);
  /** What is shown, as it is read. */
  readonly readings: Readings = new Readings(this);
  /** Regions of the matrix that somebody marks. */
  readonly regions: Regions = new Regions(this);

  /** Change where the page is, as a step that can be undone. */
  go(changed: Partial<Place>, history: History = "push"): void {
    const before = this.standing;
    this.settle(changed, history);
    this.steps.take(before, { ...before, ...changed });
  }

  /** Change where the page is without a step: what follows from a run or was never asked for. */
  settle(changed: Partial<Place>, history: History = "replace"): void {
    this.history = history;
    this.place.value = { ...this.place.value, ...changed };
  }

  /** Change where the page is while a slider is held: one step until `steps.release`. */
  slide(changed: Partial<Place>): void {
    this.steps.hold(this.place.value);
    this.settle(changed);
  }

  /** Words of the head view from columns to the top and the bottom, and back. */
  turn(): void {
    this.go({ orientation: this.place.value.orientation === "vertical" ? "horizontal" : "vertical" });
  }

  /** The place with what it leaves to the run written out: the best head, the last word. */
  get standing(): Place {
    const [place, selection] = [this.place.value, this.selection.value];
    return selection ? { ...place, ...this.#placed(selection) } : place;
  }

  #placed(selection: Selection): Partial<Place> {
    return { ...placeOf(selection), block: this.joined.value ? "all" : selection.block };
  }

  /** Take over a selection that a view asked for, with what `more` changes by the same gesture. */
  select(selection: Selection, more: Partial<Place> = {}): void {
    this.go({ ...this.#placed(selection), ...more });
  }

  // Callbacks and lookups for views: always the same functions, so that a view sees no change in them.
  readonly onSelect = (selection: Selection): void => this.select(selection);
  /** Layers side by side; where the selected one is not among them any more the first is selected. */
  readonly onLayers = (layers: readonly number[]): void => {
    const { layer } = this.selection.value!;
    const next = layers.includes(layer) ? layer : layers[0]!;
    const { heads, focus } = this.selection.value!;
    this.go({ layer: next, heads, focus, beside: layers.filter((other) => other !== next) });
  };
  readonly onHover = (hover: Hover | null): void => {
    this.hover.value = hover;
  };
  /** A hover of the neurons, among the words that are shown. */
  readonly onNeuronHover = (hover: Hover | null): void => {
    this.hover.value = hover && this.neurons.hoverBack(hover);
  };
  readonly onVectors = (vectors: "keys" | "values"): void => {
    this.go({ vec: vectors === "values" ? "v" : "k" });
  };
  /** Ask what can be done to neurons; the pointer is where the last press was. */
  readonly onNeuron = (units: readonly number[]): void => {
    const { layer, focus: head } = this.selection.value!;
    this.edits.menu.value = { layer, head, query: this.pinnedQuery.value, key: null, units, ...this.pressed };
    this.popover.value = "change";
  };
  /** Where the pointer was pressed last, in the window. */
  pressed: { readonly x: number; readonly y: number } = { x: 0, y: 0 };
  readonly onContext = (at: MatrixContext): void => {
    if (!this.changeable.value) return;
    this.edits.menu.value = { ...at, units: null };
    this.popover.value = "change";
  };
  readonly onOpenMatrix = (at: { block: BlockName; layer: number; head: number }): void => {
    const { block, layer, head } = at;
    this.go({ block: this.joined.value ? "all" : block, layer, heads: [head], focus: head, view: "matrix" });
  };
  readonly describe = (layer: number, head: number): HeadFacts => ({
    label: labelsOf(this.scores.all.value, layer, head)[0] ?? "",
    scores: this.scores.all.value.map((s) => ({
      name: s.name,
      value: s.values[layer * s.heads + head] ?? Number.NaN,
    })),
  });

  /** Show another run. Notices about the one before are gone. */
  show(run: Run, scores: ScoresByBlock, changed: Partial<Place>, history: History): void {
    batch(() => {
      this.run.value = run;
      this.scoresByBlock.value = scores;
      this.hover.value = null;
      this.settle(changed, history);
    });
  }
}
