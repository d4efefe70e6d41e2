// Head scores and thumbnails of long runs, computed apart from the page: both ends.
// The worker gets a copy of what attention is made from, once for each run.

import type { ScoreTable, Thumbnail } from "../../analysis/index.ts";
import { quietKeys, sliceOf, thumbnailOf } from "../../analysis/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { attentionOf, type BlockName, Trace, TraceError } from "../../trace/index.ts";
import type { CellFilter } from "../../views/view.ts";
import { Answering } from "../../wire/answering.ts";
import type { NamedTensors, PackedTrace, Reply, Request } from "../../wire/protocol.ts";
import { Rpc } from "../../wire/rpc.ts";
import { scoresInPauses } from "../state/scores.ts";

/** Thumbnails in one message: few, so that the worker has the next one while the page takes up this one. */
const MOST = 8;

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
/** A head to shrink. */
interface Place {
  readonly layer: number;
  readonly head: number;
}
/** What thumbnails that are asked for together have in common. */
interface Alike {
  readonly block: BlockName;
  readonly size: number;
  readonly filter: CellFilter;
}
interface ThumbnailsRequest extends Alike {
  readonly kind: "thumbnails";
  readonly places: readonly Place[];
}

/** What can be asked about the trace that was sent last. */
type Question = TraceRequest | MoreRequest | ScoresRequest | ThumbnailsRequest;

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

  #answer(question: Question): Promise<readonly ScoreTable[]> | readonly Thumbnail[] | null {
    if (question.kind === "trace") return this.#take(question.trace);
    if (!this.#trace) throw new TraceError("No run was sent to be looked at.");
    if (question.kind === "more") return this.#add(question.tensors);
    if (question.kind === "scores") return scoresInPauses(this.#trace, question.block, nextMessage);
    return thumbnails(this.#trace, question);
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

function thumbnails(trace: Trace, { block, places, size, filter }: ThumbnailsRequest): readonly Thumbnail[] {
  const attention = attentionOf(trace, block);
  const [slice, quiet] = [sliceOf(attention, filter), quietKeys(attention)];
  return places.map((place) => thumbnailOf(attention, { ...place, size, slice, quiet }));
}

/** Thumbnails that are asked for in one go cross together: each message holds up the page. */
interface Batch extends Alike {
  readonly trace: Trace;
  readonly places: Place[];
  readonly answer: Promise<readonly Thumbnail[]>;
}

/** The page's end; the worker is started by the first question. */
export class AnalysisClient extends Rpc<Question> {
  #sent: Trace | null = null;
  #names = new Set<string>();
  #batch: Batch | null = null;
  override onLost = (): void => {
    this.#sent = null;
  };

  scores(trace: Trace, block: BlockName): Promise<readonly ScoreTable[]> {
    return this.#about(trace, { kind: "scores", block });
  }

  async thumbnail(trace: Trace, { layer, head, ...alike }: Place & Alike): Promise<Thumbnail> {
    const { places, answer } = this.#batchOf(trace, alike);
    const at = places.push({ layer, head }) - 1;
    return (await answer)[at]!;
  }

  /** The batch that is still gathered, where it is about the same; it leaves when what asks now has asked. */
  #batchOf(trace: Trace, alike: Alike): Batch {
    const open = this.#batch;
    if (open?.trace === trace && open.places.length < MOST && sameAs(open, alike)) return open;
    const places: Place[] = [];
    const answer = Promise.resolve().then(() => {
      if (this.#batch === batch) this.#batch = null;
      return this.#about<readonly Thumbnail[]>(trace, { kind: "thumbnails", ...alike, places });
    });
    const batch: Batch = { trace, ...alike, places, answer };
    this.#batch = batch;
    return batch;
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

function sameAs(a: Alike, b: Alike): boolean {
  return a.block === b.block && a.size === b.size && a.filter === b.filter;
}

/** Names of the tensors that attention is made from. */
function neededOf(trace: Trace): readonly string[] {
  return trace.names.filter((name) => /\.(q|k|pattern|bias|sinks|mask|bias_table)$/.test(name));
}
