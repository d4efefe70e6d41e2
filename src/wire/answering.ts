// The other end of rpc.ts: requests by id, progress, cancelling, errors as data. What is answered is passed in.

import { errorData, type NamedTensors, type Progress, type Reply, type Request } from "./protocol.ts";

/** An answer, and the arrays that go with it. */
export type Answer = readonly [answer: unknown, tensors?: NamedTensors];

/** Tells how far a request has come, and hands over arrays that are done. */
export type Say = (now: Progress, tensors?: NamedTensors) => void;

/** Answers one kind of questions. */
export type Answerer<Question> = (
  question: Question,
  signal: AbortSignal,
  progress: Say,
) => Answer | Promise<Answer>;

/** Serves requests and posts what comes of them. */
export class Answering<Question extends { readonly kind: string }> {
  readonly #post: (reply: Reply) => void;
  readonly #answer: Answerer<Question>;
  readonly #running = new Map<number, AbortController>();

  constructor(post: (reply: Reply) => void, answer: Answerer<Question>) {
    this.#post = post;
    this.#answer = answer;
  }

  /** Serve one message; resolves when its answer has been posted. */
  async serve(request: Request<Question>): Promise<void> {
    const { id } = request;
    if (isCancel(request)) return this.#running.get(id)?.abort();
    const { signal } = this.#begin(id);
    const progress: Say = (now, tensors) =>
      this.#post({ id, kind: "progress", progress: now, ...(tensors && { tensors }) });
    try {
      const [answer, tensors] = await this.#answer(request, signal, progress);
      this.#post({ id, kind: "done", answer, ...(tensors && { tensors }) });
    } catch (error) {
      this.#post({ id, kind: "failed", error: errorData(error) });
    } finally {
      this.#running.delete(id);
    }
  }

  /** Cancel everything that is being answered. */
  cancelAll(): void {
    for (const controller of this.#running.values()) controller.abort();
  }

  #begin(id: number): AbortController {
    const controller = new AbortController();
    this.#running.set(id, controller);
    return controller;
  }
}

function isCancel<Q extends { readonly kind: string }>(
  request: Request<Q>,
): request is Extract<Request<Q>, { readonly kind: "cancel" }> {
  return request.kind === "cancel";
}
