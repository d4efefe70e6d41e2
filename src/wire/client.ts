// The page's end of the engine: what can be asked of it, as promises.

import { type Lens, readTable, type Table } from "../analysis/index.ts";
import type { FloatTensor, Tensor } from "../tensor/index.ts";
import { type BlockName, Coming, Trace } from "../trace/index.ts";
import type { Look } from "./look-questions.ts";
import type {
  Answers,
  AttributionRequest,
  GenerateRequest,
  LensRequest,
  NamedTensors,
  OpenRequest,
  Progress,
  Question,
  RunRequest,
  SweepRequest,
  TokensRequest,
} from "./protocol.ts";
import { type CallOptions, type Got, type OnProgress, Rpc } from "./rpc.ts";

/** A run as the page shows it. */
export interface RunResult {
  readonly trace: Trace;
  readonly seconds: number;
}

/** How a run can be followed: `onPart` is given the trace, to which tensors are added, each time that some have come. */
export interface RunCallOptions extends CallOptions {
  readonly onPart?: (trace: Trace, progress: Progress) => void;
  /**
   * Given the trace of a large run once all of it is computed and the layer that is looked at has come; the rest is asked
   * for when it resolves.
   */
  readonly onFirst?: (trace: Trace) => Promise<void>;
}

/** The engine as promises. */
export class EngineClient extends Rpc<Question> {
  /** Names of the runs that the engine keeps. */
  #kept = new WeakMap<Trace, string>();

  open(request: Omit<OpenRequest, "kind">, options?: CallOptions): Promise<Answers["open"]> {
    return this.call({ kind: "open", ...request }, options);
  }

  /** The trace of the result is the one that `onPart` and `onFirst` were given. */
  async run(request: Omit<RunRequest, "kind">, options: RunCallOptions = {}): Promise<RunResult> {
    const { onPart, onFirst, onProgress, ...rest } = options;
    const [tensors, coming] = [new Map<string, Tensor>(), new Coming()];
    let trace: Trace | undefined;
    const take = (came: NamedTensors) => {
      for (const [name, tensor] of came) tensors.set(name, tensor);
      coming.arrived();
    };
    const follow: OnProgress = (progress, came) => {
      take(came);
      if (progress.manifest) trace = new Trace(progress.manifest, tensors, coming);
      onProgress?.(progress, came);
      if (trace) onPart?.(trace, progress);
    };
    try {
      const question = { kind: "run", ...request } as const;
      const got = await this.exchange<Answers["run"]>(question, { ...rest, onProgress: follow });
      const { manifest, seconds, kept, partly } = got.answer;
      take(got.tensors);
      trace ??= new Trace(manifest, tensors, coming);
      if (kept !== null) this.#kept.set(trace, kept);
      if (kept !== null && partly) {
        await onFirst?.(trace);
        const onRest: OnProgress = (_, came) => take(came);
        await this.exchange<null>({ kind: "rest", run: kept }, { ...rest, onProgress: onRest });
      }
      coming.end();
      return { trace, seconds };
    } catch (error) {
      // Who shows the trace hears of it first, and shows another.
      setTimeout(() => coming.end(error));
      throw error;
    }
  }

  /** True where the engine keeps the run of this trace, so that it can be looked at there. */
  holds(trace: Trace): boolean {
    return this.#kept.has(trace);
  }

  /** Ask about the heads of a run that the engine keeps. */
  look<T>(trace: Trace, look: Look, options?: CallOptions): Promise<Got<T>> {
    return this.exchange<T>({ ...look, run: this.#kept.get(trace)! }, options);
  }

  /** What the engine kept is gone with it. */
  override stop(error?: Error): void {
    this.#kept = new WeakMap();
    super.stop(error);
  }

  generate(request: Omit<GenerateRequest, "kind">, options?: CallOptions): Promise<Answers["generate"]> {
    return this.call({ kind: "generate", ...request }, options);
  }

  /** The outputs of a layer's heads, [heads, size, size]. */
  async outputs(block: BlockName, layer: number, options?: CallOptions): Promise<FloatTensor> {
    const { tensors } = await this.exchange<null>({ kind: "outputs", block, layer }, options);
    return tensors[0]![1] as FloatTensor;
  }

  tokens(input: TokensRequest["input"], options?: CallOptions): Promise<Answers["tokens"]> {
    return this.call({ kind: "tokens", input }, options);
  }

  words(ids: readonly number[], options?: CallOptions): Promise<Answers["words"]> {
    return this.call({ kind: "words", ids }, options);
  }

  async sweep(request: Omit<SweepRequest, "kind">, options?: CallOptions): Promise<Table> {
    return readTable(await this.call<Answers["sweep"]>({ kind: "sweep", ...request }, options));
  }

  async lens(request: Omit<LensRequest, "kind">, options?: CallOptions): Promise<Lens> {
    const tables = await this.call<Answers["lens"]>({ kind: "lens", ...request }, options);
    return {
      probability: readTable(tables.probability),
      rank: readTable(tables.rank),
      logit: readTable(tables.logit),
    };
  }

  async attribution(
    request: Omit<AttributionRequest, "kind">,
    options?: CallOptions,
  ): Promise<{ readonly parts: Table; readonly sources: Table | null }> {
    const tables = await this.call<Answers["attribution"]>({ kind: "attribution", ...request }, options);
    return {
      parts: readTable(tables.parts),
      sources: tables.sources === null ? null : readTable(tables.sources),
    };
  }
}
