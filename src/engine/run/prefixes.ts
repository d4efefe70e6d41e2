// Unedited beginnings of runs that can be edited, kept so that a run starts at the part of its first edit: a sweep or
// a slider then costs about half. Kept are what a part recorded and the stream behind it, for the last few inputs.

import type { FloatTensor } from "../../tensor/index.ts";
import type { Prepared } from "../input.ts";

/** Tensors of a trace by name. */
export type Recorded = Map<string, FloatTensor>;

/** Inputs whose beginnings are kept, and bytes of all of them together. */
const MOST = 4;
const MOST_BYTES = 512 * 2 ** 20;

/** What one part gave. */
export interface KeptPart {
  readonly recorded: Recorded;
  readonly stream: FloatTensor | undefined;
}

interface Kept {
  /** Which graphs, and which inputs of this stack and those before it. */
  readonly graphs: string;
  readonly inputs: readonly Prepared[];
  readonly parts: Map<number, KeptPart>;
}

/** Beginnings of unedited runs, by graphs and inputs. */
export class Prefixes {
  #all: Kept[] = [];

  /** What is kept of a run; an empty map where nothing is. Changes to it are kept. */
  of(graphs: string, inputs: readonly Prepared[]): Map<number, KeptPart> {
    const found = this.#all.find((kept) => kept.graphs === graphs && sameInputs(kept.inputs, inputs));
    const kept = found ?? { graphs, inputs, parts: new Map() };
    this.#all = [kept, ...this.#all.filter((other) => other !== kept)].slice(0, MOST);
    while (this.#all.length > 1 && this.#bytes() > MOST_BYTES) this.#all.pop();
    if (this.#bytes() > MOST_BYTES) kept.parts.clear();
    return kept.parts;
  }

  #bytes(): number {
    const parts = this.#all.flatMap((kept) => [...kept.parts.values()]);
    const tensors = parts.flatMap(({ recorded, stream }) => [
      ...recorded.values(),
      ...(stream ? [stream] : []),
    ]);
    return tensors.reduce((sum, { data }) => sum + data.byteLength, 0);
  }
}

function sameInputs(a: readonly Prepared[], b: readonly Prepared[]): boolean {
  return a.length === b.length && a.every((input, i) => sameInput(input, b[i]!));
}

function sameInput(a: Prepared, b: Prepared): boolean {
  const equal = (x: ArrayLike<number>, y: ArrayLike<number>) => {
    if (x.length !== y.length) return false;
    for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return false;
    return true;
  };
  const sameTensor = (x?: FloatTensor, y?: FloatTensor) => x === y || equal(x?.data ?? [], y?.data ?? []);
  const seen = sameTensor(a.pixels, b.pixels) && sameTensor(a.features, b.features);
  return a.stream === b.stream && equal(a.ids, b.ids) && equal(a.typeIds, b.typeIds) && seen;
}
