// What a model and an input offer to edits.

import { type EditShape, inReach, type StreamShape } from "../trace/index.ts";
import type { Attention, ModelDescription, Stack } from "./description.ts";
import { hasUnits, recipeOf } from "./manifest.ts";

/** How many tokens a stream has, and how many of them are the prompt. */
export type Lengths = Readonly<Record<string, { readonly tokens: number; readonly prompt: number }>>;

/** The shape that edits of a run with these lengths are held against. Streams without a length are left out. */
export function editShape({ stacks }: ModelDescription, lengths: Lengths, growing = false): EditShape {
  const ran = stacks.filter(({ stream }) => lengths[stream]);
  return {
    growing,
    streams: ran.map((stack) => streamShape(stack, lengths)),
    blocks: ran.flatMap((stack) => {
      const { stream, block, layers } = stack;
      const self = layers.map((layer) => layer.attention.body);
      const crossing = layers.flatMap((layer) => (layer.cross ? [layer.cross.body] : []));
      const sides = { queries: stream, keys: stream } as const;
      const cross = { name: "cross", queries: stream, keys: "encoder", ...blockParts(crossing) } as const;
      return [{ name: block, ...sides, ...blockParts(self) }, ...(crossing.length ? [cross] : [])];
    }),
  };
}

function streamShape({ stream, hidden, layers }: Stack, lengths: Lengths): StreamShape {
  return {
    name: stream,
    ...lengths[stream]!,
    hidden,
    layers: layers.map(({ mlp: { body }, parallel }) => ({
      units: hasUnits(body) ? body.down.in : 0,
      middle: !parallel,
    })),
  };
}

function blockParts(layers: readonly Attention[]) {
  const recipes = layers.map(recipeOf);
  return {
    layers: layers.map(({ heads, kvHeads, headSize }) => ({ heads, kvHeads, headSize })),
    visible: (layer: number, query: number, key: number) => inReach(recipes[layer]!, query, key),
  };
}
