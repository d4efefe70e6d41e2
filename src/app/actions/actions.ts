// What the page does: opens recorded runs, checkpoints and pictures, runs texts, lets a model write, turns errors into
// notices. The newest request wins; while anything is loading, running or failing, the run before stays as it is.

import type { PickedFile } from "../../checkpoint/files.ts";
import type { ImagePixels } from "../../checkpoint/image.ts";
import { InputError } from "../../engine/errors.ts";
import type { RunInput } from "../../engine/model.ts";
import type { Reading } from "../../imports/index.ts";
import type { Trace } from "../../trace/index.ts";
import { errorData, type Progress } from "../../wire/protocol.ts";
import {
  explain,
  ignoredNotice,
  type NoticeAct,
  nothingAdded,
  refusedAddress,
  unreadEditsNotice,
  wasStopped,
  withoutModel,
} from "../notices.ts";
import { draftOf, looksAt, sameDraft } from "../state/draft.ts";
import { activeOf, type PlacedEdit } from "../state/edits.ts";
import { type Example, exampleAt, firstExample, placeOfExample, traceUrl } from "../state/gallery.ts";
import { inputKey, KeptRuns } from "../state/kept-runs.ts";
import { chosenPicture, patchGrid } from "../state/picture.ts";
import { blockOf, outsideOf, type Place, placeOf, START, said, sameDraws } from "../state/place.ts";
import type { History, Run } from "../state/run.ts";
import { type ScoresByBlock, scoresAtOnce } from "../state/scores.ts";
import type { AppState } from "../state/state.ts";
import { completed, countsOf, inputOf, sameWords, textOf } from "../state/texts.ts";
import { addressOf, ignoredIn, lastName, OPENED, readUrl, refusedIn, unreadEdits } from "../state/url.ts";
import { EarlyRun } from "./early-run.ts";
import { EditedRuns } from "./edited-runs.ts";
import { Editing } from "./editing.ts";
import type { Engines } from "./engines.ts";
import { forgotten, kindOf } from "./files.ts";
import { Gate, type GateOutside } from "./gate.ts";
import { LiveModel } from "./live-model.ts";
import { ModelBook } from "./model-book.ts";
import { probe } from "./probing.ts";
import { readRun } from "./recorded.ts";
import { Tables } from "./tables.ts";
import { Writer } from "./writer.ts";

/** What actions need of the outside. */
export interface Outside extends GateOutside {
  /** Bytes at a URL relative to the page; rejects where there are none. */
  readonly fetchBytes: (url: string, signal: AbortSignal) => Promise<Uint8Array>;
  /** An address relative to the page, in full. */
  readonly resolve: (url: string) => string;
  readonly decodePicture: (blob: Blob, name: string) => Promise<ImagePixels>;
  readonly now: () => number;
}

type Cut = RunInput["cut"];

/** What the page does, over one state and the engines that there are. */
export class Actions {
  readonly #app: AppState;
  readonly #engines: Engines;
  readonly #outside: Outside;
  readonly #kept = new KeptRuns();
  readonly #models: ModelBook;
  readonly #live: LiveModel;
  readonly #writer: Writer;
  readonly #runs = new EditedRuns();
  readonly #gate: Gate;
  readonly editing: Editing;
  readonly tables: Tables;
  #current: AbortController | null = null;
  #last: ((cut?: Cut) => Promise<void>) | null = null;

  constructor(app: AppState, engines: Engines, outside: Outside) {
    this.#app = app;
    this.#engines = engines;
    this.#outside = outside;
    this.#gate = new Gate(app, outside);
    this.#models = new ModelBook(() => app.bundled.value, outside.resolve);
    this.#live = new LiveModel(app, engines, this.#models, outside.now);
    this.#writer = new Writer(app, engines, this.#live);
    this.tables = new Tables(app, engines, (error) => this.#fail(error, app.modelName.value));
    this.editing = new Editing(app, {
      edits: (edits, history) => this.edit(edits, history),
      place: (changed) => this.#look(changed),
    });
  }

  /**
   * Show what an address names: its recorded run, a run of its text, or the first example. What comes from another host
   * is asked for first, unless the address is the reader's `own`.
   */
  async visit(search: string, hash: string, own = false): Promise<void> {
    const place = readUrl(search, hash);
    if (own) this.#gate.trust(place);
    this.#app.settle({ theme: place.theme });
    const unread = unreadEdits(search, hash);
    await this.#visit(place, search, hash);
    if (unread.length > 0) this.#app.notice.value = unreadEditsNotice(unread);
    this.#bringInside(ignoredIn(search, hash));
  }

  /** What an address says about the view and the run does not have is said, and leaves the address. */
  #bringInside(ignored: readonly string[]): void {
    const { attention, selection, place, notice } = this.#app;
    if (!attention.value || !selection.value || notice.value) return;
    const outside = outsideOf(place.value, attention.value);
    if (outside.length > 0) {
      const beside = place.value.beside.filter((layer) => layer < attention.value!.layers);
      this.#app.settle({ ...placeOf(selection.value), block: place.value.block, beside });
    }
    if (ignored.length + outside.length > 0)
      notice.value = ignoredNotice([...ignored, ...outside], attention.value);
  }

  async #visit(place: Place, search: string, hash: string): Promise<void> {
    const kept = this.#kept.get(place);
    if (kept) return this.#show(kept, place, "replace");
    if (!this.#gate.passes(place)) {
      this.#last = () => this.visit(search, hash);
      if (!this.#app.run.value) this.#app.settle(place);
      return;
    }
    if (place.trace) return this.openTrace(place.trace, place, "replace");
    if (place.model) return this.openModel(place.model, place, "replace");
    await this.openFirst(hash.length > 1 ? place : undefined);
    const refused = refusedIn(search, hash);
    if (refused.length > 0) this.#app.notice.value = refusedAddress(refused, this.#app.run.value !== null);
  }

  /** Show the example that the page begins with, or a bundled model's first text where there is no gallery. */
  async openFirst(place?: Place): Promise<void> {
    const first = firstExample(this.#app.gallery.value);
    if (first) return this.openExample(first, "replace", place);
    const own = this.#models.standIn("text");
    if (own) await this.openModel(own, START, "replace");
  }

  /** Show an example of the gallery; `place` in front of the example's own where a link says so. */
  async openExample(example: Example, history: History = "push", place?: Place): Promise<void> {
    const named = placeOfExample(example, this.#app.place.value);
    await this.openTrace(
      traceUrl(example),
      place ? { ...named, ...said(place) } : named,
      history,
      example.id,
    );
  }

  /** Show a recorded run at a URL. */
  openTrace(
    url: string,
    place: Place,
    history: History = "push",
    example: string | null = null,
  ): Promise<void> {
    this.#last = () => this.openTrace(url, place, history, example);
    this.#gate.trust({ ...place, trace: url });
    return this.#attempt(lastName(url), async (signal) => {
      if (url.startsWith(OPENED)) {
        if (!this.#app.run.value) this.#app.settle(place);
        throw forgotten(url.slice(OPENED.length), "file");
      }
      const bytes = await this.#outside.fetchBytes(addressOf(url), signal);
      if (signal.aborted) return;
      const known = example ?? exampleAt(this.#app.gallery.value, url, place)?.id ?? null;
      const trace = await readRun(this.#app, lastName(url), bytes);
      if (!trace || signal.aborted) return;
      this.#show({ trace, seconds: null, example: known, picture: null }, { ...place, trace: url }, history);
    });
  }

  /** Open a model and run a text on it; without a text its first example is shown. */
  async openModel(key: string, place: Place, history: History = "push"): Promise<void> {
    this.#gate.trust({ ...place, model: key, trace: null });
    const example = this.#app.gallery.value.find((e) => e.model === key);
    if (example && !place.text) return this.openExample(example, history, place);
    await this.run({ ...place, model: key, trace: null }, history);
  }

  /** Show a bundled model's own example, or run it on a first text. */
  runOn(key: string): Promise<void> {
    const { theme, tab } = this.#app.place.value;
    return this.openModel(key, { ...START, theme, tab });
  }

  /** Open dropped, picked or pasted files: a recorded run, a checkpoint, or a picture. */
  async openFiles(picked: readonly PickedFile[] | Promise<readonly PickedFile[]>): Promise<void> {
    await this.#attempt("These files", async () => {
      const files = await picked;
      const found = kindOf(files);
      if (found.kind === "checkpoint") return this.#openCheckpoint(files);
      if (found.kind === "picture") return this.#openPicture(found.file);
      const { path, blob } = found.file;
      const name = lastName(path);
      const trace = await readRun(this.#app, name, new Uint8Array(await blob.arrayBuffer()));
      if (trace) this.#showRecorded(trace, name);
    });
  }

  #showRecorded(trace: Trace, name: string): void {
    const place = { ...this.#startOr("trace", OPENED + name), trace: OPENED + name };
    this.#show({ trace, seconds: null, example: null, picture: null }, place, "push");
  }

  /** The start; where nothing is shown because this file or folder was forgotten, the place that asks for it. */
  #startOr(what: "trace" | "model", key: string): Place {
    const { run, place } = this.#app;
    if (!run.value && place.value[what] === key) return place.value;
    return { ...START, theme: place.value.theme, tab: place.value.tab };
  }

  /** Open the file that waits for answers; what is wrong with them, or "". */
  openImport(reading: Reading): string {
    const importing = this.#app.importing.value;
    if (!importing) return "";
    try {
      this.#showRecorded(importing.read(reading), importing.name);
      this.#app.importing.value = null;
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  }

  #openCheckpoint(files: readonly PickedFile[]): Promise<void> {
    const key = this.#models.add(files);
    this.#runs.forget();
    if (this.#app.live.value?.key === key) this.#app.live.value = null;
    const { text } = this.#app.draft.value;
    return this.run({ ...this.#startOr("model", key), model: key, text });
  }

  #openPicture({ path, blob }: PickedFile): Promise<void> {
    const name = path.split("/").at(-1)!;
    return this.#attempt(this.#app.modelName.value, () => this.#usePicture(name, blob));
  }

  async #usePicture(name: string, blob: Blob): Promise<void> {
    if (this.#app.reads.value !== "picture" && !this.#app.own.value?.pictures)
      throw new InputError(
        `${this.#app.modelName.value} reads text. Open an image model (ViT, CLIP) to look at ${name}.`,
      );
    this.#app.picture.value = { name, pixels: await this.#outside.decodePicture(blob, name) };
    this.#app.draft.value = { ...this.#app.draft.value, image: name };
    return this.runDraft();
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
    const name = this.#models.nameOf(asked.model ?? "");
    this.#last = (again = cut) => this.run(asked, history, again);
    this.#app.draft.value = draftOf(asked);
    if (!this.#app.run.value) this.#app.settle(asked);
    return this.#attempt(name, async (signal) => {
      const live = await this.#live.open(asked.model ?? "", signal, true);
      const place = completed(asked, live.opened);
      const picture = looksAt(live.opened, place)
        ? chosenPicture(place.image, this.#app.picture.value)
        : null;
      const input = picture ? { image: picture.pixels } : inputOf(place, live.opened, cut);
      const edits = activeOf(place.edits);
      const other = place.b ? inputOf({ ...place, text: place.b }, live.opened, cut) : null;
      const changes = { edits, ...(other && { other }) };
      const written =
        place.more && (await this.#writer.write({ input, ...changes }, place.more, live.name, signal));
      signal.throwIfAborted();
      this.#live.begin(live.name, "run", true);
      const wanted = {
        opened: live.opened,
        input: written ? { ...input, continuation: written } : input,
        key: `${live.where} ${inputKey(place)}`,
        edits,
        other,
        compares: place.compare !== "off",
        precision: live.where === "native" ? this.#app.precision.value : "float32",
        editing: edits.length > 0 || place.panel !== "neurons" || live.editable === true,
      };
      const onProgress = (progress: Progress) => this.#live.follow(progress, true);
      const shown = { example: null, picture };
      const early = new EarlyRun(this.#app, signal, (trace) =>
        this.#show({ ...shown, trace, seconds: null, before: null, b: null }, place, history, false),
      );
      const onPart = (part: Trace, { done, total }: Progress) => early.part(part, done >= total);
      const found = await this.#runs
        .run(this.#engines.now, wanted, { signal, onProgress, onPart })
        .catch((error: unknown) => {
          early.takeBack();
          throw error;
        });
      if (signal.aborted) return;
      if (wanted.editing) this.#live.editable();
      if (early.finish(found.seconds)) this.#kept.put(place, this.#app.run.value!);
      else this.#show({ ...found, ...shown }, place, history);
      if (written?.length === 0) this.#app.notice.value = nothingAdded(name, live.opened.maxTokens);
    });
  }

  /** Run random repeated tokens and rank heads by what they do with nothing but the repetition. */
  probe(): Promise<void> {
    const { place, own } = this.#app;
    const [model, opened] = [place.value.model, own.value];
    if (!model || !opened) return Promise.resolve();
    const name = this.#models.nameOf(model);
    return this.#attempt(name, async (signal) => {
      const live = await this.#live.open(model, signal, true);
      this.#live.begin(live.name, "run", true);
      await probe(this.#app, this.#engines, this.#live, { key: model, opened: live.opened }, signal);
    });
  }

  /** Run what is shown with other edits; where its model is not known a notice says so. */
  async edit(edits: readonly PlacedEdit[], history: History = "push"): Promise<void> {
    const { place, notice } = this.#app;
    if (place.value.model === null) notice.value = withoutModel();
    else await this.#again({ ...place.value, edits, trace: null }, history);
  }

  /** Show a place whose run may be known; while a slider moves the page does not say that it runs. */
  async #again(place: Place, history: History): Promise<void> {
    const kept = this.#kept.get(place);
    if (!kept || !place.text) return this.run(place, history);
    this.#current?.abort();
    this.#current = null;
    this.#app.loading.value = null;
    this.#show(kept, place, history);
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
    await this.#again({ ...next, trace: null }, "replace");
  }

  /** Open the model of the place before it is asked for, without a word. */
  async warm(): Promise<void> {
    const { model } = this.#app.place.value;
    if (!model || this.#current || this.#app.live.value?.key === model || !this.#models.isBundled(model))
      return;
    await this.#live.open(model, new AbortController().signal, false).catch(() => {});
    if (!this.#current) this.#app.loading.value = null;
  }

  /** Tell what the run that is shown says; what fails here is said. */
  async tell(signal: AbortSignal): Promise<void> {
    const { tell } = await import("./telling.ts");
    await tell(this.#app, this.#engines.now, signal).catch((error: unknown) => {
      if (!signal.aborted) this.#fail(error, this.#app.modelName.value);
    });
  }

  /** Count the tokens of the draft, where its model is open. */
  async countDraft(signal: AbortSignal): Promise<void> {
    const { own, draft, draftTokens } = this.#app;
    if (!own.value || looksAt(own.value, draft.value)) return;
    const { pairs } = own.value;
    const input = inputOf(draft.value, own.value);
    const streams = await this.#engines.now.tokens(input, { signal }).catch(() => null);
    if (streams && !signal.aborted) draftTokens.value = countsOf(streams, pairs);
  }

  /** Stop what is loading or running; what is being written ends, and what is there is shown. */
  stop(): void {
    if (this.#writer.stop()) return;
    const { loading, notice, run } = this.#app;
    if (this.#current && loading.value?.shown)
      notice.value = wasStopped(loading.value.name, run.value !== null);
    this.#current?.abort();
    this.#current = null;
    loading.value = null;
    this.#app.opening.value = null;
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
    void this.#last?.();
  }

  /** Do what a notice's button says. The page handles those that open something. */
  act(act: NoticeAct): void {
    this.#app.notice.value = null;
    if (act.do === "cut") void this.#last?.(act.keep);
    else if (act.do === "retry") void this.#last?.();
    else if (act.do === "follow") {
      this.#gate.trust();
      void this.#last?.();
    } else if (act.do === "open") void this.runOn(act.key);
    else if (act.do === "first") void this.openFirst();
    else if (act.do === "unedited") void this.runUnedited();
    else if (act.do === "models") this.#app.popover.value = "models";
  }

  async #attempt(name: string, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.#current?.abort();
    this.#writer.clear();
    this.tables.stop();
    const current = new AbortController();
    this.#current = current;
    this.#app.opening.value = name;
    this.#live.restart();
    try {
      await work(current.signal);
    } catch (error) {
      if (!current.signal.aborted) this.#fail(error, name);
    } finally {
      if (this.#current === current) {
        this.#current = null;
        this.#app.loading.value = null;
        this.#app.opening.value = null;
      }
    }
  }

  #fail(error: unknown, model: string): void {
    const data = errorData(error);
    if (data.name === "AbortError") return;
    const known = [...this.#app.bundled.value.map((m) => m.name), ...this.#app.kept.value.map((m) => m.name)];
    this.#app.notice.value = explain(data, { model, shown: this.#app.run.value !== null, known });
  }

  /** `whole`: false for a run whose layers are still coming. */
  #show(found: Omit<Run, "input">, place: Place, history: History, whole = true): void {
    const { trace } = found;
    const { generated } = trace.manifest;
    const text = place.text || (patchGrid(trace) ? "" : textOf(trace, 0));
    const target = place.target || (generated ? "" : textOf(trace, 0, 1));
    const pair = place.pair || textOf(trace, 1);
    const run: Run = { ...found, input: { ...draftOf(place), text, pair, target } };
    if (whole) this.#kept.put(place, run);
    this.#app.arriving.value = whole ? null : 1;
    const { sampling } = this.#app;
    if (place.more) sampling.value = { ...place.more, tokens: sampling.value.tokens };
    this.#app.notice.value = null;
    this.#app.draft.value = run.input;
    this.#app.draftTokens.value = null;
    const block = blockOf(place, trace);
    if (!this.#app.trace.value || !sameWords(this.#app.trace.value, trace)) this.#app.steps.forget();
    const scores = whole ? scoresAtOnce(trace, block) : null;
    const byBlock: ScoresByBlock = scores ? new Map([[block, scores]]) : new Map();
    this.#app.show(run, byBlock, place, history);
  }
}
