// The worker's side of the protocol: one opened model, requests by id, cancelling, errors as data.
// What it needs of the world (runtime, sources, postMessage) is passed in, so that it can be tested without a worker.

import type { Source } from "../checkpoint/index.ts";
import type { Model, Runtime } from "../engine/index.ts";
import { checkMemory } from "./memory.ts";
import {
  errorData,
  type OpenedModel,
  type OpenRequest,
  PAGE_CAPTURES,
  type Progress,
  packTrace,
  type Reply,
  type Request,
  type RunRequest,
  type SourceSpec,
  type TokensRequest,
} from "./protocol.ts";

/** What the host needs of the world. */
export interface HostOptions {
  readonly post: (reply: Reply, transfer: ArrayBuffer[]) => void;
  readonly runtime: () => Promise<Runtime>;
  readonly sourceOf: (spec: SourceSpec) => Source;
  readonly openModel: (
    source: Source,
    options: { readonly runtime: Runtime; readonly signal: AbortSignal },
  ) => Promise<Model>;
}

/** Serves requests with one opened model. */
export class EngineHost {
  readonly #options: HostOptions;
  readonly #running = new Map<number, AbortController>();
  #model: Model | null = null;
  /** Gets bytes as the model's files are read, by whichever request is being served. */
  #onBytes: (done: number, total: number) => void = () => {};

  constructor(options: HostOptions) {
    this.#options = options;
  }

  /** Serve one message; resolves when its answer has been posted. */
  async serve(request: Request): Promise<void> {
    if (request.kind === "cancel") {
      this.#running.get(request.id)?.abort();
      return;
    }
    const { id } = request;
    const controller = new AbortController();
    this.#running.set(id, controller);
    const progress = (what: Progress["what"]) => (done: number, total: number) =>
      this.#options.post({ id, kind: "progress", progress: { what, done, total } }, []);
    try {
      const [answer, transfer] = await this.#answer(request, controller.signal, progress);
      this.#options.post({ id, kind: "done", answer }, transfer);
    } catch (error) {
      this.#options.post({ id, kind: "failed", error: errorData(error) }, []);
    } finally {
      this.#running.delete(id);
    }
  }

  async #answer(
    request: OpenRequest | RunRequest | TokensRequest,
    signal: AbortSignal,
    progress: (what: Progress["what"]) => (done: number, total: number) => void,
  ): Promise<[Extract<Reply, { kind: "done" }>["answer"], ArrayBuffer[]]> {
    if (request.kind === "tokens") {
      const streams = this.#opened().tokens(request.input);
      return [streams.map((stream) => stream.tokens), []];
    }
    this.#onBytes = progress("bytes");
    if (request.kind === "open") return [await this.#open(request, signal), []];
    const onProgress = progress("layers");
    const result = await this.#opened().run(request.input, { captures: PAGE_CAPTURES, signal, onProgress });
    const { packed, transfer } = packTrace(result.trace);
    return [{ trace: packed, seconds: result.seconds }, transfer];
  }

  /** One token through the model: reads the weights and builds the session, so that the time of a run is its own. */
  async #prepare(model: Model, signal: AbortSignal): Promise<void> {
    if (model.kind === "vision") return;
    const target = model.kind === "encoder-decoder" ? { targetIds: [0] } : {};
    await model.run({ ids: [0], ...target }, { captures: PAGE_CAPTURES, signal });
  }

  async #open({ source: spec }: OpenRequest, signal: AbortSignal): Promise<OpenedModel> {
    const source = counting(this.#options.sourceOf(spec), (done, total) => this.#onBytes(done, total));
    await checkMemory(source, signal);
    const runtime = await this.#options.runtime();
    const model = await this.#options.openModel(source, { runtime, signal });
    const before = this.#model;
    this.#model = model;
    await before?.dispose();
    await this.#prepare(model, signal);
    const { info, kind, pairs, maxTokens, captures } = model;
    const readsText = model.tokenizer !== null;
    return { info, kind, pairs, maxTokens, captures, threads: runtime.threads, readsText };
  }

  #opened(): Model {
    if (!this.#model) throw new Error("No model is open.");
    return this.#model;
  }
}

/** The same source, saying how many bytes were read of those it holds. */
export function counting(source: Source, onBytes: (done: number, total: number) => void): Source {
  let total = 0;
  let done = 0;
  return {
    name: source.name,
    folder: source.folder,
    async list(signal) {
      const files = await source.list(signal);
      total = files
        .filter(({ path }) => /\.(safetensors|json|txt)$/.test(path))
        .reduce((sum, f) => sum + f.size, 0);
      return files;
    },
    async read(path, start, end, signal) {
      const bytes = await source.read(path, start, end, signal);
      done = Math.min(total, done + bytes.length);
      onBytes(done, total);
      return bytes;
    },
  };
}
