// Head scores and thumbnails of long runs, computed apart from the page: both ends of a small protocol.
// The worker gets a copy of what attention is made from, once for each run.

import type { ScoreTable } from "../../analysis/index.ts";
import type { BlockName, Trace } from "../../trace/index.ts";
import type { Thumbnail } from "../../views/map/queue.ts";
import { thumbnailOf } from "../../views/map/thumbnail.ts";
import { quietKeys, sliceOf } from "../../views/read/slice.ts";
import type { CellFilter } from "../../views/view.ts";
import { scoresOf } from "../state/scores.ts";
import { type PackedTrace, unpackTrace } from "./protocol.ts";

/** What can be asked about the trace that was sent last. */
type Question =
  | { readonly kind: "scores"; readonly block: BlockName }
  | {
      readonly kind: "thumbnail";
      readonly block: BlockName;
      readonly layer: number;
      readonly head: number;
      readonly size: number;
      readonly filter: CellFilter;
    };

type Message = { readonly kind: "trace"; readonly trace: PackedTrace } | ({ readonly id: number } & Question);

interface Answer {
  readonly id: number;
  readonly value: readonly ScoreTable[] | Thumbnail;
}

/** The worker's end. */
export class AnalysisHost {
  readonly #post: (answer: Answer) => void;
  #trace: Trace | null = null;

  constructor(post: (answer: Answer) => void) {
    this.#post = post;
  }

  serve(message: Message): void {
    if (message.kind === "trace") this.#trace = unpackTrace(message.trace);
    else if (this.#trace) this.#post({ id: message.id, value: answer(this.#trace, message) });
  }
}

function answer(trace: Trace, question: Question): Answer["value"] {
  const { block } = question;
  if (question.kind === "scores") return scoresOf(trace, block);
  const { layer, head, size, filter } = question;
  const slice = sliceOf(trace, block, filter);
  return thumbnailOf(trace, { block, layer, head, size, slice, quiet: quietKeys(trace, block) });
}

/** The part of Worker that is used. */
export interface AnalysisWorker {
  postMessage(message: unknown): void;
  onmessage: ((event: MessageEvent<Answer>) => void) | null;
}

/** The page's end; the worker is started by the first question. */
export class AnalysisClient {
  readonly #start: () => AnalysisWorker;
  readonly #waiting = new Map<number, (value: never) => void>();
  #worker: AnalysisWorker | null = null;
  #sent: Trace | null = null;
  #next = 1;

  constructor(start: () => AnalysisWorker) {
    this.#start = start;
  }

  scores(trace: Trace, block: BlockName): Promise<readonly ScoreTable[]> {
    return this.#ask(trace, { kind: "scores", block });
  }

  thumbnail(trace: Trace, what: Omit<Extract<Question, { kind: "thumbnail" }>, "kind">): Promise<Thumbnail> {
    return this.#ask(trace, { kind: "thumbnail", ...what });
  }

  #ask<T>(trace: Trace, question: Question): Promise<T> {
    this.#worker ??= this.#listen(this.#start());
    if (this.#sent !== trace)
      this.#worker.postMessage({ kind: "trace", trace: attentionOf(trace) } satisfies Message);
    this.#sent = trace;
    const id = this.#next++;
    const answered = new Promise<T>((resolve) => this.#waiting.set(id, resolve as (value: never) => void));
    this.#worker.postMessage({ id, ...question } satisfies Message);
    return answered;
  }

  #listen(worker: AnalysisWorker): AnalysisWorker {
    worker.onmessage = ({ data: { id, value } }) => {
      this.#waiting.get(id)?.(value as never);
      this.#waiting.delete(id);
    };
    return worker;
  }
}

/** The parts of a trace that attention is made from. */
function attentionOf(trace: Trace): PackedTrace {
  const names = trace.names.filter((name) => /\.(q|k|pattern|bias|sinks|mask|bias_table)$/.test(name));
  return { manifest: trace.manifest, tensors: names.map((name) => [name, trace.raw(name)!] as const) };
}
