// Sessions of one model by graph: built when first needed, reopened with prepacked weights once they run often, and closed
// when too many are open. Prepacked from the beginning are, where that fits, those that write, as a text is many short
// runs, and all of WebAssembly, which would have to read the weights again; and always those with edit points: products of
// a single row round otherwise with packed weights, and before and after an edit must differ by the edit alone.

import type { Source } from "../checkpoint/index.ts";
import type { FloatTensor } from "../tensor/index.ts";
import type { BlockName, Capture, Readout } from "../trace/index.ts";
import type { ModelDescription } from "./description.ts";
import { DisposedError } from "./errors.ts";
import { SharedExternals } from "./externals.ts";
import type { BuiltGraph } from "./graph/builder.ts";
import type { Graph } from "./graph/onnx.ts";
import { covers, type GraphSpec, pointsKey, specKey, union } from "./graph/scope.ts";
import { buildGraph } from "./graph/stack.ts";
import { readHeadOutputs } from "./head-outputs.ts";
import { weightBytes } from "./memory.ts";
import type { Points } from "./points.ts";
import { readReadout } from "./readout.ts";
import { KeptText } from "./run/kept-text.ts";
import { Prefixes } from "./run/prefixes.ts";
import type { Runtime, Session, SessionOptions } from "./runtime/runtime.ts";
import type { WeightBook } from "./weight-book.ts";

/** Sessions kept open; one more closes the one that was used longest ago. */
const MOST_OPEN = 40;
/** Bytes of weights in memory (not mapped) that may be held, or twice the model's own where that is more. */
const MOST_BYTES = 2e9;
/** Share of the memory that weights may take before none are held twice. */
const SHARE = 0.6;
/** The short run from which a graph counts as often used. */
const OFTEN = 2;
/**
 * Tokens of a short run. Packed weights save the same 20 ms at any length (GPT-2 small's shape: 37 against 56 ms of
 * processor time at 16 tokens, 130 against 152 at 128, 521 against 534 at 512) and cost as much memory as the weights.
 */
const SHORT = 256;

/** A graph with the session that runs it. */
export interface Ready {
  readonly built: BuiltGraph;
  readonly session: Session;
}

interface Entry {
  readonly spec: GraphSpec;
  readonly built: BuiltGraph;
  session: Promise<Session>;
  /** Given up: no longer in the list, its session closes after the runs in it. */
  closed: boolean;
  shortRuns: number;
  /** Runs that have begun and not ended; a session is closed only after them. */
  readonly active: Set<Promise<unknown>>;
}

export class Sessions {
  readonly #runtime: Runtime;
  readonly #source: Source;
  readonly #description: ModelDescription;
  readonly #book: WeightBook;
  readonly #onProgress: SessionOptions["onProgress"];
  readonly #entries = new Map<string, Entry>();
  readonly #closing = new Set<Promise<unknown>>();
  /** Unedited beginnings of runs that can be edited. */
  readonly prefixes = new Prefixes();
  /** What was run or written last, for generate(). */
  readonly kept = new KeptText();
  /** What the graphs record that runs and generate() share; undefined where each has its own. */
  shared: ReadonlySet<Capture> | undefined;
  #points: Points | undefined;
  #weights = 0;
  #disposed = false;

  constructor(
    runtime: Runtime,
    source: Source,
    description: ModelDescription,
    book: WeightBook,
    onProgress?: SessionOptions["onProgress"],
  ) {
    this.#onProgress = onProgress;
    this.#runtime = runtime;
    this.#source = source;
    this.#description = description;
    this.#book = book;
  }

  /** A graph without a session, counted among the model's weights; throws where weights are missing. */
  check(spec: GraphSpec): Graph {
    const { graph } = this.#graph(spec);
    this.#weights += weightBytes(graph, this.#runtime);
    return graph;
  }

  /** See readout.ts. */
  readout(targets: readonly number[], signal?: AbortSignal): Promise<Readout> {
    return readReadout(this.#description, this.#book, this.#source, targets, signal);
  }

  /** See head-outputs.ts. */
  outputs(block: BlockName, layer: number, signal?: AbortSignal): Promise<FloatTensor> {
    return readHeadOutputs(this.#description, this.#book, this.#source, { block, layer }, signal);
  }

  #graph(spec: GraphSpec): BuiltGraph {
    return buildGraph(this.#description, { ...spec, fused: this.#fuses }, this.#book);
  }

  get #fuses(): boolean {
    return this.#runtime.name !== "web";
  }

  /**
   * Bytes that runs and weights share, where the runtime knows it, bytes of the weights that were checked, and whether
   * attention may be one operator, which holds no scores.
   */
  get room(): { readonly memory: number | undefined; readonly weights: number; readonly fused: boolean } {
    return { memory: this.#runtime.memory, weights: this.#weights, fused: this.#fuses };
  }

  /** Edit points of the graphs that are open; runs keep to them, so that switching edits on and off opens nothing. */
  get points(): Points | undefined {
    return this.#points;
  }

  /**
   * Open the sessions of these specs, so that the first run need not wait; it counts as no run. What several of them read
   * is read once: they come first, as it is held that long.
   */
  async prepare(
    specs: readonly GraphSpec[],
    { signal, onProgress }: Pick<SessionOptions, "signal" | "onProgress">,
  ): Promise<void> {
    const built = specs.map((spec) => ({
      spec,
      graph: this.#graph(spec).graph,
    }));
    const shared = new SharedExternals(built.map(({ graph }) => graph));
    const [early, late] = [true, false].map((first) =>
      built.filter(({ graph }) => shared.concerns(graph) === first),
    );
    for (const [i, { spec }] of [...early!, ...late!].entries()) {
      if (this.#disposed) throw disposed();
      await this.#entry(spec, { signal, shared }).session;
      onProgress?.(i + 1, specs.length);
    }
  }

  /** Run `work` over `tokens` tokens with the session of a spec; a DisposedError after dispose(). */
  async use<T>(
    spec: GraphSpec,
    { tokens, ...options }: Pick<SessionOptions, "signal"> & { readonly tokens: number },
    work: (ready: Ready) => Promise<T>,
  ): Promise<T> {
    if (this.#disposed) throw disposed();
    const entry = this.#entry(spec, options);
    const run = entry.session.then((session) => work({ built: entry.built, session }));
    entry.active.add(run);
    try {
      return await run;
    } finally {
      entry.active.delete(run);
      const counts = tokens <= SHORT && !entry.closed && !spec.points;
      if (counts && ++entry.shortRuns === OFTEN) this.#reopen(entry);
    }
  }

  #entry(asked: GraphSpec, options: Pick<SessionOptions, "signal" | "shared">): Entry {
    const key = asked.points ? pointsKey(asked) : specKey(asked);
    const known = this.#entries.get(key);
    const fits = known && (!asked.points || covers(known.spec, asked));
    const entry = fits ? known : this.#open(key, known ? union(known.spec, asked) : asked, options);
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    this.#closeOldest();
    return entry;
  }

  #open(key: string, spec: GraphSpec, options: Pick<SessionOptions, "signal" | "shared">): Entry {
    const built = this.#graph(spec);
    const replaced = spec.points ? this.#replacedBy(key, spec) : [];
    if (spec.points) this.#points = spec.points === "cells" ? "cells" : (this.#points ?? "vectors");
    const early = spec.cache || this.#runtime.name !== "node";
    const prepack = spec.points !== undefined || (early && this.#fits(built.graph, 2));
    const session = Promise.all(replaced)
      .then(() => this.#makeRoom(built.graph))
      .then(() =>
        this.#runtime.session(built.graph, this.#source, {
          ...options,
          prepack,
          onProgress: this.#onProgress,
        }),
      );
    const shortRuns = prepack ? OFTEN : 0;
    const entry = { spec, built, session, closed: false, shortRuns, active: new Set<Promise<unknown>>() };
    session.catch(() => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
    });
    return entry;
  }

  /** A session with edit points takes the place of those without: the heap cannot hold the weights twice. */
  #replacedBy(key: string, { stack, cache }: GraphSpec): Promise<unknown>[] {
    const plain = (spec: GraphSpec) =>
      !spec.points && spec.stack === stack && (spec.cache === cache || this.shared) && !spec.crossOnly;
    const replaced = [...this.#entries].filter(([other, { spec }]) => other === key || plain(spec));
    return replaced.map(([other, entry]) => this.#give(other, entry));
  }

  /** Close sessions until the weights of one more fit beside those that are open. */
  async #makeRoom(graph: Graph): Promise<void> {
    const closing: Promise<unknown>[] = [];
    while (this.#entries.size > 0 && !this.#fits(graph)) closing.push(this.#closeFirst());
    await Promise.all(closing);
  }

  #fits(graph: Graph, times = 1): boolean {
    const { memory } = this.#runtime;
    return memory === undefined || this.#held() + times * weightBytes(graph, this.#runtime) <= SHARE * memory;
  }

  /** Bytes of weights that open sessions hold. */
  #held(): number {
    const graphs = [...this.#entries.values()].map(({ built }) => built.graph);
    return graphs.reduce((sum, graph) => sum + weightBytes(graph, this.#runtime), 0);
  }

  /** Reopen with prepacked weights in the background; runs go on with the plain session until it stands. */
  #reopen(entry: Entry): void {
    if (this.#runtime.name !== "node" || !this.#fits(entry.built.graph)) return;
    const packed = this.#runtime.session(entry.built.graph, this.#source, { prepack: true });
    const swap = packed.then(
      (session) => {
        const unused = entry.closed ? packed : entry.session;
        if (!entry.closed) entry.session = Promise.resolve(session);
        return close(unused, entry.closed ? [] : [...entry.active]);
      },
      () => undefined,
    );
    this.#track(swap);
  }

  #closeOldest(): void {
    const { size } = this.#entries;
    const most = Math.max(MOST_BYTES, 2 * this.#weights);
    if (size <= MOST_OPEN && (size <= 2 || this.#held() <= most)) return;
    this.#closeFirst();
  }

  /** Close the session that was used longest ago; what runs in it runs to its end. */
  #closeFirst(): Promise<unknown> {
    const [key, entry] = [...this.#entries][0]!;
    return this.#give(key, entry);
  }

  #give(key: string, entry: Entry): Promise<unknown> {
    this.#entries.delete(key);
    entry.closed = true;
    return this.#track(close(entry.session, [...entry.active]));
  }

  #track(work: Promise<unknown>): Promise<unknown> {
    this.#closing.add(work);
    return work.finally(() => this.#closing.delete(work));
  }

  /** Runs that have begun run to their end; then every session is closed. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    while (this.#entries.size > 0) this.#closeFirst();
    await Promise.all(this.#closing);
  }
}

/** What is said to those who ask a model that is gone. */
export function disposed(): DisposedError {
  return new DisposedError("This model was disposed of. Open it again to run it.");
}

async function close(session: Promise<Session>, running: readonly Promise<unknown>[]): Promise<void> {
  await Promise.allSettled(running);
  await session.then((s) => s.dispose()).catch(() => undefined);
}
