// The worker's side of the protocol: one opened model, requests by id, cancelling, errors as data.
// What it needs of the world (runtime, sources, postMessage) is passed in, so that it can be tested without a worker.

import { type ChatTemplate, loadChatTemplate, type Source, TextStream } from "../checkpoint/index.ts";
import { breath } from "../engine/breath.ts";
import type { GenerateOptions, Model, RunInput, RunOptions, Runtime } from "../engine/index.ts";
import { type Answer, Answering, type Say } from "./answering.ts";
import { attributionTables } from "./attribution.ts";
import { Crossing, groupsOf, type Pace } from "./crossing.ts";
import { KeptRuns } from "./kept-runs.ts";
import { lookAt } from "./looks.ts";
import {
  type Editing,
  type GenerateRequest,
  type OpenedModel,
  type OpenRequest,
  PAGE_CAPTURES,
  type PageInput,
  type Question,
  type Reply,
  type Request,
  type RestRequest,
  type RunReply,
  type RunRequest,
  type Sampling,
  type SourceSpec,
  type Written,
} from "./protocol.ts";
import { type Bench, lensTables, matched, sweepTable, wordsOf } from "./tables.ts";

/** How finding a checkpoint can be stopped and followed, in bytes. */
export interface SourceOptions {
  readonly signal: AbortSignal;
  readonly onBytes: (done: number, total: number) => void;
}

/** What the host needs of the world. */
export interface HostOptions {
  readonly post: (reply: Reply) => void;
  readonly runtime: () => Promise<Runtime>;
  /** Finds a checkpoint; one that is downloaded first says how far it has come. */
  readonly sourceOf: (spec: SourceSpec, options: SourceOptions) => Source | Promise<Source>;
  readonly openModel: (
    source: Source,
    options: { readonly runtime: Runtime; readonly signal: AbortSignal },
  ) => Promise<Model>;
  readonly pace?: Pace;
  /** True where arrays stay here when they are posted: runs are kept, to be looked at where they are. */
  readonly keeps?: boolean;
}

/** Words are told, and Stop is heard, this often while a model writes. */
const BREATH_MS = 30;

/** Serves requests with one opened model. */
export class EngineHost {
  readonly #options: HostOptions;
  readonly #answering: Answering<Question>;
  #model: Model | null = null;
  #chat: ChatTemplate | null = null;
  readonly #kept = new KeptRuns();
  /** Whom the bytes that are read now are told: the request that opens the model; later reads are nobody's. */
  #onBytes: ((done: number, total: number) => void) | null = null;

  constructor(options: HostOptions) {
    this.#options = options;
    this.#answering = new Answering<Question>(options.post, (...asked) => this.#answer(...asked));
  }

  /** Serve one message; resolves when its answer has been posted. */
  serve(request: Request): Promise<void> {
    return this.#answering.serve(request);
  }

  async #answer(request: Question, signal: AbortSignal, progress: Say): Promise<Answer> {
    switch (request.kind) {
      case "open":
        return [await this.#open(request, signal, progress)];
      case "tokens":
        return [
          this.#opened()
            .tokens(this.#input(request.input))
            .map(({ tokens }) => tokens),
        ];
      case "generate":
        return [await this.#generate(request, signal, progress)];
      case "run":
        return this.#run(request, signal, progress);
      case "rest":
        return this.#rest(request, signal, progress);
      case "scores":
      case "thumbnails":
        return lookAt(this.#kept.get(request.run).trace, request, () => this.#pause(signal));
      case "outputs":
        return [
          null,
          [["outputs", await this.#opened().outputs(request.block, request.layer, signal)] as const],
        ];
      case "words":
        return [wordsOf(this.#opened(), request.ids)];
      case "sweep":
        return [await sweepTable(this.#bench(signal), request, throttled(progress))];
      case "lens":
        return [await lensTables(this.#bench(signal), request, throttled(progress))];
      case "attribution":
        return [await attributionTables(this.#bench(signal), request)];
    }
  }

  /** The open model as tables need it. */
  #bench(signal: AbortSignal): Bench {
    return { model: this.#opened(), read: (input) => this.#input(input), signal };
  }

  /** Edits as the engine reads them; the other run's tokens are matched with those of `input`. */
  #editing(input: RunInput, { edits, other }: Editing): Pick<RunOptions, "edits" | "other" | "align"> {
    const read = other && this.#input(other);
    return {
      ...(edits && { edits }),
      ...(read && { other: read, align: matched(this.#opened(), read, input) }),
    };
  }

  async #run(request: RunRequest, signal: AbortSignal, progress: Say): Promise<Answer> {
    const { points, more = [], precision, look } = request;
    const { keeps = false, pace } = this.#options;
    const crossing = new Crossing(this.#opened(), { precision, keeps, pace }, progress);
    const { sent, onPart, onProgress } = crossing;
    const captures = [...PAGE_CAPTURES, ...more];
    const input = this.#input(request.input);
    const options = { captures, signal, onProgress, onPart, points, ...this.#editing(input, request) };
    const { trace, seconds } = await this.#opened().run(input, options);
    const kept = keeps ? this.#kept.keep({ trace, sent }) : null;
    const { manifest, tensors } = crossing.end(trace, look);
    return [{ manifest, seconds, kept, partly: !sent.hasAll(trace) } satisfies RunReply, tensors];
  }

  async #rest({ run }: RestRequest, signal: AbortSignal, progress: Say): Promise<Answer> {
    const { trace, sent } = this.#kept.get(run);
    for (const group of groupsOf(trace, sent)) {
      progress({ what: "layers", done: 1, total: 1 }, sent.pack(group).tensors);
      await this.#pause(signal);
    }
    return [null];
  }

  /** Behind a step of what is done by itself: what is asked for comes first. */
  async #pause(signal: AbortSignal): Promise<void> {
    await breath();
    signal.throwIfAborted();
  }

  /** The input as the engine reads it: in chat, the text inside the model's template. */
  #input({ chat, ...input }: PageInput): RunInput {
    if (!chat || !this.#chat || input.text === undefined) return input;
    const text = this.#chat([{ role: "user", content: input.text }]);
    return { ...input, text, addSpecialTokens: false };
  }

  async #generate(request: GenerateRequest, signal: AbortSignal, progress: Say): Promise<Written> {
    const { input, sampling } = request;
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
    for await (const { token } of model.generate(read, {
      ...generateOptions(sampling),
      ...this.#editing(read, request),
    })) {
      ended = token.special;
      ids.push(token.id!);
      text += stream.add(token.id!);
      if (performance.now() - said > BREATH_MS) {
        say();
        await breath();
        said = performance.now();
      }
      if (signal.aborted) break;
    }
    say();
    return ended ? ids.slice(0, -1) : ids;
  }

  /** Opens in place of the model before; its bytes are told while it is read, and no longer. */
  async #open({ source: spec }: OpenRequest, signal: AbortSignal, progress: Say): Promise<OpenedModel> {
    const say = throttled(progress);
    const told = (done: number, total: number) => say({ what: "bytes", done, total });
    const found = await this.#options.sourceOf(spec, { signal, onBytes: told });
    const source = counting(found, (done, total) => this.#onBytes?.(done, total));
    this.#onBytes = told;
    try {
      return await this.#openSource(source, signal, (done, total) =>
        progress({ what: "parts", done, total }),
      );
    } finally {
      if (this.#onBytes === told) this.#onBytes = null;
    }
  }

  async #openSource(
    source: Source,
    signal: AbortSignal,
    onProgress: (done: number, total: number) => void,
  ): Promise<OpenedModel> {
    const runtime = await this.#options.runtime();
    const model = await this.#options.openModel(source, { runtime, signal });
    const before = this.#model;
    this.#model = model;
    this.#kept.clear();
    await before?.dispose();
    // Plain text works without a template, so one that cannot be read is no reason to fail.
    this.#chat = await loadChatTemplate(source, signal).catch(() => null);
    await model.prepare({ captures: PAGE_CAPTURES, writing: true, signal, onProgress });
    const { info, kind, pairs, maxTokens, captures, rotary } = model;
    return {
      rotary,
      info,
      kind,
      pairs,
      maxTokens,
      captures,
      threads: runtime.threads,
      runtime: runtime.name,
      device: runtime.device ?? null,
      instead: runtime.instead ?? null,
      pictures: model.pictures,
      notes: model.notes.map(({ text }) => text),
      readsText: model.tokenizer !== null && !model.tokenizer.problem,
      writes: kind !== "encoder" && captures.includes("last_logits"),
      says: model.says,
      chat: this.#chat !== null,
    };
  }

  #opened(): Model {
    if (!this.#model) throw new Error("No model is open.");
    return this.#model;
  }
}

/** Tells at most every `BREATH_MS`, and at the end. */
function throttled(progress: Say): Say {
  let said = 0;
  return (now, tensors) => {
    if (performance.now() - said < BREATH_MS && now.done < now.total) return;
    said = performance.now();
    progress(now, tensors);
  };
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
  /** Some sources tell what has arrived, once for each byte; of others what was read counts. */
  let tells = false;
  const add = (bytes: number) => {
    done = Math.min(total, done + bytes);
    onBytes(done, total);
  };
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
      const bytes = await source.read(path, start, end, signal, (arrived) => {
        tells = true;
        add(arrived);
      });
      if (!tells) add(bytes.length);
      return bytes;
    },
  };
}
