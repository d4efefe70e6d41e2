// The model that an engine holds open, and how far opening, writing or running has come.

import { isOfGpu } from "../../engine/errors.ts";
import { errorData, type Progress } from "../../wire/protocol.ts";
import type { Live, Loading } from "../state/run.ts";
import type { AppState } from "../state/state.ts";
import type { Engines } from "./engines.ts";
import type { ModelBook } from "./model-book.ts";

const STEPS: Readonly<Record<Progress["what"], Loading["step"]>> = {
  bytes: "files",
  parts: "prepare",
  tokens: "write",
  layers: "run",
  cells: "run",
};
/** A speed is not told before it means something, and the time that is left not before a second. */
const LEAST_SECONDS = 0.3;
const LEAST_SHARE = 0.05;
/** Share of opening a model where a run follows. */
const OPENING = 0.8;

/** Opens models, one at a time. */
export class LiveModel {
  readonly #app: AppState;
  readonly #engines: Engines;
  readonly #models: ModelBook;
  readonly #now: () => number;
  #started = 0;
  #began = 0;
  #share = 0;
  #opens = false;

  /** `now` in milliseconds. */
  constructor(app: AppState, engines: Engines, models: ModelBook, now: () => number) {
    this.#app = app;
    this.#engines = engines;
    this.#models = models;
    this.#now = now;
  }

  /** The model of `key`; opens it where another one or none is open. */
  async open(key: string, signal: AbortSignal, shown: boolean): Promise<Live> {
    const { live, native, where: wanted, gpuLeft } = this.#app;
    const served = native.value?.native && wanted.value === "native" ? this.#models.servedOf(key) : null;
    const gpu = wanted.value === "webgpu" && gpuLeft.value === null;
    const where = served ? "native" : gpu ? "webgpu" : "browser";
    if (live.value?.key === key && live.value.where === where) return live.value;
    const name = this.#models.nameOf(key);
    this.begin(name, "files", shown);
    const source = served ?? this.#models.sourceOf(key);
    const engine = this.#engines.use(where);
    const onProgress = (progress: Progress) => this.follow(progress, shown);
    // What was open before is closed as soon as another one is opened, even if that fails.
    live.value = null;
    try {
      const opened = await engine.open({ source }, { signal, onProgress });
      live.value = { where, key, name, opened };
      return live.value;
    } catch (error) {
      if (!isOfGpu(errorData(error))) throw error;
      gpuLeft.value = (error as Error).message;
      return this.open(key, signal, shown);
    }
  }

  /** Say that the open model has its edit points. */
  editable(): void {
    const { live } = this.#app;
    if (live.value && !live.value.editable) live.value = { ...live.value, editable: true };
  }

  /** A new request: its share begins at nothing. */
  restart(): void {
    this.#began = this.#now();
    this.#share = 0;
    this.#opens = false;
  }

  /** Say that a step begins. */
  begin(name: string, step: Loading["step"], shown: boolean): void {
    this.#opens ||= step === "files";
    const { left = null } = this.#app.loading.value ?? {};
    this.#app.loading.value = { name, step, progress: null, speed: null, share: this.#share, left, shown };
  }

  /** Say how far a step has come. */
  follow(progress: Progress, shown: boolean): void {
    const before = this.#app.loading.value;
    if (before === null) return;
    if (before.progress?.what !== progress.what) this.#started = this.#now();
    const step = STEPS[progress.what];
    const seconds = (this.#now() - this.#started) / 1000;
    const speed = step === "files" && seconds > LEAST_SECONDS ? progress.done / seconds : null;
    const [share, left] = [this.#grown(progress), this.#left()];
    this.#app.loading.value = { ...before, step, progress, speed, share, left, shown: shown || before.shown };
  }

  /** The share of all steps: opening and running, or running alone. It never falls. */
  #grown({ what, done, total }: Progress): number {
    // After a text was written it is run once more.
    const part = total > 0 ? (done / total) * (what === "tokens" ? OPENING : 1) : 0;
    const opening = what === "bytes" || what === "parts";
    const share = !this.#opens ? part : opening ? OPENING * part : OPENING + (1 - OPENING) * part;
    this.#share = Math.max(this.#share, Math.min(1, share));
    return this.#share;
  }

  /** Seconds left if all goes on as fast as it went. */
  #left(): number | null {
    const seconds = (this.#now() - this.#began) / 1000;
    return seconds > 1 && this.#share > LEAST_SHARE ? (seconds * (1 - this.#share)) / this.#share : null;
  }
}
