// What of a run has crossed to the page, and when more of it is due.

import type { Model } from "../engine/index.ts";
import type { Tensor } from "../tensor/index.ts";
import { halved, type TraceParts } from "../trace/index.ts";
import { type PackedTrace, type Precision, packTrace } from "./protocol.ts";

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

/** True when the next layers are due, once for each time. */
export function paced({ first, apart }: Pace = PACE): () => boolean {
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

/** Tensors of one run that have crossed; each crosses once. */
export class Sent {
  readonly names = new Set<string>();
  readonly #model: Pick<Model, "points">;
  readonly #precision: Precision;

  constructor(model: Pick<Model, "points">, precision: Precision = "float32") {
    this.#model = model;
    this.#precision = precision;
  }

  pack({ manifest, tensors }: TraceParts): PackedTrace {
    const fresh = [...tensors].filter(([name]) => !this.names.has(name));
    for (const [name] of fresh) this.names.add(name);
    // A model with edit points keeps what it recorded for the next run, so that must not be moved away.
    const keeps = this.#model.points !== undefined;
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
