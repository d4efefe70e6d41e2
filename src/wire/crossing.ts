// What of a run has crossed to the page, and when more of it is due.

import { AT_ONCE, costOf } from "../analysis/index.ts";
import type { Model } from "../engine/index.ts";
import type { Tensor } from "../tensor/index.ts";
import { halved, type Trace, type TraceParts } from "../trace/index.ts";
import type { Say } from "./answering.ts";
import { type LayerPlace, type PackedTrace, type Precision, packTrace } from "./protocol.ts";

/** When the layers of a run are sent: what was recorded until then goes in one. */
export interface Pace {
  /** Milliseconds after the run began; a run that takes no longer is sent when it is whole. */
  readonly first: number;
  /** Milliseconds from one to the next. */
  readonly apart: number;
}

/**
 * Taking up what is sent costs the processors that the engine computes with: at 128 tokens on GPT-2 small's shape, on two
 * of them, all of it was there after 206 ms instead of 460.
 */
const PACE: Pace = { first: 300, apart: 100 };
/**
 * Where runs are kept the map of one that has ended is there sooner than that of one whose layers cross while it goes on: at
 * 512 tokens, where a run takes 0.9 s, after 1.4 s instead of 3.1.
 */
const KEPT_PACE: Pace = { first: 2000, apart: 100 };

/** True when the next layers are due, once for each time. */
function paced({ first, apart }: Pace): () => boolean {
  let due = performance.now() + first;
  return () => {
    const now = performance.now();
    if (now < due) return false;
    due = now + apart;
    return true;
  };
}

/** Names of what may cross in half precision: what is inside attention, and large. */
const INSIDE = /\.(q|k|v|scores|pattern)$/;

/** How the tensors of a run cross. */
export interface SentOptions {
  readonly precision?: Precision | undefined;
  readonly moves?: boolean;
}

/** Tensors of one run that have crossed; each crosses once. */
export class Sent {
  readonly names = new Set<string>();
  readonly #model: Pick<Model, "points">;
  readonly #precision: Precision;
  readonly #moves: boolean;

  /** `moves`: what crosses is gone here. */
  constructor(model: Pick<Model, "points">, { precision = "float32", moves = true }: SentOptions = {}) {
    this.#model = model;
    this.#precision = precision;
    this.#moves = moves;
  }

  /** True once every tensor of the trace has crossed. */
  hasAll(trace: Trace): boolean {
    return trace.names.every((name) => this.names.has(name));
  }

  pack({ manifest, tensors }: TraceParts): PackedTrace {
    const fresh = [...tensors].filter(([name]) => !this.names.has(name));
    for (const [name] of fresh) this.names.add(name);
    // A model with edit points keeps what it recorded for the next run, so that must not be moved away.
    const keeps = this.#moves && this.#model.points !== undefined;
    const own = fresh.map(([name, tensor]) => {
      const sent = this.#precision === "half" && INSIDE.test(name) ? halved(name, tensor) : tensor;
      return [name, keeps && sent === tensor ? copied(tensor) : sent] as const;
    });
    return packTrace({ manifest, tensors: new Map(own) });
  }
}

function copied(tensor: Tensor): Tensor {
  return { ...tensor, data: tensor.data.slice() };
}

/** Bytes that cross in one message of the rest of a run: others are heard and answered between. */
const GROUP = 4 * 2 ** 20;
/** What belongs to no layer crosses with the first, unless it is larger: logits of all positions are. */
const SMALL = 2 ** 20;

/** What of it has not crossed yet, in groups that are not large. */
export function* groupsOf(trace: Trace, sent: Sent): Generator<TraceParts> {
  let group = new Map<string, Tensor>();
  let bytes = 0;
  for (const name of trace.names) {
    if (sent.names.has(name)) continue;
    const tensor = trace.raw(name)!;
    group.set(name, tensor);
    bytes += tensor.data.byteLength;
    if (bytes < GROUP) continue;
    yield { manifest: trace.manifest, tensors: group };
    [group, bytes] = [new Map(), 0];
  }
  if (group.size > 0) yield { manifest: trace.manifest, tensors: group };
}

/** What of a run crosses first: the layer that is looked at, and what is small and of no layer. */
function firstOf(trace: Trace, { block, layer }: LayerPlace): TraceParts {
  const looked = `${block}.${layer}.`;
  return trace.parts((name) =>
    /\.\d+\./.test(name) ? name.startsWith(looked) : trace.raw(name)!.data.byteLength <= SMALL,
  );
}

/** True where pictures and scores of the heads are not made in a moment: such a run is looked at where it is. */
function isLarge(trace: Trace, { block }: LayerPlace): boolean {
  return trace.manifest.blocks.some(({ name }) => name === block) && costOf(trace, block) > AT_ONCE;
}

/** How a run crosses. */
export interface CrossingOptions {
  readonly precision: Precision | undefined;
  /** True where the run is kept here: then what is large of it may be asked for later. */
  readonly keeps: boolean;
  readonly pace: Pace | undefined;
}

/** One run on its way to the page: its layers while it goes on, where they are due, and the rest when it has ended. */
export class Crossing {
  readonly sent: Sent;
  readonly #keeps: boolean;
  readonly #progress: Say;
  readonly #isDue: () => boolean;
  /** How far a run has come is told before anything of it crosses. */
  readonly #isTold: () => boolean;
  #part: TraceParts | null = null;

  constructor(model: Pick<Model, "points">, { precision, keeps, pace }: CrossingOptions, progress: Say) {
    this.sent = new Sent(model, { precision, moves: !keeps });
    this.#keeps = keeps;
    this.#progress = progress;
    this.#isDue = paced(pace ?? (keeps ? KEPT_PACE : PACE));
    this.#isTold = paced(pace ?? PACE);
  }

  /** More of the run is recorded. */
  readonly onPart = ({ manifest, tensors }: TraceParts): void => {
    this.#part = { manifest, tensors: new Map([...(this.#part?.tensors ?? []), ...tensors]) };
  };

  /** So many layers are run. */
  readonly onProgress = (done: number, total: number): void => {
    if (this.#isDue()) this.#send(done, total);
    else if (this.#keeps && this.#isTold()) this.#progress({ what: "layers", done, total });
  };

  /** What crosses with the answer: all that is left, or of a large run that is kept what `look` needs first. */
  end(trace: Trace, look: LayerPlace | undefined): PackedTrace {
    // Where layers have crossed while it ran, the others follow them.
    const partly = this.#keeps && look && this.sent.names.size === 0 && isLarge(trace, look);
    return this.sent.pack(partly ? firstOf(trace, look) : trace.parts());
  }

  #send(done: number, total: number): void {
    const first = this.sent.names.size === 0;
    const packed = this.#part && this.sent.pack(this.#part);
    this.#part = null;
    const manifest = first && packed ? { manifest: packed.manifest } : {};
    this.#progress({ what: "layers", done, total, ...manifest }, packed?.tensors);
  }
}
