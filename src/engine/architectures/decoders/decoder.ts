// What every decoder-only family shares: sizes under its own key names, one stack of layers, the usual heads.
// A family says what is its own: its layer, its names, its defaults.

import type { ConfigReader } from "../../config-reader.ts";
import type {
  HeadStep,
  Layer,
  ModelDescription,
  Norm,
  Positions,
  TokenEmbedding,
} from "../../description.ts";
import type { WeightBook } from "../../weight-book.ts";
import { decoderHead, endIds, outputMatrix } from "../family.ts";
import type { HeadSizes, MlpSizes } from "../parts.ts";

/** Sizes of a decoder. */
export interface DecoderSizes extends HeadSizes, MlpSizes {
  readonly layers: number;
  readonly positions: number;
  readonly vocab: number;
  readonly eps: number;
}

/** Values that Transformers' config class has where config.json leaves a key out. */
export interface DecoderDefaults {
  readonly hidden: number;
  readonly heads: number;
  /** Left out: as many as heads. */
  readonly kvHeads?: number;
  /** Left out: hidden / heads. */
  readonly headSize?: number;
  readonly layers: number;
  /** Left out: 4 · hidden. */
  readonly units?: number;
  readonly positions: number;
  readonly vocab: number;
  readonly eps: number;
  readonly activation: string;
}

/** Key names; null where the family's config class has no such key. */
export type SizeKeys = Readonly<Record<keyof DecoderSizes, string | readonly string[] | null>>;

/** Names that most families since Llama use. */
export const LLAMA_KEYS = {
  hidden: "hidden_size",
  heads: "num_attention_heads",
  kvHeads: "num_key_value_heads",
  headSize: "head_dim",
  layers: "num_hidden_layers",
  units: "intermediate_size",
  positions: "max_position_embeddings",
  vocab: "vocab_size",
  eps: "rms_norm_eps",
  activation: "hidden_act",
} as const satisfies SizeKeys;

/** GPT-2's names, which GPT-J and others took over. */
export const GPT_KEYS = {
  ...LLAMA_KEYS,
  hidden: "n_embd",
  heads: "n_head",
  kvHeads: null,
  headSize: null,
  layers: "n_layer",
  units: "n_inner",
  positions: "n_positions",
  eps: "layer_norm_epsilon",
  activation: "activation_function",
} as const satisfies SizeKeys;

/** Names that Transformers gives GPT-2's keys beside their own. */
export const GPT_ALIASES = {
  hidden_size: "n_embd",
  num_attention_heads: "n_head",
  num_hidden_layers: "n_layer",
  max_position_embeddings: "n_positions",
} as const;

/** Key and value heads, of which each serves as many heads. */
function sharedHeads(
  config: ConfigReader,
  key: SizeKeys["kvHeads"],
  otherwise: number,
  heads: number,
): number {
  const kvHeads = key === null ? otherwise : config.count(key, otherwise);
  if (heads % kvHeads === 0) return kvHeads;
  const [name = "num_attention_heads"] = [key ?? []].flat();
  return config.refuse(name, kvHeads, `expected a number that divides the ${heads} heads`);
}

/** Sizes from a config. */
export function decoderSizes(
  config: ConfigReader,
  defaults: DecoderDefaults,
  keys: Partial<SizeKeys> = {},
): DecoderSizes {
  const named: SizeKeys = { ...LLAMA_KEYS, ...keys };
  const count = (key: keyof SizeKeys, otherwise: number) =>
    named[key] === null ? otherwise : config.count(named[key], otherwise);
  const hidden = count("hidden", defaults.hidden);
  const heads = named.heads === null ? defaults.heads : config.heads(named.heads, defaults.heads);
  const sharing = named.kvHeads === null || config.isNull(named.kvHeads) ? undefined : defaults.kvHeads;
  return {
    hidden,
    heads,
    kvHeads: sharedHeads(config, named.kvHeads, sharing ?? heads, heads),
    headSize: count("headSize", defaults.headSize ?? Math.floor(hidden / heads)),
    layers: named.layers === null ? defaults.layers : config.layers(named.layers, defaults.layers),
    units: count("units", defaults.units ?? 4 * hidden),
    positions: count("positions", defaults.positions),
    vocab: count("vocab", defaults.vocab),
    eps: named.eps === null ? defaults.eps : config.number(named.eps, defaults.eps),
    activation:
      named.activation === null ? defaults.activation : config.text(named.activation, defaults.activation),
  };
}

/** What is a family's own. */
export interface DecoderParts {
  readonly family: string;
  /** Beginning of its class names, e.g. "Llama" of LlamaForCausalLM. */
  readonly className: string;
  /** Names of classes that do not follow it: the language model's, and the beginning of the others. */
  readonly classes?: { readonly words?: string; readonly others?: string };
  readonly sizes: Pick<DecoderSizes, "hidden" | "layers" | "vocab">;
  /** Longest sequence; null where nothing limits it. */
  readonly positions: number | null;
  /** Id that ends a text where the config does not say; left out in families without one. */
  readonly eos?: number;
  /** Id of padding, likewise. */
  readonly pad?: number;
  /** Whether input and output matrix are one where the config does not say. */
  readonly tied: boolean;
  /** Tensor of the embeddings, without .weight. */
  readonly tokens: string;
  /** What else makes the first vectors. */
  readonly embedding?: Partial<TokenEmbedding>;
  readonly layer: (index: number) => Layer;
  readonly finalNorm: Norm | null;
  /** The output matrix, without .weight, where it is not lm_head, and whether it has a bias. */
  readonly output?: { readonly name?: string; readonly bias?: boolean };
  /** Steps before any head's matrix and after the output matrix. */
  readonly steps?: { readonly before?: readonly HeadStep[]; readonly after?: readonly HeadStep[] };
  /** The token classifier's matrix. */
  readonly classifier?: string;
}

/** The description of a decoder. */
export function decoderStack(
  config: ConfigReader,
  weights: WeightBook,
  parts: DecoderParts,
): ModelDescription {
  const { family, sizes, positions, eos, embedding, finalNorm } = parts;
  const { hidden, layers, vocab } = sizes;
  const width = embedding?.project?.in ?? hidden;
  return {
    family,
    kind: "causal",
    vocab,
    maxTokens: positions,
    eos: eos === undefined ? config.eos : endIds(config, eos),
    stacks: [
      {
        stream: "text",
        block: "self",
        hidden,
        embedding: {
          kind: "tokens",
          tokens: { weight: `${parts.tokens}.weight`, rows: vocab, width },
          ...embedding,
        },
        layers: Array.from({ length: layers }, (_, i) => parts.layer(i)),
        finalNorm,
      },
    ],
    head: headOf(config, weights, parts, width),
  };
}

function headOf(config: ConfigReader, weights: WeightBook, parts: DecoderParts, width: number) {
  const { className, classes = {}, output = {}, steps = {}, tied, pad, classifier } = parts;
  const { vocab } = parts.sizes;
  const { before = [], after = [] } = steps;
  const own = output.name ?? "lm_head";
  const names = { own: `${own}.weight`, embedding: `${parts.tokens}.weight`, tied };
  const matrix = outputMatrix(config, weights, names, width, vocab);
  const words = output.bias ? { ...matrix, bias: `${own}.bias` } : matrix;
  const size = { hidden: width, vocab };
  return decoderHead(config, className, size, [...before, { linear: words }, ...after], {
    before,
    pad,
    ...classes,
    ...(classifier !== undefined && { tokens: classifier }),
  });
}

/** A learned table of positions called `name`.weight. */
export function learnedPositions(
  name: string,
  { hidden, positions }: Pick<DecoderSizes, "hidden" | "positions">,
  offset = 0,
): Positions {
  const table = { weight: `${name}.weight`, rows: positions + offset, width: hidden };
  return { kind: "table", table, offset };
}
