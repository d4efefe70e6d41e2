// Asks for scores and thumbnails of long runs where the numbers are: the engine, where it keeps the run, else the page's
// own worker.

import type { ScoreTable, Thumbnail } from "../../analysis/index.ts";
import type { BlockName, Trace } from "../../trace/index.ts";
import type { Alike, HeadPlace, Look } from "../../wire/look-questions.ts";
import { scoresFrom, thumbnailsFrom } from "../../wire/looks.ts";
import type { CallOptions, Got } from "../../wire/rpc.ts";

/** Thumbnails in one message: few, so that the next ones are made while the page takes up these. */
const MOST = 12;

/** Who answers questions about a trace. */
interface Looker {
  look<T>(trace: Trace, look: Look, options?: CallOptions): Promise<Got<T>>;
}

/** An engine that may keep the run of a trace. */
export interface Keeper extends Looker {
  holds(trace: Trace): boolean;
}

/** Thumbnails that are asked for in one go cross together: each message holds up the page. */
interface Batch extends Alike {
  readonly trace: Trace;
  readonly looker: Looker;
  readonly places: HeadPlace[];
  readonly answer: Promise<readonly Thumbnail[]>;
}

/** Scores of one run that are being computed. */
interface Scoring {
  readonly trace: Trace;
  readonly controller: AbortController;
  readonly blocks: Map<BlockName, Promise<readonly ScoreTable[]>>;
}

/** Scores and thumbnails as promises. */
export class Looking {
  readonly #engine: () => Keeper;
  readonly #worker: Looker;
  #batch: Batch | null = null;
  #scoring: Scoring | null = null;
  /** Questions that the engine has not answered yet. */
  #asked = 0;

  /** `engine`: the one that is used now. */
  constructor(engine: () => Keeper, worker: Looker) {
    this.#engine = engine;
    this.#worker = worker;
  }

  /** Scores of a block; those of another run that are still computed are given up. */
  scores(trace: Trace, block: BlockName): Promise<readonly ScoreTable[]> {
    const scoring = this.#scoringOf(trace);
    const known = scoring.blocks.get(block);
    if (known) return known;
    const { signal } = scoring.controller;
    const ask = async (looker: Looker) =>
      scoresFrom(await looker.look(trace, { kind: "scores", block }, { signal }));
    const asked = this.#first(trace, ask, async () => signal.throwIfAborted());
    scoring.blocks.set(block, asked);
    const forget = () => scoring.blocks.delete(block);
    asked.then(forget, forget);
    return asked;
  }

  #scoringOf(trace: Trace): Scoring {
    if (this.#scoring?.trace === trace) return this.#scoring;
    this.#scoring?.controller.abort();
    this.#scoring = { trace, controller: new AbortController(), blocks: new Map() };
    return this.#scoring;
  }

  /** The thumbnail of a head; the page's own worker is asked once the head is `here`. */
  thumbnail(
    trace: Trace,
    { layer, head, ...alike }: HeadPlace & Alike,
    here: () => Promise<void> = async () => {},
  ): Promise<Thumbnail> {
    const ask = async (looker: Looker) => {
      const { places, answer } = this.#batchOf(trace, looker, alike);
      const at = places.push({ layer, head }) - 1;
      return (await answer)[at]!;
    };
    return this.#first(trace, ask, here);
  }

  /**
   * Resolves once the engine has answered what it was asked, and who asked has asked for no more. What waits for layers to
   * come is not waited for.
   */
  async quiet(): Promise<void> {
    do await new Promise((resume) => setTimeout(resume));
    while (this.#asked > 0);
  }

  /** What the engine says, where it keeps the run; where it cannot, what the page's worker says. */
  async #first<T>(
    trace: Trace,
    ask: (looker: Looker) => Promise<T>,
    before: () => Promise<void>,
  ): Promise<T> {
    const engine = this.#engine();
    if (engine.holds(trace)) {
      this.#asked++;
      try {
        return await ask(engine);
      } catch {
        // It was stopped, or keeps this run no longer.
      } finally {
        this.#asked--;
      }
    }
    await before();
    return ask(this.#worker);
  }

  /** The batch that is still gathered, where it is about the same; it leaves when what asks now has asked. */
  #batchOf(trace: Trace, looker: Looker, alike: Alike): Batch {
    const open = this.#batch;
    if (open?.trace === trace && open.looker === looker && open.places.length < MOST && sameAs(open, alike))
      return open;
    const places: HeadPlace[] = [];
    const answer = Promise.resolve().then(async () => {
      if (this.#batch === batch) this.#batch = null;
      return thumbnailsFrom(await looker.look(trace, { kind: "thumbnails", ...alike, places }));
    });
    const batch: Batch = { trace, looker, ...alike, places, answer };
    this.#batch = batch;
    return batch;
  }
}

function sameAs(a: Alike, b: Alike): boolean {
  return a.block === b.block && a.size === b.size && a.filter === b.filter;
}
