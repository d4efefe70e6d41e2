// Requests to a worker as promises, for whatever is asked: progress, Stop, and a worker that dies, which is noticed,
// told as an error, and replaced at the next request; what it held is gone then, which `onLost` says.

import { explained, isOfGpu } from "../engine/errors.ts";
import { Failure, type Tensor } from "../tensor/index.ts";
import {
  type ErrorData,
  errorData,
  type NamedTensors,
  type Progress,
  type Reply,
  type Request,
} from "./protocol.ts";

/** An error that came from the other side, with its name, code and data kept. */
export class WorkerError extends Failure {
  constructor({ name, message, code, data }: ErrorData) {
    super(message, { code, data });
    this.name = name;
  }
}

/** The part of Worker that is used, so that a socket or a test can stand in for it. */
export interface WorkerLike {
  postMessage(message: unknown): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<Reply>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  onmessageerror: ((event: MessageEvent) => void) | null;
}

/** How a request can be stopped and followed. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/** Told how far a request has come, with the arrays that are done. */
export type OnProgress = (progress: Progress, tensors: NamedTensors) => void;

/** An answer with the arrays that came beside it. */
export interface Got<T> {
  readonly answer: T;
  readonly tensors: NamedTensors;
}

interface Waiting {
  readonly resolve: (got: Got<never>) => void;
  readonly tensors: (readonly [string, Tensor])[];
  readonly reject: (error: Error) => void;
  readonly onProgress: OnProgress | undefined;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** A cancelled request that has not ended after this long is stopped with its worker. */
const PATIENCE_MS = 30_000;

/** What waited behind a request that did not stop. */
const UNHEARD: ErrorData = {
  name: "WorkerError",
  message: `What was stopped before this did not end within ${PATIENCE_MS / 1000} seconds, and the model was closed with it. Run again.`,
  code: "",
  data: {},
};

/** A worker that never said a word and ended without one: its script could not be fetched. */
const UNLOADED: ErrorData = {
  name: "WorkerDied",
  message: "Start it again, then try again.",
  code: "own-server",
  data: {},
};

/** The error of what was stopped. */
export function stopped(): DOMException {
  return new DOMException("Stopped.", "AbortError");
}

/** One worker, started by the first request. */
export class Rpc<Question extends { readonly kind: string }> {
  readonly #start: () => WorkerLike;
  readonly #waiting = new Map<number, Waiting>();
  #worker: WorkerLike | null = null;
  #next = 1;
  /** Called when the worker died or was stopped. */
  onLost: () => void = () => {};
  /** Called when what was open was closed without being asked; says why. */
  onClosed: (why: ErrorData) => void = () => {};

  constructor(start: () => WorkerLike) {
    this.#start = start;
  }

  /** Ask, and wait for the answer; rejects with a WorkerError, or with an AbortError where it was stopped. */
  async call<T>(question: Question, options?: CallOptions): Promise<T> {
    return (await this.exchange<T>(question, options)).answer;
  }

  /** The same for answers with arrays. */
  exchange<T>(question: Question, { signal, onProgress }: CallOptions = {}): Promise<Got<T>> {
    if (signal?.aborted) return Promise.reject(stopped());
    const id = this.#next++;
    const worker = this.#running();
    const abort = () => this.#cancel(id);
    signal?.addEventListener("abort", abort);
    const answered = new Promise<Got<T>>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, onProgress, tensors: [], timer: undefined } as Waiting);
      worker.postMessage({ id, ...question } satisfies Request<Question>);
    });
    return answered.finally(() => signal?.removeEventListener("abort", abort));
  }

  /** Stop the worker and everything in it; what had been cancelled is stopped, the rest fails with `error`. */
  stop(error: Error = stopped()): void {
    const worker = this.#worker;
    this.#worker = null;
    worker?.terminate();
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject, timer } of waiting) {
      clearTimeout(timer);
      reject(timer === undefined ? error : stopped());
    }
    if (worker) this.onLost();
  }

  #cancel(id: number): void {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    this.#worker?.postMessage({ id, kind: "cancel" } satisfies Request<Question>);
    waiting.timer = setTimeout(() => this.stop(new WorkerError(UNHEARD)), PATIENCE_MS);
  }

  #running(): WorkerLike {
    if (this.#worker) return this.#worker;
    const worker = this.#start();
    let heard = false;
    worker.onmessage = ({ data }) => {
      heard = true;
      this.#answer(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.stop(new WorkerError(heard || event.message ? deathOf(event) : UNLOADED));
    };
    worker.onmessageerror = () =>
      this.stop(new WorkerError(deathOf({ message: "an answer could not be read" })));
    this.#worker = worker;
    return worker;
  }

  #answer(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    if (reply.kind === "closed") this.onClosed(reply.error);
    else if (!waiting) return;
    else if (reply.kind === "progress") follow(waiting, reply);
    else this.#settle(reply, waiting);
  }

  #settle(reply: Extract<Reply, { kind: "done" | "failed" }>, waiting: Waiting): void {
    clearTimeout(waiting.timer);
    this.#waiting.delete(reply.id);
    const tensors = [...waiting.tensors, ...("tensors" in reply ? (reply.tensors ?? []) : [])];
    if (reply.kind === "failed") this.#fail(waiting, reply.error);
    else waiting.resolve({ answer: reply.answer as never, tensors });
  }

  #fail(waiting: Waiting, data: ErrorData): void {
    const error = new WorkerError(data);
    waiting.reject(error);
    if (isFatal(data)) this.stop(error);
  }
}

function follow(waiting: Waiting, reply: Extract<Reply, { kind: "progress" }>): void {
  const { progress, tensors = [] } = reply;
  waiting.tensors.push(...tensors);
  waiting.onProgress?.(progress, tensors);
}

/** After these the runtime's memory is full or it is broken, and only a new worker helps. */
function isFatal({ name, code }: ErrorData): boolean {
  return name === "RuntimeFailure" || (name === "MemoryError" && code === "full") || isOfGpu({ code });
}

/** A worker that ended says no more than a sentence of the browser's; a socket has an error of ours. */
function deathOf({ message, error }: { readonly message: string; readonly error?: unknown }): ErrorData {
  const known = errorData(error instanceof Failure ? error : explained(new Error(message)));
  return known.code
    ? known
    : { name: "WorkerDied", message: message || "no reason was given", code: "died", data: {} };
}
