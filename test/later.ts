// Attention whose rows are not here at first, as those of a kernel that is asked for them.

import type { Attention, RowPlace } from "../src/trace/index.ts";

/** How the rows come. */
export interface LaterOptions {
  /** Milliseconds that a request takes. */
  readonly wait?: number;
  /** Before that a request waits for this. */
  readonly until?: Promise<void>;
  /** What `want` rejects with, in place of rows. */
  readonly problem?: string;
}

/** `of` with every row on its way. */
export function later(of: Attention, { wait = 0, until, problem }: LaterOptions = {}): Attention {
  const here = new Set<string>();
  const name = ({ layer, head, query }: RowPlace): string => `${layer}.${head}.${query}`;
  const has = (layer: number, head: number, query: number): boolean => here.has(name({ layer, head, query }));
  return {
    block: of.block,
    layers: of.layers,
    scale: of.scale,
    unit: of.unit,
    parts: of.parts,
    heads: (layer) => of.heads(layer),
    tokens: (side) => of.tokens(side),
    written: (side) => of.written(side),
    reach: (layer) => of.reach(layer),
    state: (layer, head) => (of.state(layer, head) === "here" ? "pending" : "absent"),
    stored: () => false,
    has,
    row: (layer, head, query, keep) =>
      has(layer, head, query) ? of.row(layer, head, query, keep) : undefined,
    scores: () => undefined,
    want: async (rows, signal) => {
      await until;
      await new Promise((done) => setTimeout(done, wait));
      signal?.throwIfAborted();
      if (problem !== undefined) throw new Error(problem);
      for (const row of rows) here.add(name(row));
    },
  };
}
