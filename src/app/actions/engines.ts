// The engines a page can use: that of this computer, where its server has one, and the browser's own two, WebAssembly and
// WebGPU. One is used at a time; the others are ended, as two would hold two models, and a device.

import type { EngineClient } from "../../wire/client.ts";
import type { Where } from "../state/run.ts";
import type { AppState } from "../state/state.ts";

/** Which engine runs what. */
export class Engines {
  readonly #app: AppState;
  readonly #clients: Readonly<Record<Where, EngineClient>>;
  #now: Where = "browser";

  constructor(app: AppState, clients: Readonly<Record<Where, EngineClient>>) {
    this.#app = app;
    this.#clients = clients;
    for (const where of ["browser", "native", "webgpu"] as const) this.#watch(where);
  }

  /** The engine that was used last. */
  get now(): EngineClient {
    return this.#clients[this.#now];
  }

  /** Use this engine and end the one before. */
  use(where: Where): EngineClient {
    if (where !== this.#now) this.now.stop();
    this.#now = where;
    return this.now;
  }

  #watch(where: Where): void {
    const client = this.#clients[where];
    client.onLost = () => {
      if (this.#app.live.value?.where === where) this.#app.live.value = null;
    };
    client.onClosed = ({ message }) => {
      const name = this.#app.live.value?.name ?? "The model";
      const text = `${message} The next run opens it again.`;
      this.#app.notice.value = { kind: "info", title: `${name} was closed`, text, actions: [] };
    };
  }
}
