// Runs texts and pictures on models, lets a model write first where that is asked for, and shows what comes of it.

import type { Trace } from "../../trace/index.ts";
import type { Progress } from "../../wire/protocol.ts";
import { nothingAdded } from "../notices.ts";
import { draftOf, looksAt } from "../state/draft.ts";
import { activeOf } from "../state/edits/edits.ts";
import { chosenPicture } from "../state/picture.ts";
import { lookedAt, type Place } from "../state/place.ts";
import type { History, Live, Run } from "../state/run.ts";
import { inputKey } from "../state/run-key.ts";
import type { AppState } from "../state/state.ts";
import { completed, inputOf } from "../state/texts.ts";
import type { Attempt, Cut } from "./attempt.ts";
import { EarlyRun } from "./early-run.ts";
import { EditedRuns, type Wanted } from "./edited-runs.ts";
import type { Engines } from "./engines.ts";
import type { LiveModel } from "./live-model.ts";
import type { ModelBook } from "./model-book.ts";
import { probe } from "./probing.ts";
import type { Showing } from "./showing.ts";
import type { Writer } from "./writer.ts";

/** What runs need. */
export interface RunsOn {
  readonly engines: Engines;
  readonly models: ModelBook;
  readonly live: LiveModel;
  readonly writer: Writer;
  readonly attempt: Attempt;
  readonly showing: Showing;
  /** Resolves once the pictures of heads that the page has asked for are there. */
  readonly mapDrawn: () => Promise<void>;
}

/** Runs of models. */
export class Running {
  readonly #app: AppState;
  readonly #on: RunsOn;
  readonly #runs = new EditedRuns();

  constructor(app: AppState, on: RunsOn) {
    this.#app = app;
    this.#on = on;
  }

  /** Run a place's text on its model and show it. */
  run(asked: Place, history: History = "push", cut?: Cut): Promise<void> {
    const { attempt, models } = this.#on;
    attempt.remember((again = cut) => this.run(asked, history, again));
    this.#app.draft.value = draftOf(asked);
    if (!this.#app.run.value) this.#app.settle(asked);
    return attempt.make(models.nameOf(asked.model ?? ""), (signal) => this.#run(asked, history, cut, signal));
  }

  async #run(asked: Place, history: History, cut: Cut, signal: AbortSignal): Promise<void> {
    const { live: opening, writer } = this.#on;
    const live = await opening.open(asked.model ?? "", signal, true);
    const place = completed(asked, live.opened);
    const picture = looksAt(live.opened, place) ? chosenPicture(place.image, this.#app.picture.value) : null;
    const input = picture ? { image: picture.pixels } : inputOf(place, live.opened, cut);
    const edits = activeOf(place.edits);
    const other = place.b ? inputOf({ ...place, text: place.b }, live.opened, cut) : null;
    const changes = { edits, ...(other && { other }) };
    const written = place.more && (await writer.write({ input, ...changes }, place.more, live.name, signal));
    signal.throwIfAborted();
    opening.begin(live.name, "run", true);
    const wanted: Wanted = {
      opened: live.opened,
      input: written ? { ...input, continuation: written } : input,
      key: `${live.where} ${inputKey(place)}`,
      edits,
      other,
      look: lookedAt(place, live.opened.kind),
      ...this.#ways(place, live, edits.length > 0),
    };
    await this.#show(wanted, place, history, picture, signal);
    if (!signal.aborted && written?.length === 0)
      this.#app.notice.value = nothingAdded(live.name, live.opened.maxTokens);
  }

  #ways(place: Place, live: Live, edited: boolean): Pick<Wanted, "compares" | "precision" | "editing"> {
    return {
      compares: place.compare !== "off",
      precision: live.where === "native" ? this.#app.precision.value : "float32",
      editing: edited || place.panel !== "neurons" || live.editable === true,
    };
  }

  async #show(
    wanted: Wanted,
    place: Place,
    history: History,
    picture: Run["picture"],
    signal: AbortSignal,
  ): Promise<void> {
    const { engines, live, showing, mapDrawn } = this.#on;
    const shown = { example: null, picture };
    const early = new EarlyRun(this.#app, signal, (trace) =>
      showing.show({ ...shown, trace, seconds: null, before: null, b: null }, place, history, false),
    );
    const onProgress = (progress: Progress) => live.follow(progress, true);
    const onPart = (part: Trace, { done, total }: Progress) => early.part(part, done >= total);
    const onFirst = async (trace: Trace) => {
      early.computed(trace);
      await mapDrawn();
    };
    const found = await this.#runs
      .run(engines.now, wanted, { signal, onProgress, onPart, onFirst })
      .catch((error: unknown) => {
        early.takeBack();
        throw error;
      });
    if (signal.aborted) return;
    if (wanted.editing) live.editable();
    if (early.finish(found.seconds)) showing.keep(place);
    else showing.show({ ...found, ...shown }, place, history);
  }

  /** Show a place whose run may be known; while a slider moves the page does not say that it runs. */
  async again(place: Place, history: History): Promise<void> {
    const { attempt, showing } = this.#on;
    const kept = showing.kept(place);
    if (!kept || !place.text) return this.run(place, history);
    attempt.drop();
    showing.show(kept, place, history);
  }

  /** Run random repeated tokens and rank heads by what they do with nothing but the repetition. */
  probe(): Promise<void> {
    const { engines, live, attempt, models } = this.#on;
    const { place, own } = this.#app;
    const [model, opened] = [place.value.model, own.value];
    if (!model || !opened) return Promise.resolve();
    return attempt.make(models.nameOf(model), async (signal) => {
      const { name } = await live.open(model, signal, true);
      live.begin(name, "run", true);
      await probe(this.#app, engines, live, { key: model, opened }, signal);
    });
  }

  /** What was run is of a model that is gone. */
  forget(): void {
    this.#runs.forget();
  }
}
