// A long run is shown before its last layer is there. Where it then fails or is stopped, the run before comes back.

import { batch } from "@preact/signals";
import type { Trace } from "../../trace/index.ts";
import { type Place, placeOf } from "../state/place.ts";
import type { Run } from "../state/run.ts";
import type { ScoresByBlock } from "../state/scores.ts";
import type { AppState } from "../state/state.ts";

/** Runs that take no longer are shown when they are whole. */
const PATIENCE_MS = 500;

interface Before {
  readonly run: Run | null;
  readonly scores: ScoresByBlock;
  readonly place: Place;
}

/** One run, from its first layers to its end. */
export class EarlyRun {
  readonly #app: AppState;
  readonly #show: (trace: Trace) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #trace: Trace | null = null;
  #before: Before | null = null;
  #place: Place | null = null;

  /** `show` puts a trace before the reader to which layers come. */
  constructor(app: AppState, signal: AbortSignal, show: (trace: Trace) => void) {
    this.#app = app;
    this.#show = show;
    this.#timer = setTimeout(() => this.#due(), PATIENCE_MS);
    signal.addEventListener("abort", () => this.takeBack());
  }

  /** More of the trace has come; `last`: all of its layers. */
  part(trace: Trace, last: boolean): void {
    if (last && this.#before === null) clearTimeout(this.#timer);
    else this.#add(trace);
  }

  /** All of it is computed, and the layer that is looked at has come: it is shown while the others come. */
  computed(trace: Trace): void {
    clearTimeout(this.#timer);
    this.#trace = trace;
    if (this.#before === null) this.#appear();
  }

  #add(trace: Trace): void {
    this.#trace = trace;
    const { arriving } = this.#app;
    if (this.#shown) arriving.value = (arriving.value ?? 0) + 1;
    else if (this.#before === null && this.#timer === undefined) this.#appear();
  }

  #due(): void {
    this.#timer = undefined;
    if (this.#trace) this.#appear();
  }

  #appear(): void {
    const { run, scoresByBlock, place } = this.#app;
    this.#before = { run: run.value, scores: scoresByBlock.value, place: place.value };
    this.#show(this.#trace!);
    this.#place = place.value;
  }

  /** True where this run was shown before it was whole; it is whole now. Who has chosen something meanwhile stays there. */
  finish(seconds: number): boolean {
    clearTimeout(this.#timer);
    const { run, arriving, place, selection } = this.#app;
    if (!this.#shown) return false;
    batch(() => {
      if (place.value !== this.#place && selection.value) this.#app.settle(placeOf(selection.value));
      run.value = { ...run.value!, seconds };
      arriving.value = null;
    });
    return true;
  }

  /** The run has failed or was stopped. */
  takeBack(): void {
    clearTimeout(this.#timer);
    const [app, before] = [this.#app, this.#before];
    if (!this.#shown || !before || app.arriving.value === null) return;
    batch(() => {
      app.arriving.value = null;
      app.history = "replace";
      app.run.value = before.run;
      app.scoresByBlock.value = before.scores;
      app.place.value = before.place;
    });
  }

  get #shown(): boolean {
    return this.#before !== null && this.#app.trace.value === this.#trace;
  }
}
