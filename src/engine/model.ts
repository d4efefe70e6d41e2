// What the engine offers: open a checkpoint, run a text, get a trace.

import type { ImagePixels, Sound, Source, Tokenizer } from "../checkpoint/index.ts";
import type { FloatTensor } from "../tensor/index.ts";
import type {
  BlockName,
  Capture,
  Edit,
  ModelInfo,
  Readout,
  Rotary,
  StreamName,
  Token,
  Trace,
  TraceParts,
} from "../trace/index.ts";
import type { Points } from "./points.ts";
import type { TokenMatch } from "./run/edit-values.ts";
import type { Runtime } from "./runtime/runtime.ts";

export type ModelKind = "causal" | "encoder" | "encoder-decoder" | "vision";

/** What to run: a text (or pair), or ids as they are; a target for encoder-decoders; an image or its pixels. */
export interface RunInput {
  readonly text?: string;
  readonly pair?: string;
  readonly ids?: readonly number[];
  readonly typeIds?: readonly number[];
  /** The decoder's text; generated greedily when left out. */
  readonly target?: string;
  /** The decoder's ids, beginning with its start token. */
  readonly targetIds?: readonly number[];
  /** Ids that follow the text, or the target in encoder-decoders, as a model wrote them; the trace marks them. */
  readonly continuation?: readonly number[];
  /** False for texts that hold their own special tokens, as a chat template writes them. Default: true. */
  readonly addSpecialTokens?: boolean;
  /** A picture of any size, prepared as the checkpoint's preprocessor_config.json says. */
  readonly image?: ImagePixels;
  /** [3, height, width], already resized and normalised. */
  readonly pixels?: FloatTensor;
  /** Sound of any length and rate, prepared as the checkpoint's preprocessor_config.json says (Whisper). */
  readonly audio?: Sound;
  /** [mel bins, frames], a spectrogram as the checkpoint's feature extractor makes it (Whisper). */
  readonly features?: FloatTensor;
  /** Cut to the model's positions: keep the first or the last tokens. Without it a longer text is an InputError. */
  readonly cut?: "first" | "last";
}

export interface RunOptions {
  /** Default: q, k, v, last_logits. */
  readonly captures?: readonly Capture[];
  /** Changes to the numbers on the way; see docs/edits.md. */
  readonly edits?: readonly Edit[];
  /** The input whose run, without edits, patches and means from "other" read. */
  readonly other?: RunInput | undefined;
  /** Which tokens of the other run answer to this run's, where they are not as many. */
  readonly align?: TokenMatch | undefined;
  /**
   * Which edit points the graph has: those that are open and those that the edits need, where left out. "vectors" and
   * "cells" open them before there is an edit, so that a run without edits gives the bits that one with neutral edits
   * gives; "none" runs the plain graph.
   */
  readonly points?: Points | "none" | undefined;
  readonly signal?: AbortSignal;
  /** Layers done so far and layers in all. */
  readonly onProgress?: (done: number, total: number) => void;
  /**
   * What was recorded since the last call, before the layers it belongs to are told as done; logits come with the
   * result only. The arrays are those of the result.
   */
  readonly onPart?: (part: TraceParts) => void;
}

/** Options of several runs of one input. */
export type EachOptions = Omit<RunOptions, "edits" | "onProgress" | "onPart">;

export interface PrepareOptions extends Pick<RunOptions, "captures" | "signal" | "onProgress"> {
  /**
   * Let runs and generate() share their graphs, so that no weight is read twice, and keep the last text: generate()
   * goes on where a run of the same text, or an earlier call with the same settings, ended. For models of one stack
   * that write; others take no notice.
   */
  readonly writing?: boolean;
}

export interface RunResult {
  readonly trace: Trace;
  /** Captures that were asked for and that this family does not have. */
  readonly leftOut: readonly Capture[];
  readonly seconds: number;
}

export interface GenerateOptions {
  readonly tokens: number;
  /** 0 or left out: greedy. */
  readonly temperature?: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly repetitionPenalty?: number;
  readonly seed?: number;
  readonly ignoreEos?: boolean;
  /** Ids that end the text, in place of the model's own. */
  readonly eos?: readonly number[];
  /** The first new token, and the last where `tokens` is reached, whatever the logits say. */
  readonly forcedFirst?: number;
  readonly forcedLast?: number;
  /** As in RunOptions. Positions are "prompt", "new", or numbers; a mean over the run is one over the prompt. */
  readonly edits?: readonly Edit[];
  readonly other?: RunInput | undefined;
  readonly align?: TokenMatch | undefined;
  readonly signal?: AbortSignal;
}

/** What a checkpoint asks for when it writes, and the keys among it that are not followed. */
export interface GenerationSettings {
  readonly options: Partial<GenerateOptions>;
  readonly ignored: readonly string[];
}

export interface GeneratedToken {
  readonly token: Token;
  /** Natural logarithm of its probability before temperature. */
  readonly logprob: number;
}

/** Something about a checkpoint that its user should know although it opens. */
export interface ModelNote {
  /**
   * "head": there are no logits, and why; "weights": tensors that the description does not use; "names": what was cut
   * from tensor names; "keys": settings that change nothing.
   */
  readonly kind: "head" | "weights" | "names" | "keys";
  /** A sentence for people. */
  readonly text: string;
}

/** What the logits of a model are of; one row per token, or one for the whole input. */
export interface Says {
  /** Words of the vocabulary; classes; whether a token was replaced; where an answer begins and ends. */
  readonly what: "words" | "classes" | "replaced" | "answer";
  readonly each: boolean;
  /** Names of the classes by id; null where the checkpoint gives none. */
  readonly labels: readonly string[] | null;
}

/** An opened model. Call dispose() when done: sessions hold memory outside the garbage collector. */
export interface Model {
  readonly info: ModelInfo;
  readonly kind: ModelKind;
  readonly tokenizer: Tokenizer | null;
  /** What this family can record, in the model's own order. */
  readonly captures: readonly Capture[];
  /** Longest sequence, or null where the model has no limit. */
  readonly maxTokens: number | null;
  /** True for models that know sentence pairs (token types or a pair template). */
  readonly pairs: boolean;
  /** True for models that read pictures beside text, in a tower of their own (CLIP). */
  readonly pictures: boolean;
  /** Which components of q and k rotate together, for edits of rotary pairs; null where none do. */
  readonly rotary: Rotary | null;
  /** Edit points that are open; a run that needs others reads the weights anew, once. */
  readonly points: Points | undefined;
  /** What its logits are of; null where it has none. */
  readonly says: Says | null;
  /** What its user should know, the most important first; empty for most checkpoints. */
  readonly notes: readonly ModelNote[];
  /** How the checkpoint's authors would have it write; counts only where it is passed to generate(). */
  readonly settings: GenerationSettings;
  /** Tokens of an input, without running it. */
  tokens(input: RunInput): { readonly stream: StreamName; readonly tokens: readonly Token[] }[];
  /** Read the weights that runs with these captures need, so that the first run takes its own time only; in parts. */
  prepare(options?: PrepareOptions): Promise<void>;
  run(input: RunInput, options?: RunOptions): Promise<RunResult>;
  /**
   * One run for each list of edits, in their order. Where the runs record logits alone and attention is one operator
   * (causal models without biases, in Node), several of a short text go side by side in one pass, which reads the weights
   * once: a sweep then takes about half of the processor time. Their last bits may differ from those of single runs.
   */
  runEach(
    input: RunInput,
    lists: readonly (readonly Edit[])[],
    options?: EachOptions,
  ): Promise<readonly RunResult[]>;
  generate(input: RunInput, options: GenerateOptions): AsyncIterable<GeneratedToken>;
  /** Any stream [rows, hidden] through final norm and head: logits [rows, vocabulary] (the logit lens). */
  unembed(stream: FloatTensor, signal?: AbortSignal): Promise<FloatTensor>;
  /** What stands between the heads and the logits of these words or classes, read from the checkpoint. */
  readout(targets: readonly number[], signal?: AbortSignal): Promise<Readout>;
  /** W W^T of the output matrix of each head of a layer, [heads, size, size]: for attention x |v W_O|. */
  outputs(block: BlockName, layer: number, signal?: AbortSignal): Promise<FloatTensor>;
  dispose(): Promise<void>;
}

export interface OpenOptions {
  /** From runtime-node.ts or runtime-web.ts. */
  readonly runtime: Runtime;
  readonly signal?: AbortSignal;
  /** Bytes read so far and bytes in all. */
  readonly onProgress?: (done: number, total: number, what: string) => void;
}

/** Opens the model in `source`: config, tokenizer, header of the weights; sessions are built when first needed. */
export type OpenModel = (source: Source, options: OpenOptions) => Promise<Model>;
