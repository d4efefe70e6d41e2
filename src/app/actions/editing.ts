// Changes to the list of edits: each runs the model. While one runs the next may come; the newest wins. Undo and redo of
// edits and of everything else that was done to the view.

import type { Edit } from "../../trace/index.ts";
import type { PlacedEdit } from "../state/edits/edits.ts";
import type { Place } from "../state/place.ts";
import type { History } from "../state/run.ts";
import type { AppState } from "../state/state.ts";
import type { Way } from "../state/steps.ts";

type List = readonly PlacedEdit[];

/** How a list of edits and a place are shown. */
export interface Shows {
  /** Shows a list, or refuses it with a notice and leaves what is shown. */
  readonly edits: (edits: List, history: History) => Promise<void>;
  /** Shows another place of the same input, running what it needs. */
  readonly place: (changed: Partial<Place>) => Promise<void>;
}

/** The list of edits, and the way back. */
export class Editing {
  readonly #app: AppState;
  readonly #shows: Shows;
  /** The list as it was before a slider moved. */
  #held: List | null = null;
  /** The newest list of a slider, while one before is being run. */
  #next: List | null = null;
  #slides = false;

  constructor(app: AppState, shows: Shows) {
    this.#app = app;
    this.#shows = shows;
  }

  /** The list that is shown or being run. */
  get list(): List {
    return this.#app.edits.pending.value ?? this.#app.place.value.edits;
  }

  /** Add edits at the end, and show them. */
  add(...edits: readonly Edit[]): Promise<void> {
    this.#app.settle({ panel: "edits", dock: "open", tab: "edits" });
    return this.#change([...this.list, ...edits.map((edit) => ({ edit, on: true }))]);
  }

  remove(index: number): Promise<void> {
    return this.#change(this.list.filter((_, i) => i !== index));
  }

  /** Switch one on or off. */
  toggle(index: number): Promise<void> {
    return this.#change(this.list.map((placed, i) => (i === index ? { ...placed, on: !placed.on } : placed)));
  }

  /** Switch all on, or all off where one is on. */
  toggleAll(): Promise<void> {
    const on = !this.list.some((placed) => placed.on);
    return this.#change(this.list.map(({ edit }) => ({ edit, on })));
  }

  /** Move one to another place in the order. */
  move(from: number, to: number): Promise<void> {
    if (to < 0 || to >= this.list.length || from === to) return Promise.resolve();
    const rest = this.list.filter((_, i) => i !== from);
    return this.#change([...rest.slice(0, to), this.list[from]!, ...rest.slice(to)]);
  }

  /** Another value; `moving` while a slider is held, which is one step in the end. */
  async setValue(index: number, value: number, moving: boolean): Promise<void> {
    this.#held ??= this.#app.place.value.edits;
    const next = this.list.map((placed, i) =>
      i === index ? { on: true, edit: { ...placed.edit, value } as Edit } : placed,
    );
    if (moving) return this.#slide(next);
    const before = this.#held;
    this.#held = null;
    await this.#change(next, before);
  }

  undo(): Promise<void> {
    return this.#step("undo");
  }

  redo(): Promise<void> {
    return this.#step("redo");
  }

  /** Back or forth by one step; where its edits are refused the page and its past stay as they are. */
  async #step(way: Way): Promise<void> {
    const { steps, place } = this.#app;
    const step = steps.next(way, place.value);
    if (!step) return;
    const { edits, ...rest } = step[way];
    if (edits) {
      await this.#show(edits, "push");
      if (place.value.edits !== edits) return;
    }
    if (Object.keys(rest).length > 0) await this.#shows.place(rest);
    steps.done(way);
  }

  /** The run of a slider's value is shown before the newest one is run: a drag that ends each would show none. */
  async #slide(list: List): Promise<void> {
    this.#app.edits.pending.value = list;
    this.#next = list;
    if (this.#slides) return;
    this.#slides = true;
    try {
      while (this.#next) await this.#show(this.#next, "replace");
    } finally {
      this.#slides = false;
    }
  }

  async #change(next: List, before = this.#app.place.value.edits): Promise<void> {
    await this.#show(next, "push");
    const { place, steps } = this.#app;
    if (place.value.edits === next) steps.take({ ...place.value, edits: before }, place.value);
  }

  async #show(next: List, history: History): Promise<void> {
    const { pending } = this.#app.edits;
    this.#next = null;
    pending.value = next;
    await this.#shows.edits(next, history);
    if (pending.value === next) pending.value = null;
  }
}
