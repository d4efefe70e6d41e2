// What a trace says about the model that made it: sizes, and each layer's recipe from q and k to attention.

import {
  type Alibi,
  type Block,
  CAPTURES,
  type Capture,
  type Manifest,
  type ModelInfo,
  type Recipe,
  type Rotary,
} from "../trace/index.ts";
import type {
  Attention,
  GatedMlp,
  Mlp,
  ModelDescription,
  PlainMlp,
  ScoreBias,
  Stack,
} from "./description.ts";
import type { Prepared } from "./input.ts";

/** Facts for headings. */
export function modelInfo(name: string, description: ModelDescription): ModelInfo {
  const stack = description.stacks.at(-1)!;
  const { heads, kvHeads, headSize } = stack.layers[0]!.attention.body;
  const { family, vocab } = description;
  return { name, family, layers: stack.layers.length, heads, kvHeads, headSize, hidden: stack.hidden, vocab };
}

/** The manifest of a run without edits, whose last `written` tokens a model wrote. */
export function manifestOf(
  info: ModelInfo,
  description: ModelDescription,
  prepared: readonly Prepared[],
  written: number | undefined,
): Manifest {
  const ran = description.stacks.filter((stack) => prepared.some((p) => p.stream === stack.stream));
  const last = prepared.at(-1)!;
  return {
    model: info,
    streams: prepared.map(({ stream, tokens, unit, grid }) => ({
      name: stream,
      tokens,
      ...(unit && { unit }),
      ...(grid && { grid }),
    })),
    blocks: ran.flatMap((stack) => blocksOf(stack)),
    edits: [],
    receipts: [],
    generated: written !== undefined ? { stream: last.stream, start: last.tokens.length - written } : null,
    stored: {},
  };
}

function blocksOf(stack: Stack): Block[] {
  const { stream, layers, block } = stack;
  const self = blockOf(
    block,
    stream,
    stream,
    layers.map((layer) => layer.attention.body),
  );
  const crossing = layers.flatMap((layer) => (layer.cross ? [layer.cross.body] : []));
  return crossing.length ? [self, blockOf("cross", stream, "encoder", crossing)] : [self];
}

function blockOf(
  name: Block["name"],
  queries: Block["queries"],
  keys: Block["keys"],
  all: readonly Attention[],
): Block {
  const { heads, kvHeads, headSize } = all[0]!;
  const recipes = all.map(recipeOf);
  const same = recipes.every((recipe) => JSON.stringify(recipe) === JSON.stringify(recipes[0]));
  return {
    name,
    queries,
    keys,
    layers: all.length,
    heads,
    kvHeads,
    headSize,
    recipe: same ? recipes[0]! : recipes,
    ...rotaryOf(all),
  };
}

/** Which components of q and k rotate together in the last stack; null where none do. */
export function pairsOf({ stacks }: ModelDescription): Rotary | null {
  return rotaryOf(stacks.at(-1)!.layers.map((layer) => layer.attention.body)).rotary ?? null;
}

/** The pairs that rotate: models that rotate at all rotate the same pairs in every layer that does. */
function rotaryOf(all: readonly Attention[]): Pick<Block, "rotary"> {
  const first = all.find((attention) => attention.rotary)?.rotary;
  if (!first) return {};
  return { rotary: { dims: first.size, style: first.interleaved ? "interleaved" : "half" } };
}

/** From q and k to attention, as a trace says it. */
export function recipeOf({ scale, causal, window, softcap, bias, sinks }: Attention): Recipe {
  return {
    scale,
    causal,
    window: window ?? null,
    softcap: softcap ?? null,
    bias: biasOf(bias),
    sinks: Boolean(sinks),
  };
}

function biasOf(bias: Attention["bias"]): Recipe["bias"] {
  if (!bias) return null;
  if (bias.kind === "alibi") return alibiOf(bias);
  if (bias.kind === "disentangled") return { tensor: "position terms" };
  const { buckets, maxDistance, bidirectional } = bias;
  return { t5: { buckets, maxDistance, bidirectional } };
}

/** ALiBi as a trace spells it. */
export function alibiOf({ kind: _, slopes, ...rest }: ScoreBias & { kind: "alibi" }): Alibi {
  return { alibi: slopes, ...rest };
}

/** Whether the mlp has one list of units for all tokens; experts have many. */
export function hasUnits(mlp: Mlp): mlp is PlainMlp | GatedMlp {
  return mlp.kind === "plain" || mlp.kind === "gated";
}

/** What a family can record, in the model's own order. */
export function capturesOf({ stacks, head }: ModelDescription): Capture[] {
  const layers = stacks.flatMap((stack) => stack.layers);
  const has: Partial<Record<Capture, boolean>> = {
    resid_mid: layers.some((layer) => !layer.parallel),
    mlp_post: layers.some((layer) => hasUnits(layer.mlp.body)),
    final_norm: stacks.some((stack) => stack.finalNorm),
    logits: head !== null,
    last_logits: head?.words === true,
  };
  return CAPTURES.filter((capture) => has[capture] ?? true);
}
