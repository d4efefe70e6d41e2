// Changes to the list of edits: each runs the model and can be undone. While one runs the next may come; the newest wins.

import type { Edit } from "../../trace/index.ts";
import type { PlacedEdit } from "../state/edits.ts";
import type { History } from "../state/run.ts";
import type { AppState } from "../state/state.ts";

type List = readonly PlacedEdit[];

/** The list of edits and its past. */
export class Editing {
  readonly #app: AppState;
  readonly #run: (edits: List, history: History) => Promise<void>;
  #back: List[] = [];
  #forth: List[] = [];
  /** The list as it was before a slider moved. */
  #held: List | null = null;

  /** `run` shows a list, or refuses it with a notice and leaves what is shown. */
  constructor(app: AppState, run: (edits: List, history: History) => Promise<void>) {
    this.#app = app;
    this.#run = run;
  }

  /** The list that is shown or being run. */
  get list(): List {
    return this.#app.edits.pending.value ?? this.#app.place.value.edits;
  }

  /** Add edits at the end, and show them. */
  add(...edits: readonly Edit[]): Promise<void> {
    this.#app.go({ panel: "edits", dock: "open", tab: "edits" }, "replace");
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
    if (moving) return this.#show(next, "replace");
    const before = this.#held;
    this.#held = null;
    await this.#change(next, before);
  }

  undo(): Promise<void> {
    return this.#step(this.#back, this.#forth);
  }

  redo(): Promise<void> {
    return this.#step(this.#forth, this.#back);
  }

  async #step(from: List[], to: List[]): Promise<void> {
    const next = from.pop();
    if (!next) return;
    const before = this.#app.place.value.edits;
    await this.#show(next, "push");
    if (this.#app.place.value.edits === next) to.push(before);
    this.#count();
  }

  async #change(next: List, before = this.#app.place.value.edits): Promise<void> {
    await this.#show(next, "push");
    if (this.#app.place.value.edits !== next) return;
    this.#back.push(before);
    this.#forth = [];
    this.#count();
  }

  #count(): void {
    this.#app.edits.steps.value = { back: this.#back.length, forth: this.#forth.length };
  }

  async #show(next: List, history: History): Promise<void> {
    const { pending } = this.#app.edits;
    pending.value = next;
    await this.#run(next, history);
    if (pending.value === next) pending.value = null;
  }
}
