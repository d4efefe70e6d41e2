// The other end of rpc.ts: requests by id, progress, cancelling, errors as data. What is answered is passed in.

import { errorData, type Progress, type Reply, type Request } from "./protocol.ts";

/** An answer, and the buffers that are moved with it. */
export type Answer = readonly [answer: unknown, transfer?: readonly ArrayBuffer[]];

/** Answers one kind of questions. */
export type Answerer<Question> = (
  question: Question,
  signal: AbortSignal,
  progress: (now: Progress) => void,
) => Answer | Promise<Answer>;

/** Serves requests and posts what comes of them. */
export class Answering<Question extends { readonly kind: string }> {
  readonly #post: (reply: Reply, transfer: readonly ArrayBuffer[]) => void;
  readonly #answer: Answerer<Question>;
  readonly #running = new Map<number, AbortController>();

  constructor(post: (reply: Reply, transfer: readonly ArrayBuffer[]) => void, answer: Answerer<Question>) {
    this.#post = post;
    this.#answer = answer;
  }

  /** Serve one message; resolves when its answer has been posted. */
  async serve(request: Request<Question>): Promise<void> {
    const { id } = request;
    if (isCancel(request)) return this.#running.get(id)?.abort();
    const { signal } = this.#begin(id);
    const progress = (now: Progress) => this.#post({ id, kind: "progress", progress: now }, []);
    try {
      const [answer, transfer = []] = await this.#answer(request, signal, progress);
      this.#post({ id, kind: "done", answer }, transfer);
    } catch (error) {
      this.#post({ id, kind: "failed", error: errorData(error) }, []);
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
