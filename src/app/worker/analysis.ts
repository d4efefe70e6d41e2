// Head scores and thumbnails of long runs, computed apart from the page: both ends.
// The worker gets a copy of what attention is made from, once for each run.

import type { ScoreTable } from "../../analysis/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { attentionOf, type BlockName, Trace, TraceError } from "../../trace/index.ts";
import type { Thumbnail } from "../../views/map/queue.ts";
import { thumbnailOf } from "../../views/map/thumbnail.ts";
import { quietKeys, sliceOf } from "../../views/read/slice.ts";
import type { CellFilter } from "../../views/view.ts";
import { Answering } from "../../wire/answering.ts";
import type { NamedTensors, PackedTrace, Reply, Request } from "../../wire/protocol.ts";
import { Rpc } from "../../wire/rpc.ts";
import { scoresInPauses } from "../state/scores.ts";

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
interface ScoresRequest {
  readonly kind: "scores";
  readonly block: BlockName;
}
interface ThumbnailRequest {
  readonly kind: "thumbnail";
  readonly block: BlockName;
  readonly layer: number;
  readonly head: number;
  readonly size: number;
  readonly filter: CellFilter;
}

/** What can be asked about the trace that was sent last. */
type Question = TraceRequest | MoreRequest | ScoresRequest | ThumbnailRequest;

/** The worker's end. */
export class AnalysisHost {
  readonly #answering: Answering<Question>;
  #trace: Trace | null = null;
  #tensors = new Map<string, Tensor>();

  constructor(post: (reply: Reply) => void) {
    this.#answering = new Answering<Question>(post, async (question) => [await this.#answer(question)]);
  }

  /** Serve one message; resolves when its answer has been posted. */
  serve(request: Request<Question>): Promise<void> {
    return this.#answering.serve(request);
  }

  #answer(question: Question): Promise<readonly ScoreTable[]> | Thumbnail | null {
    if (question.kind === "trace") return this.#take(question.trace);
    if (!this.#trace) throw new TraceError("No run was sent to be looked at.");
    if (question.kind === "more") return this.#add(question.tensors);
    if (question.kind === "scores") return scoresInPauses(this.#trace, question.block, nextMessage);
    return thumbnail(this.#trace, question);
  }

  /** The one before is gone even where this one cannot be read, so that no answer is about another run. */
  #take(packed: PackedTrace): null {
    this.#trace = null;
    this.#tensors = new Map(packed.tensors);
    this.#trace = new Trace(packed.manifest, this.#tensors);
    return null;
  }

  #add(tensors: NamedTensors): null {
    for (const [name, tensor] of tensors) this.#tensors.set(name, tensor);
    return null;
  }
}

/** Lets messages that wait be served first: pictures are not kept waiting by scores of all heads. */
function nextMessage(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

function thumbnail(trace: Trace, { block, layer, head, size, filter }: ThumbnailRequest): Thumbnail {
  const attention = attentionOf(trace, block);
  const slice = sliceOf(attention, filter);
  return thumbnailOf(attention, { layer, head, size, slice, quiet: quietKeys(attention) });
}

/** The page's end; the worker is started by the first question. */
export class AnalysisClient extends Rpc<Question> {
  #sent: Trace | null = null;
  #names = new Set<string>();
  override onLost = (): void => {
    this.#sent = null;
  };

  scores(trace: Trace, block: BlockName): Promise<readonly ScoreTable[]> {
    return this.#about(trace, { kind: "scores", block });
  }

  thumbnail(trace: Trace, what: Omit<ThumbnailRequest, "kind">): Promise<Thumbnail> {
    return this.#about(trace, { kind: "thumbnail", ...what });
  }

  /** Each tensor crosses once. Messages are served in their order, so the question need not wait for it. */
  async #about<T>(trace: Trace, question: Question): Promise<T> {
    const crossed = this.#cross(trace);
    const [answer] = await Promise.all([this.call<T>(question), crossed]);
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
