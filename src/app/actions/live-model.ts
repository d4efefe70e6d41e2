// The model that the worker holds open, and how far opening, writing or running has come.

import type { EngineClient } from "../../wire/client.ts";
import type { Progress } from "../../wire/protocol.ts";
import type { Live, Loading } from "../state/run.ts";
import type { AppState } from "../state/state.ts";
import type { ModelBook } from "./model-book.ts";

const STEPS: Readonly<Record<Progress["what"], Loading["step"]>> = {
  bytes: "files",
  tokens: "write",
  layers: "run",
};
/** A speed is not told before it means something. */
const LEAST_SECONDS = 0.3;

/** Opens models in the worker, one at a time. */
export class LiveModel {
  readonly #app: AppState;
  readonly #client: EngineClient;
  readonly #models: ModelBook;
  readonly #now: () => number;
  #started = 0;

  /** `now` in milliseconds. */
  constructor(app: AppState, client: EngineClient, models: ModelBook, now: () => number) {
    this.#app = app;
    this.#client = client;
    this.#models = models;
    this.#now = now;
    client.onLost = () => {
      app.live.value = null;
    };
  }

  /** The model of `key`; opens it where another one or none is open. */
  async open(key: string, signal: AbortSignal, shown: boolean): Promise<Live> {
    const { live } = this.#app;
    if (live.value?.key === key) return live.value;
    const name = this.#models.nameOf(key);
    this.begin(name, "files", shown);
    const opened = await this.#client.open(
      { source: this.#models.sourceOf(key) },
      { signal, onProgress: (progress) => this.follow(progress, shown) },
    );
    live.value = { key, name, opened };
    return live.value;
  }

  /** Say that a step begins. */
  begin(name: string, step: Loading["step"], shown: boolean): void {
    this.#app.loading.value = { name, step, progress: null, speed: null, shown };
  }

  /** Say how far a step has come. */
  follow(progress: Progress, shown: boolean): void {
    const before = this.#app.loading.value;
    if (before === null) return;
    if (before.progress?.what !== progress.what) this.#started = this.#now();
    const step = STEPS[progress.what];
    const seconds = (this.#now() - this.#started) / 1000;
    const speed = step === "files" && seconds > LEAST_SECONDS ? progress.done / seconds : null;
    this.#app.loading.value = { ...before, step, progress, speed, shown: shown || before.shown };
  }
}
