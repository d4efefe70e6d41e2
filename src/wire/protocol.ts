// What the page and its worker say to each other. Requests carry an id; every request ends in one `done` or `failed`.

import type { AskedSweep } from "../analysis/index.ts";
import type { PickedFile } from "../checkpoint/files.ts";
import { explained } from "../engine/errors.ts";
import type { ModelKind, RunInput, Says } from "../engine/model.ts";
import type { Points } from "../engine/points.ts";
import type { RuntimeName } from "../engine/runtime/runtime.ts";
import { Failure, type Tensor } from "../tensor/index.ts";
import {
  type BlockName,
  type Capture,
  type Edit,
  type Manifest,
  type ModelInfo,
  type Rotary,
  type Token,
  Trace,
  type TraceParts,
} from "../trace/index.ts";
import type { Look } from "./look-questions.ts";

/** What a run records for the page: all that the views draw from. */
export const PAGE_CAPTURES: readonly Capture[] = ["q", "k", "v", "last_logits"];

/** How a text goes on: at most how many tokens, and how they are drawn. */
export interface Sampling {
  readonly tokens: number;
  /** 0 always takes the likeliest token. */
  readonly temperature: number;
  /** Draw among the likeliest this many; null for all. */
  readonly topK: number | null;
  /** Draw among the likeliest that together reach this share; null for all. */
  readonly topP: number | null;
  readonly seed: number;
}

/** Where a checkpoint comes from, as data that can cross to the worker. */
export type SourceSpec =
  /** A folder of the page's own server; without `files`, its index.json says what is in it. */
  | {
      readonly kind: "listed";
      readonly url: string;
      readonly name: string;
      readonly files?: readonly { readonly path: string; readonly size: number }[];
    }
  | { readonly kind: "url"; readonly url: string; readonly token?: string }
  | { readonly kind: "files"; readonly name: string; readonly files: readonly PickedFile[] }
  | { readonly kind: "hub"; readonly id: string; readonly token?: string }
  /** What the server of this computer finds by itself: a bundled name, the opened folder's path, or a hub id. */
  | { readonly kind: "served"; readonly key: string; readonly token?: string };

/** Open a checkpoint in place of the one that is open. */
export interface OpenRequest {
  readonly kind: "open";
  readonly source: SourceSpec;
}
/** An input; `chat`: its text is put into the model's chat template. */
export type PageInput = RunInput & { readonly chat?: boolean };

/** Changes to a run, and what they read. */
export interface Editing {
  readonly edits?: readonly Edit[];
  /** The input that patches and means from "other" read; tokens are matched with this run's by what they say. */
  readonly other?: PageInput;
}

/** Run an input on the open model. */
export interface RunRequest extends Editing {
  readonly kind: "run";
  readonly input: PageInput;
  /** Edit points that are opened before there is an edit; see RunOptions. */
  readonly points?: Points;
  /** Recorded beside what every run of the page records. */
  readonly more?: readonly Capture[];
  /**
   * How queries, keys, values, scores and patterns cross: as they were computed, or in half precision, which is half the
   * bytes. Arrays with values beyond what halves hold (65,504) cross as they are.
   */
  readonly precision?: Precision;
  /**
   * What is looked at: where the engine keeps its runs, this layer crosses first, and the rest of a run that is large when
   * it is asked for (RestRequest).
   */
  readonly look?: LayerPlace;
}

/** A layer of an attention block. */
export interface LayerPlace {
  readonly block: BlockName;
  readonly layer: number;
}

/** What of a kept run has not crossed yet; it comes with the progress, some layers at a time. */
export interface RestRequest {
  readonly kind: "rest";
  readonly run: string;
}

/** A question about the heads of a kept run; a TraceError, "gone", where it is not kept any more. */
export type LookRequest = Look & { readonly run: string };

/** The numbers of a run as they cross; float32 where nothing is asked for. */
export type Precision = "float32" | "half";
/** Let the open model go on with an input. Cancelled, it answers with what was written so far. */
export interface GenerateRequest extends Editing {
  readonly kind: "generate";
  readonly input: PageInput;
  readonly sampling: Sampling;
}
/** The tokens of an input, without running it. */
export interface TokensRequest {
  readonly kind: "tokens";
  readonly input: PageInput;
}

/** The outputs of a layer's heads (`Model.outputs`); they come beside the answer, as "outputs". */
export interface OutputsRequest {
  readonly kind: "outputs";
  readonly block: BlockName;
  readonly layer: number;
}

/** The texts of token ids, each by itself. */
export interface WordsRequest {
  readonly kind: "words";
  readonly ids: readonly number[];
}

/** Fill a table, a run per cell. Its progress holds the table as far as it is filled. */
export interface SweepRequest extends AskedSweep, Editing {
  readonly kind: "sweep";
  /** What is changed; `edits` are part of every run of it, before those of a cell. `other` is the clean input. */
  readonly input: PageInput;
  /** Values of the same table as far as it was filled before it was stopped. */
  readonly known?: Float32Array;
}

/** What the model would say behind every layer, at every position. */
export interface LensRequest extends Editing {
  readonly kind: "lens";
  readonly input: PageInput;
  /** Id of a word; without one every cell shows its likeliest. */
  readonly target?: number;
}

/** What every part of the model adds to the logit of a word, or to the difference of two. */
export interface AttributionRequest extends Editing {
  readonly kind: "attribution";
  readonly input: PageInput;
  /** Ids of words; without a target the likeliest one at the position. */
  readonly target?: number;
  readonly against?: number;
  /** Position whose logits are read; the masked word's or the last one's if left out. */
  readonly position?: number;
  /** The head that is told apart by source word. */
  readonly head?: { readonly block: BlockName; readonly layer: number; readonly head: number };
}

/** What has an answer of its own. */
export type Question =
  | OpenRequest
  | RunRequest
  | GenerateRequest
  | TokensRequest
  | WordsRequest
  | SweepRequest
  | LensRequest
  | AttributionRequest
  | OutputsRequest
  | RestRequest
  | LookRequest;

/** One request; `cancel` names another request and has no answer of its own. */
export type Request<Q = Question> = { readonly id: number } & (Q | { readonly kind: "cancel" });

/** What the page keeps of an opened model. */
export interface OpenedModel {
  readonly info: ModelInfo;
  readonly kind: ModelKind;
  readonly pairs: boolean;
  /** True if it reads pictures beside text. */
  readonly pictures: boolean;
  readonly maxTokens: number | null;
  readonly captures: readonly Capture[];
  readonly threads: number;
  /** What computes it. */
  readonly runtime: RuntimeName;
  /** The graphics device that does, as the browser names it; null where a processor does. */
  readonly device: string | null;
  /** Why WebAssembly stands in for WebGPU, as a sentence; null where it does not. */
  readonly instead: string | null;
  /** What its user should know although it opened, as sentences. */
  readonly notes: readonly string[];
  /** False for a checkpoint without a tokenizer, which takes token ids in place of text. */
  readonly readsText: boolean;
  /** True if it can go on with a text. */
  readonly writes: boolean;
  /** What its logits are of; null where it has none. */
  readonly says: Says | null;
  /** True if the checkpoint has a chat template. */
  readonly chat: boolean;
  /** Which components of q and k rotate together; null where none do. */
  readonly rotary: Rotary | null;
}

/** Arrays by name: what crosses beside a message. Their buffers are moved, or sent as they lie; never copied. */
export type NamedTensors = readonly (readonly [string, Tensor])[];

/** A trace taken apart for crossing. */
export interface PackedTrace {
  readonly manifest: Manifest;
  readonly tensors: NamedTensors;
}

/** What a run gave; its tensors come beside it, those of the layers that were done first with the progress. */
export interface RunReply {
  readonly manifest: Manifest;
  readonly seconds: number;
  /** Its name where the engine keeps it; null where all of it has moved to the page. */
  readonly kept: string | null;
  /** True where a part of it is still to be asked for. */
  readonly partly: boolean;
}

/** Ids that the model added, without an end token. */
export type Written = readonly number[];

/** Answers by the kind of request. */
export interface Answers {
  readonly open: OpenedModel;
  readonly run: RunReply;
  readonly generate: Written;
  readonly tokens: readonly (readonly Token[])[];
  readonly words: readonly string[];
  /** Tables as their JSON. */
  readonly sweep: string;
  readonly lens: Readonly<Record<"probability" | "rank" | "logit", string>>;
  readonly attribution: { readonly parts: string; readonly sources: string | null };
}

/** An error as data: its class, its sentence, its kind within the class, and what a program needs to act on it. */
export interface ErrorData {
  readonly name: string;
  readonly message: string;
  readonly code: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** How far reading, writing or running has come. */
export interface Progress {
  /** Bytes read, parts of the model that are ready, tokens written, layers run, cells of a table. */
  readonly what: "bytes" | "parts" | "tokens" | "layers" | "cells";
  readonly done: number;
  readonly total: number;
  /** The text written so far. */
  readonly text?: string;
  /** A table as far as it is filled, as JSON. */
  readonly table?: string;
  /** What the tensors beside it belong to, once for each run, with the first of them. */
  readonly manifest?: Manifest;
}

/** What the other side says about a request; `closed` is about none: the model was closed for a reason. */
export type Reply = { readonly id: number } & (
  | { readonly kind: "progress"; readonly progress: Progress; readonly tensors?: NamedTensors }
  | { readonly kind: "done"; readonly answer: unknown; readonly tensors?: NamedTensors }
  | { readonly kind: "failed"; readonly error: ErrorData }
  | { readonly kind: "closed"; readonly error: ErrorData }
);

/** Buffers that are moved with a reply where it crosses to another thread. */
export function buffersOf(reply: Reply): ArrayBuffer[] {
  const tensors = "tensors" in reply ? (reply.tensors ?? []) : [];
  return [...new Set(tensors.map(([, tensor]) => tensor.data.buffer as ArrayBuffer))];
}

/** Any thrown value as data; where a browser or runtime says that memory ran out, it has our own code. */
export function errorData(thrown: unknown): ErrorData {
  const error = explained(thrown);
  if (!(error instanceof Error)) return { name: "Error", message: String(error), code: "", data: {} };
  const { code, data } = error instanceof Failure ? error : { code: "", data: {} };
  return { name: error.name, message: error.message, code, data };
}

/** A trace as data. */
export function packTrace({ manifest, tensors }: TraceParts): PackedTrace {
  return { manifest, tensors: [...tensors].map(([name, tensor]) => [name, ownBuffer(tensor)] as const) };
}

/** Only a whole, unshared buffer can be moved without taking something else with it. */
function ownBuffer(tensor: Tensor): Tensor {
  const { data } = tensor;
  const whole = data.buffer instanceof ArrayBuffer && data.byteLength === data.buffer.byteLength;
  return whole ? tensor : { ...tensor, data: data.slice() };
}

/** The trace on the other side. */
export function unpackTrace(packed: PackedTrace): Trace {
  return new Trace(packed.manifest, new Map(packed.tensors));
}
