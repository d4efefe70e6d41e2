// The page's end of the worker: requests as promises. A worker that dies is noticed, told as an error, and replaced
// at the next request; what it had opened is gone then, which `onLost` says.

import { Failure } from "../../tensor/index.ts";
import type {
  Answers,
  ErrorData,
  GenerateRequest,
  OpenRequest,
  Progress,
  Question,
  Reply,
  Request,
  RunRequest,
  TokensRequest,
} from "./protocol.ts";

/** An error that came from the worker, with its name, code and data kept. */
export class WorkerError extends Failure {
  constructor({ name, message, code, data }: ErrorData) {
    super(message, { code, data });
    this.name = name;
  }
}

/** The part of Worker that is used, so that tests can stand in for it. */
export interface WorkerLike {
  postMessage(message: unknown): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<Reply>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  onmessageerror: ((event: MessageEvent) => void) | null;
}

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: ((progress: Progress) => void) | undefined;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** How a request can be stopped and followed. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** A cancelled run that has not stopped after this long is stopped with its worker. */
const PATIENCE_MS = 10_000;

/** The worker as promises. */
export class EngineClient {
  readonly #start: () => WorkerLike;
  readonly #waiting = new Map<number, Waiting>();
  #worker: WorkerLike | null = null;
  #next = 1;
  /** Called when the worker died or was stopped: no model is open any more. */
  onLost: () => void = () => {};

  constructor(start: () => WorkerLike) {
    this.#start = start;
  }

  open(request: Omit<OpenRequest, "kind">, options?: CallOptions): Promise<Answers["open"]> {
    return this.#call({ kind: "open", ...request }, options);
  }

  run(request: Omit<RunRequest, "kind">, options?: CallOptions): Promise<Answers["run"]> {
    return this.#call({ kind: "run", ...request }, options);
  }

  generate(request: Omit<GenerateRequest, "kind">, options?: CallOptions): Promise<Answers["generate"]> {
    return this.#call({ kind: "generate", ...request }, options);
  }

  tokens(input: TokensRequest["input"], options?: CallOptions): Promise<Answers["tokens"]> {
    return this.#call({ kind: "tokens", input }, options);
  }

  /** Stop the worker and everything in it. */
  stop(error: Error = new DOMException("Stopped.", "AbortError")): void {
    const worker = this.#worker;
    this.#worker = null;
    worker?.terminate();
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject, timer } of waiting) {
      clearTimeout(timer);
      reject(error);
    }
    if (worker) this.onLost();
  }

  #call<T>(body: Question, options: CallOptions = {}): Promise<T> {
    const { signal, onProgress } = options;
    if (signal?.aborted) return Promise.reject(new DOMException("Stopped.", "AbortError"));
    const id = this.#next++;
    const worker = this.#running();
    return new Promise<T>((resolve, reject) => {
      const abort = () => this.#cancel(id);
      const settle = () => signal?.removeEventListener("abort", abort);
      this.#waiting.set(id, {
        resolve: (answer: T) => {
          settle();
          resolve(answer);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
        onProgress,
        timer: undefined,
      } as Waiting);
      signal?.addEventListener("abort", abort);
      worker.postMessage({ id, ...body } satisfies Request);
    });
  }

  #cancel(id: number): void {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    this.#worker?.postMessage({ id, kind: "cancel" } satisfies Request);
    waiting.timer = setTimeout(() => this.stop(), PATIENCE_MS);
  }

  #running(): WorkerLike {
    if (this.#worker) return this.#worker;
    const worker = this.#start();
    worker.onmessage = ({ data }) => this.#answer(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.stop(new WorkerError(deathOf(event.message)));
    };
    worker.onmessageerror = () => this.stop(new WorkerError(deathOf("an answer could not be read")));
    this.#worker = worker;
    return worker;
  }

  #answer(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    if (!waiting) return;
    if (reply.kind === "progress") {
      waiting.onProgress?.(reply.progress);
      return;
    }
    clearTimeout(waiting.timer);
    this.#waiting.delete(reply.id);
    if (reply.kind === "done") waiting.resolve(reply.answer as never);
    else {
      waiting.reject(new WorkerError(reply.error));
      if (isFatal(reply.error)) this.stop(new WorkerError(reply.error));
    }
  }
}

/** After these the runtime's memory is full or broken, and only a new worker helps. */
function isFatal({ name, message }: ErrorData): boolean {
  return name === "RuntimeError" || isMemory(message) || /Aborted\(/.test(message);
}

/** True for messages by which runtimes say that memory ran out. */
export function isMemory(message: string): boolean {
  return /out of memory|bad_alloc|memory access|allocation failed|failed to allocate|could not allocate/i.test(
    message,
  );
}

function deathOf(message: string): ErrorData {
  const memory = isMemory(message);
  return {
    name: memory ? "RangeError" : "WorkerDied",
    message: message || "no reason was given",
    code: "",
    data: {},
  };
}
