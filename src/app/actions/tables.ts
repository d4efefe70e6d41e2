// Tables that fill in as results come: the effect of every head, patching from the other text, the lens. A new run, or
// asking for another table, ends the one before.

import { type AskedSweep, readTable } from "../../analysis/index.ts";
import type { Trace } from "../../trace/index.ts";
import type { Progress } from "../../wire/protocol.ts";
import { activeOf } from "../state/edits/edits.ts";
import type { AskedAttribution, Filling } from "../state/edits/list.ts";
import type { AppState } from "../state/state.ts";
import { inputOf, inputOfRun } from "../state/texts.ts";
import type { Engines } from "./engines.ts";

/** What went wrong, as a notice. */
type Fail = (error: unknown) => void;

/** Fills tables of the run that is shown. */
export class Tables {
  readonly #app: AppState;
  readonly #engines: Engines;
  readonly #fail: Fail;
  #current: AbortController | null = null;
  /** Says of the table that is being filled that it was stopped. */
  #settle: (() => void) | null = null;

  constructor(app: AppState, engines: Engines, fail: Fail) {
    this.#app = app;
    this.#engines = engines;
    this.#fail = fail;
  }

  /** End what is being filled; what is there stays. */
  stop(): void {
    this.#current?.abort();
    this.#current = null;
    this.#settle?.();
    this.#settle = null;
  }

  /** Silence every head in turn. */
  effect(): Promise<void> {
    const { effect } = this.#app.edits;
    return this.#sweep({ sweep: "ablate" }, (filling) => {
      effect.value = filling;
    });
  }

  /** Take each part in turn from text B. */
  patch(asked: AskedSweep): Promise<void> {
    const { sweep } = this.#app.edits;
    return this.#sweep(asked, (filling) => {
      sweep.value = filling;
    });
  }

  /** What would be said behind every layer. */
  async lens(target?: number): Promise<void> {
    const { lens } = this.#app.edits;
    await this.#fill(async (base, signal, follow) => {
      const request = { ...this.#request(), ...(target !== undefined && { target }) };
      const show = (filling: Filling, tables = lens.peek()?.tables ?? null) => {
        lens.value = { ...filling, tables };
      };
      this.#settle = () => {
        if (lens.value) lens.value = { ...lens.value, running: false };
      };
      show(base, null);
      const onProgress = follow(base, (filling) => show(filling));
      const tables = await this.#engines.now.lens(request, { signal, onProgress });
      show({ ...base, table: tables.probability, done: 1, total: 1, running: false }, tables);
    });
  }

  /** What each part of the model adds to a logit at the pinned word (or the last), and the focused head by word. */
  async attribution(asked: AskedAttribution): Promise<void> {
    const { attribution } = this.#app.edits;
    const before = attribution.peek();
    await this.#fill(async ({ of }, signal) => {
      const known = before?.of === of && sameQuestion(before.asked, asked) ? before : null;
      const shown = { of, asked, parts: known?.parts ?? null, sources: null };
      attribution.value = { ...shown, running: true };
      try {
        const request = { ...this.#request(), ...asked, ...this.#place(of) };
        const found = await this.#engines.now.attribution(request, { signal });
        attribution.value = { of, asked, ...found, running: false };
      } catch (error) {
        attribution.value = { ...shown, running: false };
        throw error;
      }
    });
  }

  /** The pinned word and the focused head, where they are of the stack that ends in the logits. */
  #place(trace: Trace) {
    const { block, layer, focus: head } = this.#app.selection.value!;
    if (trace.block(block).queries !== trace.manifest.streams.at(-1)!.name) return {};
    const position = this.#app.pinnedQuery.value;
    return { head: { block, layer, head }, ...(position !== null && { position }) };
  }

  /** The run that is shown, with its edits. */
  #request() {
    const { input, other } = this.#inputs();
    return { input, edits: activeOf(this.#app.place.value.edits), ...(other && { other }) };
  }

  /** The id of a word that is one token; null where it is none. */
  async wordId(text: string): Promise<number | null> {
    const [tokens = []] = await this.#engines.now.tokens({ text, addSpecialTokens: false });
    return tokens.length === 1 ? (tokens[0]!.id ?? null) : null;
  }

  /** `before`: the same table as far as it was filled. */
  async #sweep(
    asked: AskedSweep,
    put: (filling: Filling) => void,
    before: Filling | null = null,
  ): Promise<void> {
    await this.#fill(async (base, signal, follow) => {
      const { sweepOf } = await import("../../analysis/asked-sweep.ts");
      signal.throwIfAborted();
      const sweep = sweepOf(asked, base.of);
      const known = before?.of === base.of ? before : null;
      let last: Filling = {
        ...base,
        ...(known && { table: known.table, done: known.done, total: known.total }),
        edits: (row, column) => sweep.edits(row, column),
      };
      const show = (filling: Filling) => {
        last = filling;
        put(filling);
      };
      this.#settle = () => {
        const resume = last.table && (() => void this.#sweep(asked, put, last));
        show({ ...last, running: false, resume });
      };
      const request = {
        ...{ ...asked, ...this.#request() },
        ...(known?.table && { known: known.table.values }),
      };
      show(last);
      const table = await this.#engines.now.sweep(request, { signal, onProgress: follow(last, show) });
      if (!signal.aborted) show({ ...last, table, done: 1, total: 1, running: false });
    });
  }

  #inputs() {
    const [run, own, place] = [this.#app.run.value!, this.#app.own.value!, this.#app.place.value];
    const other = place.b ? inputOf({ ...run.input, text: place.b }, own) : null;
    return { input: inputOfRun(run, own), other };
  }

  async #fill(
    work: (
      base: Filling,
      signal: AbortSignal,
      follow: (filling: Filling, show: (filling: Filling) => void) => (progress: Progress) => void,
    ) => Promise<void>,
  ): Promise<void> {
    this.stop();
    const [run, own] = [this.#app.run.value, this.#app.own.value];
    if (!run || !own) return;
    const current = new AbortController();
    this.#current = current;
    const base = {
      table: null,
      done: 0,
      total: 1,
      running: true,
      of: run.trace,
      resume: null,
      edits: () => null,
    };
    const follow = (filling: Filling, show: (filling: Filling) => void) => (progress: Progress) => {
      if (current.signal.aborted || !progress.table) return;
      const { done, total } = progress;
      show({ ...filling, table: readTable(progress.table), done, total });
    };
    await work(base, current.signal, follow).catch((error: unknown) => {
      if (current.signal.aborted) return;
      this.#settle?.();
      this.#fail(error);
    });
    if (this.#current !== current) return;
    this.#current = null;
    this.#settle = null;
  }
}

function sameQuestion(a: AskedAttribution, b: AskedAttribution): boolean {
  return a.target === b.target && a.against === b.against;
}
