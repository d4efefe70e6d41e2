// What a recorded run offers to edits: its blocks, streams and sizes, without the model that made it.

import { layerSizes } from "../sizes.ts";
import type { Trace } from "../trace.ts";
import type { EditShape } from "./resolve.ts";

/** The shape that edits of a trace's run are held against; widths that were not recorded are not checked. */
export function shapeOfTrace(trace: Trace): EditShape {
  const { blocks, streams, generated, model } = trace.manifest;
  return {
    blocks: blocks.map((block) => {
      const { name, queries, keys, layers } = block;
      return {
        name,
        queries,
        keys,
        layers: Array.from({ length: layers }, (_, layer) => layerSizes(block, layer)),
        visible: (layer, query, key) => trace.visible(name, layer, query, key),
      };
    }),
    streams: streams.map(({ name, tokens }) => ({
      name,
      tokens: tokens.length,
      prompt: generated?.stream === name ? generated.start : tokens.length,
      hidden: model.hidden || null,
      layers: Array.from({ length: blocks.find((b) => b.queries === name)?.layers ?? 0 }, (_, layer) => ({
        units: trace.raw(`${name}.${layer}.mlp_post`)?.shape[1] ?? null,
        middle: true,
      })),
    })),
  };
}
