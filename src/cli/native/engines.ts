// The engines behind a served page: one process for each page that asks for one, so that serving never waits, a model
// that is too much for this computer ends nothing else, and stopping one frees its memory at once. (A worker thread that
// is ended while onnxruntime computes takes the whole process with it.) A page's socket is handed to its process whole.

import { type ChildProcess, fork } from "node:child_process";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { NativeAnswer } from "../../wire/native.ts";
import { mayUse } from "./access.ts";
import type { FromEngine, Places, ToEngine } from "./engine-messages.ts";

/** What engines need to know. */
export interface EngineOptions {
  readonly token: string;
  /** Bytes that the models of all pages may take together. */
  readonly limit: number;
  /** What there is, asked anew each time; the engine's absence with its reason. */
  readonly info: () => Promise<NativeAnswer>;
  /** Starts the process of an engine. */
  readonly start: () => EngineProcess;
}

/** The part of a child process that is used. */
export interface EngineProcess {
  send(message: ToEngine, socket?: Socket): void;
  kill(signal: "SIGKILL"): void;
  on(event: "message", hear: (message: FromEngine) => void): unknown;
  on(event: "error" | "exit", end: () => void): unknown;
}

/**
 * How Linux gives memory to who asks, elsewhere nobody reads it. Pages of 2 MB: the matrices of a long run are fresh memory,
 * and every page of 4 kB of it costs a fault. Fixed thresholds, those that malloc would come to by itself: else what a run
 * costs depends on the runs before it (GPT-2 small's shape, 128 tokens after some of 16: 158 ms in place of 189).
 */
export const MEMORY = {
  GLIBC_TUNABLES: [
    "glibc.malloc.hugetlb=1",
    `glibc.malloc.mmap_threshold=${32 * 2 ** 20}`,
    `glibc.malloc.trim_threshold=${64 * 2 ** 20}`,
  ].join(":"),
};

/** A process over the program of an engine. */
export function forkEngine(places: Places, program: string): EngineProcess {
  return fork(program, [JSON.stringify(places)], {
    env: { ...MEMORY, ...process.env },
    execArgv: [],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  }) as ChildProcess as EngineProcess;
}

/** Processes at a time; one more ends the one that has been idle longest. */
const MOST_PAGES = 8;

interface Engine {
  readonly process: EngineProcess;
  /** Estimated bytes of its model. */
  bytes: number;
  busy: boolean;
  used: number;
}

/** Starts, feeds and ends engines. */
export class Engines {
  readonly #options: EngineOptions;
  readonly #engines = new Set<Engine>();
  #clock = 0;

  constructor(options: EngineOptions) {
    this.#options = options;
  }

  /** Answer GET: what there is, to who may use it. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!mayUse(request, this.#options.token)) return void response.writeHead(403).end("Refused.\n");
    response.setHeader("Content-Type", "application/json");
    response.setHeader("Cache-Control", "no-store");
    response.end(JSON.stringify(await this.#options.info()));
  }

  /** Give a WebSocket an engine of its own, or refuse it with 403. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on("error", () => socket.destroy());
    if (mayUse(request, this.#options.token)) this.#handOver(request, socket, head);
    else refuse(socket);
  }

  #handOver(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    while (this.#engines.size >= MOST_PAGES && this.#endIdlest()) {}
    const engine = this.#start();
    const { method, url, headers } = request;
    const asked = { method, url, headers, httpVersion: "1.1" };
    engine.process.send(
      { kind: "page", asked, head: head.toString("base64") } satisfies ToEngine,
      socket as Socket,
    );
  }

  /** End every engine. */
  close(): void {
    for (const engine of this.#engines) engine.process.kill("SIGKILL");
    this.#engines.clear();
  }

  #start(): Engine {
    const child = this.#options.start();
    const engine: Engine = { process: child, bytes: 0, busy: false, used: this.#clock++ };
    this.#engines.add(engine);
    child.on("message", (message: FromEngine) => this.#hear(engine, message));
    child.on("error", () => this.#engines.delete(engine));
    child.on("exit", () => this.#engines.delete(engine));
    return engine;
  }

  #hear(engine: Engine, message: FromEngine): void {
    engine.used = this.#clock++;
    if (message.kind === "busy") engine.busy = message.busy;
    else this.#makeRoom(engine, message.bytes);
  }

  /** End idle engines, those first that were used longest ago, until one more model fits or none is idle. */
  #makeRoom(engine: Engine, bytes: number): void {
    engine.bytes = bytes;
    while (this.#held() > this.#options.limit && this.#endIdlest(engine)) {}
    engine.process.send({ kind: "room" } satisfies ToEngine);
  }

  #held(): number {
    return [...this.#engines].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  #endIdlest(but?: Engine): boolean {
    const idle = [...this.#engines].filter((engine) => engine !== but && !engine.busy);
    const [oldest] = idle.sort((a, b) => a.used - b.used);
    if (!oldest) return false;
    this.#engines.delete(oldest);
    oldest.process.send({ kind: "end", limit: this.#options.limit } satisfies ToEngine);
    return true;
  }
}

function refuse(socket: Duplex): void {
  const answer = "HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
  socket.end(answer, () => socket.destroy());
}
