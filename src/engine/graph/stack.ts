// One graph: a range of layers of one stack, with what was asked for as outputs.

import type { ModelDescription } from "../description.ts";
import type { WeightBook } from "../weight-book.ts";
import { crossCache } from "./attention.ts";
import { type BuiltGraph, GraphBuilder, type ValueName } from "./builder.ts";
import { embedding } from "./embedding.ts";
import { head } from "./head.ts";
import { layerBlock } from "./layer.ts";
import { norm } from "./norm.ts";
import { type GraphSpec, Scope } from "./scope.ts";

/** Name of the output that the next part, or the decoder, reads: [n, hidden]. */
export const STREAM = "stream";

/** The graph of a spec; throws a CheckpointError where weights are missing or misshapen. */
export function buildGraph(description: ModelDescription, spec: GraphSpec, book: WeightBook): BuiltGraph {
  const g = new GraphBuilder(book);
  const stack = description.stacks.find((s) => s.stream === spec.stack)!;
  const scope = new Scope(g, spec, stack, description.stacks[0]!.hidden);
  if (spec.crossOnly) crossKeys(scope);
  else layers(scope, description);
  scope.finish();
  return g.build();
}

function crossKeys(scope: Scope): void {
  scope.stack.layers.forEach((layer, i) => {
    if (layer.cross) crossCache(scope, layer.cross.body, i);
  });
}

function layers(scope: Scope, description: ModelDescription): void {
  const { g, spec, stack } = scope;
  let x =
    spec.from === 0 && spec.to > 0
      ? embedding(g, stack.embedding)
      : g.input(STREAM, "float32", ["n", stack.hidden], { kind: "stream", name: scope.entry });
  for (let i = spec.from; i < spec.to; i++) x = layerBlock(scope, stack.layers[i]!, x, i);
  if (spec.to < stack.layers.length || spec.headless) g.output(STREAM, x);
  else finish(scope, description, x);
}

function finish(scope: Scope, description: ModelDescription, x: ValueName): void {
  const { g, stack, spec } = scope;
  const final = stack.finalNorm ? scope.tapFinalNorm(norm(g, x, stack.finalNorm)) : x;
  const last = stack === description.stacks.at(-1);
  if (last && spec.logits && description.head) g.output("logits", head(g, description.head, final));
  else if (!last || g.silent) g.output(STREAM, final);
}
