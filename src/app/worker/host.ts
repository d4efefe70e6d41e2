// The worker's side of the protocol: one opened model, requests by id, cancelling, errors as data.
// What it needs of the world (runtime, sources, postMessage) is passed in, so that it can be tested without a worker.

import { type ChatTemplate, loadChatTemplate, type Source, TextStream } from "../../checkpoint/index.ts";
import type { GenerateOptions, Model, RunInput, Runtime } from "../../engine/index.ts";
import type { Sampling } from "../state/place.ts";
import { checkMemory } from "./memory.ts";
import {
  errorData,
  type GenerateRequest,
  type OpenedModel,
  type OpenRequest,
  PAGE_CAPTURES,
  type PageInput,
  type Progress,
  packTrace,
  type Question,
  type Reply,
  type Request,
  type SourceSpec,
  type Written,
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

/** Words are told, and Stop is heard, this often while a model writes. */
const BREATH_MS = 30;

/** Serves requests with one opened model. */
export class EngineHost {
  readonly #options: HostOptions;
  readonly #running = new Map<number, AbortController>();
  #model: Model | null = null;
  #chat: ChatTemplate | null = null;
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
    const progress = (now: Progress) => this.#options.post({ id, kind: "progress", progress: now }, []);
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
    request: Question,
    signal: AbortSignal,
    progress: (now: Progress) => void,
  ): Promise<[Extract<Reply, { kind: "done" }>["answer"], ArrayBuffer[]]> {
    if (request.kind === "tokens") {
      const streams = this.#opened().tokens(this.#input(request.input));
      return [streams.map((stream) => stream.tokens), []];
    }
    this.#onBytes = (done, total) => progress({ what: "bytes", done, total });
    if (request.kind === "open") return [await this.#open(request, signal), []];
    if (request.kind === "generate") return [await this.#generate(request, signal, progress), []];
    const onProgress = (done: number, total: number) => progress({ what: "layers", done, total });
    const input = this.#input(request.input);
    const result = await this.#opened().run(input, { captures: PAGE_CAPTURES, signal, onProgress });
    const { packed, transfer } = packTrace(result.trace);
    return [{ trace: packed, seconds: result.seconds }, transfer];
  }

  /** The input as the engine reads it: in chat, the text inside the model's template. */
  #input({ chat, ...input }: PageInput): RunInput {
    if (!chat || !this.#chat || input.text === undefined) return input;
    const text = this.#chat([{ role: "user", content: input.text }]);
    return { ...input, text, addSpecialTokens: false };
  }

  async #generate(
    { input, sampling }: GenerateRequest,
    signal: AbortSignal,
    progress: (now: Progress) => void,
  ): Promise<Written> {
    const model = this.#opened();
    const read = this.#input(input);
    const prompt = model.tokens({ ...read, continuation: [] }).at(-1)!.tokens;
    const stream = new TextStream(
      model.tokenizer,
      prompt.map(({ id }) => id!),
    );
    stream.begin();
    const ids: number[] = [];
    let text = "";
    const say = () => progress({ what: "tokens", done: ids.length, total: sampling.tokens, text });
    let said = performance.now();
    let ended = false;
    for await (const { token } of model.generate(read, generateOptions(sampling))) {
      ended = token.special;
      ids.push(token.id!);
      text += stream.add(token.id!);
      if (performance.now() - said > BREATH_MS) {
        say();
        await new Promise((resume) => setTimeout(resume));
        said = performance.now();
      }
      if (signal.aborted) break;
    }
    say();
    return ended ? ids.slice(0, -1) : ids;
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
    // Plain text works without a template, so one that cannot be read is no reason to fail.
    this.#chat = await loadChatTemplate(source, signal).catch(() => null);
    await this.#prepare(model, signal);
    const { info, kind, pairs, maxTokens, captures } = model;
    return {
      info,
      kind,
      pairs,
      maxTokens,
      captures,
      threads: runtime.threads,
      readsText: model.tokenizer !== null,
      writes: kind !== "encoder" && captures.includes("last_logits"),
      chat: this.#chat !== null,
    };
  }

  #opened(): Model {
    if (!this.#model) throw new Error("No model is open.");
    return this.#model;
  }
}

function generateOptions({ tokens, temperature, topK, topP, seed }: Sampling): GenerateOptions {
  return {
    tokens,
    temperature,
    seed,
    ...(topK === null ? {} : { topK }),
    ...(topP === null ? {} : { topP }),
  };
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
