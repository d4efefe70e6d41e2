// What the page does: runs what the fields hold, lets a model write, changes what is shown of the run, does what a notice
// offers. Opening things, visiting addresses, edits and tables have classes of their own, which are put together here.
// The newest request wins; while anything is loading, running or failing, the run before stays as it is.

import { withoutModel } from "../notices.ts";
import { looksAt, sameDraft } from "../state/draft.ts";
import type { PlacedEdit } from "../state/edits/edits.ts";
import type { NoticeAct } from "../state/notice.ts";
import { type Place, START, sameDraws } from "../state/place.ts";
import type { History } from "../state/run.ts";
import type { AppState } from "../state/state.ts";
import { countsOf, inputOf } from "../state/texts.ts";
import { Attempt, type Cut } from "./attempt.ts";
import { Editing } from "./editing.ts";
import type { Engines } from "./engines.ts";
import { Gate, type GateOutside } from "./gate.ts";
import { LiveModel } from "./live-model.ts";
import { ModelBook } from "./model-book.ts";
import { Opening, type OpeningOutside } from "./opening.ts";
import { Running } from "./running.ts";
import { Showing } from "./showing.ts";
import { Tables } from "./tables.ts";
import { Visiting } from "./visiting.ts";
import { Writer } from "./writer.ts";

/** What actions need of the outside. */
export interface Outside extends GateOutside, OpeningOutside {
  /** An address relative to the page, in full. */
  readonly resolve: (url: string) => string;
  /** Milliseconds, from whenever. */
  readonly now: () => number;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Resolves once the pictures of heads that the page has asked for are there. */
  readonly mapDrawn: () => Promise<void>;
}

/** What the page does, over one state and the engines that there are. */
export class Actions {
  readonly #app: AppState;
  readonly #engines: Engines;
  readonly #models: ModelBook;
  readonly #live: LiveModel;
  readonly #writer: Writer;
  readonly #attempt: Attempt;
  readonly #running: Running;
  readonly #gate: Gate;
  readonly opening: Opening;
  readonly visiting: Visiting;
  readonly editing: Editing;
  readonly tables: Tables;

  constructor(app: AppState, engines: Engines, outside: Outside) {
    this.#app = app;
    this.#engines = engines;
    const gate = new Gate(app, outside);
    const models = new ModelBook(() => app.bundled.value, outside.resolve);
    const live = new LiveModel(app, engines, models, outside.now);
    const writer = new Writer(app, engines, live);
    const attempt = new Attempt(app, () => this.#clear());
    const showing = new Showing(app, outside.clock);
    const { mapDrawn } = outside;
    const running = new Running(app, { engines, models, live, writer, attempt, showing, mapDrawn });
    [this.#models, this.#live, this.#writer] = [models, live, writer];
    [this.#attempt, this.#running, this.#gate] = [attempt, running, gate];
    const runDraft = () => this.runDraft();
    this.opening = new Opening(app, { models, gate, attempt, showing, running, outside, runDraft });
    this.visiting = new Visiting(app, { gate, attempt, showing, running, opening: this.opening });
    this.tables = new Tables(app, engines, (error) => attempt.fail(error, app.modelName.value));
    this.editing = new Editing(app, {
      edits: (edits, history) => this.edit(edits, history),
      place: (changed) => this.#look(changed),
    });
  }

  /** What belongs to the request before ends. */
  #clear(): void {
    this.#writer.clear();
    this.tables.stop();
    this.#live.restart();
  }

  /** Run what the fields hold, at the place where the page is. */
  runDraft(cut?: Cut): Promise<void> {
    return this.#runDraft(null, cut);
  }

  /** Let the model go on with what the fields hold; asked again, it goes on from where it ended. */
  continueDraft(): Promise<void> {
    const { place, draft, run, sampling } = this.#app;
    const before = place.value.more;
    const again =
      before && run.value && sameDraft(draft.value, run.value.input) && sameDraws(before, sampling.value);
    const tokens = sampling.value.tokens + (again ? before.tokens : 0);
    return this.#runDraft({ ...sampling.value, tokens });
  }

  #runDraft(more: Place["more"], cut?: Cut): Promise<void> {
    const { place, draft, reads } = this.#app;
    if (reads.value !== "picture" && draft.value.text.trim() === "") return Promise.resolve();
    const model = place.value.model ?? this.#models.standIn(reads.value);
    if (model === null) {
      this.#app.popover.value = "models";
      return Promise.resolve();
    }
    const same = model === place.value.model;
    const view = same ? place.value : { ...START, theme: place.value.theme, tab: place.value.tab };
    return this.run({ ...view, ...draft.value, model, more, trace: null, ...this.#pins() }, "push", cut);
  }

  /** The pinned words of a text stay pinned while it is run again or written on; another text has its own. */
  #pins(): Pick<Place, "pins" | "side"> {
    const { run, draft, selection } = this.#app;
    const same = run.value !== null && sameDraft(run.value.input, draft.value);
    if (!same || !selection.value) return { pins: null, side: START.side };
    const { pins, side } = selection.value;
    return { pins, side };
  }

  /** Run what the fields hold with every edit switched off. */
  runUnedited(): Promise<void> {
    const { place, draft } = this.#app;
    const edits = place.value.edits.map(({ edit }) => ({ edit, on: false }));
    return this.run({ ...place.value, ...draft.value, edits, trace: null }, "push");
  }

  /** Run a place's text on its model and show it. */
  run(asked: Place, history: History = "push", cut?: Cut): Promise<void> {
    return this.#running.run(asked, history, cut);
  }

  /** Run random repeated tokens and rank heads by what they do with nothing but the repetition. */
  probe(): Promise<void> {
    return this.#running.probe();
  }

  /** Run what is shown with other edits; where its model is not known a notice says so. */
  async edit(edits: readonly PlacedEdit[], history: History = "push"): Promise<void> {
    const { place, notice } = this.#app;
    if (place.value.model === null) notice.value = withoutModel();
    else await this.#running.again({ ...place.value, edits, trace: null }, history);
  }

  /** Show `changed` of the same input, running what it needs. */
  async look(changed: Partial<Place>): Promise<void> {
    const { steps, standing } = this.#app;
    await this.#look(changed);
    const { value: place } = this.#app.place;
    const arrived = Object.entries(changed).every(([name, value]) => place[name as keyof Place] === value);
    if (arrived) steps.take(standing, { ...standing, ...changed });
  }

  async #look(changed: Partial<Place>): Promise<void> {
    const { place, run } = this.#app;
    const next = { ...place.value, ...changed };
    if (next.model === null || (next.trace !== null && changed.compare === undefined))
      return this.#app.settle(changed);
    const b = next.compare !== "off" && next.b !== "" && !run.value?.b;
    const points = next.panel !== "neurons" && !this.#app.live.value?.editable;
    if (!b && !points) return this.#app.settle(changed);
    await this.#running.again({ ...next, trace: null }, "replace");
  }

  /** Open the model of the place before it is asked for, without a word. */
  async warm(): Promise<void> {
    const { model } = this.#app.place.value;
    const open = this.#app.live.value?.key === model;
    if (!model || this.#attempt.busy || open || !this.#models.isBundled(model)) return;
    await this.#live.open(model, new AbortController().signal, false).catch(() => {});
    if (!this.#attempt.busy) this.#app.loading.value = null;
  }

  /** Tell what the run that is shown says; what fails here is said. */
  async tell(signal: AbortSignal): Promise<void> {
    const { tell } = await import("./telling.ts");
    await tell(this.#app, this.#engines.now, signal).catch((error: unknown) => {
      if (!signal.aborted) this.#attempt.fail(error, this.#app.modelName.value);
    });
  }

  /** Count the tokens of the draft, where its model is open. */
  async countDraft(signal: AbortSignal): Promise<void> {
    const { own, run, draft, draftTokens } = this.#app;
    if (!own.value || looksAt(own.value, draft.value)) return;
    if (run.value && sameDraft(run.value.input, draft.value)) return; // the run knows
    const { pairs } = own.value;
    const input = inputOf(draft.value, own.value);
    const streams = await this.#engines.now.tokens(input, { signal }).catch(() => null);
    if (streams && !signal.aborted) draftTokens.value = countsOf(streams, pairs);
  }

  /** Stop what is loading or running; what is being written ends, and what is there is shown. */
  stop(): void {
    if (!this.#writer.stop()) this.#attempt.stop();
  }

  /** The model that Run runs, for people; null where none can. */
  get runs(): string | null {
    const { place, reads } = this.#app;
    const key = place.value.model ?? this.#models.standIn(reads.value);
    return key === null ? null : this.#models.nameOf(key);
  }

  /** Try again with a token of the hub. It stays in this tab. */
  giveToken(token: string): void {
    this.#models.token = token.trim() || null;
    this.#app.notice.value = null;
    this.#attempt.again();
  }

  /** Do what a notice's button says. The page handles those that open something. */
  act(act: NoticeAct): void {
    this.#app.notice.value = null;
    if (act.do === "cut") this.#attempt.again(act.keep);
    else if (act.do === "retry") this.#attempt.again();
    else if (act.do === "follow") {
      this.#gate.trust();
      this.#attempt.again();
    } else if (act.do === "open") void this.opening.bundled(act.key);
    else if (act.do === "first") void this.opening.first();
    else if (act.do === "unedited") void this.runUnedited();
    else if (act.do === "models") this.#app.popover.value = "models";
  }
}
