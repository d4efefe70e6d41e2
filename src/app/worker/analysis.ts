// Head scores and thumbnails of long runs, computed apart from the page: both ends of a worker that gets a copy of what
// attention is made from, once for each run.

import { breath } from "../../engine/breath.ts";
import type { Tensor } from "../../tensor/index.ts";
import { Trace, TraceError } from "../../trace/index.ts";
import { type Answer, Answering } from "../../wire/answering.ts";
import type { Look } from "../../wire/look-questions.ts";
import { lookAt } from "../../wire/looks.ts";
import type { NamedTensors, PackedTrace, Reply, Request } from "../../wire/protocol.ts";
import { type CallOptions, type Got, Rpc } from "../../wire/rpc.ts";

/** Take this trace in place of the one before. */
interface TraceRequest {
  readonly kind: "trace";
  readonly trace: PackedTrace;
}
/** More tensors of that trace. */
interface MoreRequest {
  readonly kind: "more";
  readonly tensors: NamedTensors;
}

/** What can be asked about the trace that was sent last. */
type Question = TraceRequest | MoreRequest | Look;

/** The worker's end. */
export class AnalysisHost {
  readonly #answering: Answering<Question>;
  #trace: Trace | null = null;
  #tensors = new Map<string, Tensor>();

  constructor(post: (reply: Reply) => void) {
    this.#answering = new Answering<Question>(post, (question, signal) => this.#answer(question, signal));
  }

  /** Serve one message; resolves when its answer has been posted. */
  serve(request: Request<Question>): Promise<void> {
    return this.#answering.serve(request);
  }

  #answer(question: Question, signal: AbortSignal): Answer | Promise<Answer> {
    if (question.kind === "trace") return this.#take(question.trace);
    if (!this.#trace) throw new TraceError("No run was sent to be looked at.");
    if (question.kind === "more") return this.#add(question.tensors);
    return lookAt(this.#trace, question, async () => {
      await breath();
      signal.throwIfAborted();
    });
  }

  /** The one before is gone even where this one cannot be read, so that no answer is about another run. */
  #take(packed: PackedTrace): Answer {
    this.#trace = null;
    this.#tensors = new Map(packed.tensors);
    this.#trace = new Trace(packed.manifest, this.#tensors);
    return [null];
  }

  #add(tensors: NamedTensors): Answer {
    for (const [name, tensor] of tensors) this.#tensors.set(name, tensor);
    return [null];
  }
}

/** The page's end; the worker is started by the first question. */
export class AnalysisClient extends Rpc<Question> {
  #sent: Trace | null = null;
  #names = new Set<string>();
  override onLost = (): void => {
    this.#sent = null;
  };

  /** Ask about a trace. Each tensor crosses once. Messages are served in their order, so the question need not wait for it. */
  async look<T>(trace: Trace, look: Look, options?: CallOptions): Promise<Got<T>> {
    const crossed = this.#cross(trace);
    const [answer] = await Promise.all([this.exchange<T>(look, options), crossed]);
    return answer;
  }

  async #cross(trace: Trace): Promise<void> {
    const known = this.#sent === trace ? this.#names : new Set<string>();
    const names = neededOf(trace).filter((name) => !known.has(name));
    const tensors = names.map((name) => [name, trace.raw(name)!] as const);
    const first = this.#sent !== trace;
    [this.#sent, this.#names] = [trace, new Set([...known, ...names])];
    if (first) await this.call({ kind: "trace", trace: { manifest: trace.manifest, tensors } });
    else if (tensors.length > 0) await this.call({ kind: "more", tensors });
  }
}

/** Names of the tensors that attention is made from. */
function neededOf(trace: Trace): readonly string[] {
  return trace.names.filter((name) => /\.(q|k|pattern|bias|sinks|mask|bias_table)$/.test(name));
}
