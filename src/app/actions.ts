// What the page does: opens recorded runs and checkpoints, runs texts, turns errors into notices.
// The newest request wins; while anything is loading, running or failing, the run before stays as it is.

import type { PickedFile } from "../checkpoint/files.ts";
import type { RunInput } from "../engine/index.ts";
import { type BlockName, readTrace, type Trace, TraceError } from "../trace/index.ts";
import type { AnalysisClient } from "./analysis.ts";
import type { EngineClient } from "./client.ts";
import { type Example, exampleAt, placeOfExample, traceUrl } from "./gallery.ts";
import { ModelBook } from "./model-book.ts";
import { blockOf, type Place, START } from "./place.ts";
import { errorData, type Progress, unpackTrace } from "./protocol.ts";
import { type ScoresByBlock, scoresAtOnce } from "./scores.ts";
import type { AppState, History, Live, Run } from "./state.ts";
import { countsOf, FIRST_IDS, FIRST_TEXT, inputOf, textOf } from "./texts.ts";
import { readUrl } from "./url.ts";
import { explain, type NoticeAct } from "./words.ts";

/** What actions need of the outside. */
export interface Outside {
  /** Bytes at a URL relative to the page; rejects where there are none. */
  readonly fetchBytes: (url: string, signal: AbortSignal) => Promise<Uint8Array>;
  /** An address relative to the page, in full. */
  readonly resolve: (url: string) => string;
  readonly now: () => number;
}

/** Runs that "back" can show again at once. */
const KEPT_RUNS = 8;

/** What the page does, over one state and one worker. */
export class Actions {
  readonly #app: AppState;
  readonly #client: EngineClient;
  readonly #analysis: AnalysisClient;
  readonly #outside: Outside;
  readonly #kept = new Map<string, Run>();
  readonly #models: ModelBook;
  #current: AbortController | null = null;
  #last: (() => Promise<void>) | null = null;

  constructor(app: AppState, client: EngineClient, analysis: AnalysisClient, outside: Outside) {
    this.#app = app;
    this.#client = client;
    this.#analysis = analysis;
    this.#outside = outside;
    this.#models = new ModelBook(() => app.bundled.value, outside.resolve);
    client.onLost = () => {
      app.live.value = null;
    };
  }

  /** Show what an address names: its recorded run, a run of its text, or the first example. */
  async visit(search: string, hash: string): Promise<void> {
    const place = readUrl(search, hash);
    this.#app.go({ theme: place.theme }, "replace");
    const kept = this.#kept.get(runKey(place));
    if (kept) return this.#show(kept, place, "replace");
    if (place.trace) return this.openTrace(place.trace, place, "replace");
    if (place.model) return this.openModel(place.model, place, "replace");
    const first = this.#app.gallery.value[0];
    if (first) return this.openExample(first, "replace", hash.length > 1 ? place : undefined);
    const bundled = this.#app.bundled.value[0];
    if (bundled) return this.openModel(bundled.name, START, "replace");
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
    return this.#attempt(url.split("/").at(-1) ?? url, async (signal) => {
      const bytes = await this.#outside.fetchBytes(url, signal);
      if (signal.aborted) return;
      const known = example ?? exampleAt(this.#app.gallery.value, url, place)?.id ?? null;
      this.#show(
        { trace: readTrace(bytes), seconds: null, example: known },
        { ...place, trace: url },
        history,
      );
    });
  }

  /** Open a model and run a text on it; without a text its first example is shown. */
  async openModel(key: string, place: Place, history: History = "push"): Promise<void> {
    const example = this.#app.gallery.value.find((e) => e.model === key);
    if (example && !place.text) return this.openExample(example, history, place);
    await this.run({ ...place, model: key, text: place.text || FIRST_TEXT, trace: null }, history);
  }

  /** Show a bundled model's own example, or run it on a first text. */
  runOn(key: string): Promise<void> {
    const { theme, tab } = this.#app.place.value;
    return this.openModel(key, { ...START, theme, tab });
  }

  /** Open dropped or picked files: one recorded run, or a checkpoint. */
  async openFiles(picked: readonly PickedFile[] | Promise<readonly PickedFile[]>): Promise<void> {
    await this.#attempt("These files", async () => {
      const files = await picked;
      if (files.length === 0) return;
      if (files.some(({ path }) => /(^|\/)config\.json$/.test(path))) return this.#openCheckpoint(files);
      const file = files.find(({ path }) => path.endsWith(".safetensors"));
      if (!file) throw new TraceError(nothingIn(files));
      const trace = readTrace(new Uint8Array(await file.blob.arrayBuffer()));
      this.#show(
        { trace, seconds: null, example: null },
        { ...START, theme: this.#app.place.value.theme },
        "push",
      );
    });
  }

  #openCheckpoint(files: readonly PickedFile[]): Promise<void> {
    const key = this.#models.add(files);
    if (this.#app.live.value?.key === key) this.#app.live.value = null;
    const text = this.#app.draft.value.text || FIRST_TEXT;
    return this.run({ ...START, theme: this.#app.place.value.theme, model: key, text });
  }

  /** Run what the text fields hold, at the place where the page is. */
  runDraft(cut?: RunInput["cut"]): Promise<void> {
    const { place, draft } = this.#app;
    const model = place.value.model ?? this.#models.standIn(this.#does());
    if (model === null) {
      this.#app.popover.value = "models";
      return Promise.resolve();
    }
    const same = model === place.value.model;
    const view = same ? place.value : { ...START, theme: place.value.theme, tab: place.value.tab };
    return this.run({ ...view, ...draft.value, model, trace: null, pins: null }, "push", cut);
  }

  /** What the run that is shown does. */
  #does(): "translate" | "pairs" | "text" {
    if ((this.#app.trace.value?.manifest.blocks.length ?? 0) > 1) return "translate";
    return this.#app.pair.value ? "pairs" : "text";
  }

  /** Run a place's text on its model and show it. */
  run(asked: Place, history: History = "push", cut?: RunInput["cut"]): Promise<void> {
    const name = this.#models.nameOf(asked.model ?? "");
    this.#last = () => this.run(asked, history, cut);
    this.#app.draft.value = { text: asked.text, pair: asked.pair, target: asked.target };
    if (!this.#app.run.value) this.#app.go(asked, "replace");
    return this.#attempt(name, async (signal) => {
      const live = await this.#open(asked.model ?? "", signal, true);
      const place = live.opened.readsText || /\d/.test(asked.text) ? asked : { ...asked, text: FIRST_IDS };
      this.#app.loading.value = { name: live.name, step: "run", progress: null, speed: null, shown: true };
      const input = inputOf(place, live.opened, cut);
      const { trace, seconds } = await this.#client.run(
        { input },
        { signal, onProgress: (progress) => this.#progress(live.name, progress, true) },
      );
      if (signal.aborted) return;
      this.#show({ trace: unpackTrace(trace), seconds, example: null }, place, history);
    });
  }

  /** Open the model of the place before it is asked for, without a word. */
  async warm(): Promise<void> {
    const model = this.#app.place.value.model;
    if (!model || this.#current || this.#app.live.value?.key === model || !this.#models.isBundled(model))
      return;
    await this.#open(model, new AbortController().signal, false).catch(() => {});
    if (!this.#current) this.#app.loading.value = null;
  }

  /** Count the tokens of the draft, where its model is open. */
  async countDraft(signal: AbortSignal): Promise<void> {
    const { live, draft, place, draftTokens } = this.#app;
    if (!live.value || live.value.key !== place.value.model) return;
    const input = inputOf({ ...place.value, ...draft.value }, live.value.opened);
    const streams = await this.#client.tokens(input, { signal }).catch(() => null);
    if (streams && !signal.aborted) draftTokens.value = countsOf(streams, live.value.opened.pairs);
  }

  /** Stop what is loading or running. The bytes that were read stay in the browser's cache. */
  stop(): void {
    this.#current?.abort();
    this.#current = null;
    this.#app.loading.value = null;
  }

  /** Do what a notice's button says. The page handles those that open something. */
  act(act: NoticeAct): void {
    this.#app.notice.value = null;
    if (act.do === "cut") void this.runDraft(act.keep);
    else if (act.do === "retry") void this.#last?.();
    else if (act.do === "run") void this.runDraft();
    else if (act.do === "models") this.#app.popover.value = "models";
    else if (act.do === "gallery") {
      const example = this.#app.gallery.value.find((e) => e.id === act.id);
      if (example) void this.openExample(example);
    }
  }

  async #attempt(name: string, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.#current?.abort();
    const current = new AbortController();
    this.#current = current;
    try {
      await work(current.signal);
    } catch (error) {
      if (!current.signal.aborted) this.#fail(error, name);
    } finally {
      if (this.#current === current) {
        this.#current = null;
        this.#app.loading.value = null;
      }
    }
  }

  #fail(error: unknown, model: string): void {
    const data = errorData(error);
    if (data.name === "AbortError") return;
    this.#app.notice.value = explain(data, { model, shown: this.#app.run.value !== null });
  }

  #show(found: Omit<Run, "input">, place: Place, history: History): void {
    const { trace } = found;
    const text = place.text || textOf(trace, 0);
    const pair = place.pair || textOf(trace, 1);
    const target = place.target || (trace.manifest.generated ? "" : textOf(trace, 0, 1));
    const run: Run = { ...found, input: { text, pair, target } };
    this.#keep(runKey(place), run);
    this.#app.notice.value = null;
    this.#app.draft.value = run.input;
    this.#app.draftTokens.value = null;
    const block = blockOf(place, trace);
    const scores = scoresAtOnce(trace, block);
    const byBlock: ScoresByBlock = scores ? new Map([[block, scores]]) : new Map();
    this.#app.show(run, byBlock, place, history);
  }

  #keep(key: string, run: Run): void {
    this.#kept.delete(key);
    this.#kept.set(key, run);
    for (const old of [...this.#kept.keys()].slice(0, -KEPT_RUNS)) this.#kept.delete(old);
  }

  /** Scores of another block, when it is looked at for the first time. */
  scoreBlock(): void {
    const [trace, place] = [this.#app.trace.value, this.#app.place.value];
    if (!trace) return;
    const block = blockOf(place, trace);
    if (this.#app.scoresByBlock.value.has(block)) return;
    const scores = scoresAtOnce(trace, block);
    if (scores) this.#app.scoresByBlock.value = new Map([...this.#app.scoresByBlock.value, [block, scores]]);
    else this.#scoreLater(trace, block);
  }

  #scoreLater(trace: Trace, block: BlockName): void {
    void this.#analysis.scores(trace, block).then((scores) => {
      if (this.#app.trace.value !== trace) return;
      this.#app.scoresByBlock.value = new Map([...this.#app.scoresByBlock.value, [block, scores]]);
    });
  }

  /** The model of `key`, open in the worker; opens it where it is not. */
  async #open(key: string, signal: AbortSignal, shown: boolean): Promise<Live> {
    const { live, loading } = this.#app;
    if (live.value?.key === key) return live.value;
    const name = this.#models.nameOf(key);
    loading.value = { name, step: "files", progress: null, speed: null, shown };
    const opened = await this.#client.open(
      { source: this.#models.sourceOf(key) },
      { signal, onProgress: (progress) => this.#progress(name, progress, shown) },
    );
    live.value = { key, name, opened };
    return live.value;
  }

  #progress(name: string, progress: Progress, shown: boolean): void {
    const before = this.#app.loading.value;
    if (before === null) return;
    if (before.progress?.what !== progress.what) this.#started = this.#outside.now();
    const step = progress.what === "bytes" ? "files" : "run";
    const seconds = (this.#outside.now() - this.#started) / 1000;
    const speed = step === "files" && seconds > 0.3 ? progress.done / seconds : null;
    this.#app.loading.value = { name, step, progress, speed, shown: shown || before.shown };
  }
  #started = 0;
}

/** The parts of a place that an address said, so that an example's own are kept where it said nothing. */
function said(place: Place): Partial<Place> {
  const entries = Object.entries(place).filter(([name, value]) => {
    const start = START[name as keyof Place];
    return (
      JSON.stringify(value) !== JSON.stringify(start) &&
      !["model", "trace", "text", "pair", "target"].includes(name)
    );
  });
  return Object.fromEntries(entries) as Partial<Place>;
}

/** Which run a place shows. */
function runKey({ model, text, pair, target, trace }: Place): string {
  return JSON.stringify(trace ? [trace] : [model, text, pair, target]);
}

function nothingIn(files: readonly PickedFile[]): string {
  const names = files
    .slice(0, 5)
    .map((f) => f.path)
    .join(", ");
  return `Among ${files.length} ${files.length === 1 ? "file" : "files"} (${names}) there is neither a config.json (a checkpoint) nor a trace file (.safetensors).`;
}
