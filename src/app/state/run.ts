// What the page's state is made of: the run that is shown, the model that is open, what is being loaded or written.

import type { Trace } from "../../trace/index.ts";
import type { OpenedModel, Progress } from "../../wire/protocol.ts";
import type { Draft } from "./draft.ts";
import type { Picture } from "./picture.ts";

/** What a model is adding to a text. */
export interface Writing {
  readonly prompt: string;
  readonly text: string;
  readonly done: number;
  readonly total: number;
}

/** The run that is shown. */
export interface Run {
  readonly trace: Trace;
  /** The same input without its edits; null where there are none. */
  readonly before?: Trace | null;
  /** The run of the text it is compared with, or null. */
  readonly b?: Trace | null;
  /** Seconds the model took; null for a recorded run. */
  readonly seconds: number | null;
  /** The gallery entry it belongs to, or null. */
  readonly example: string | null;
  /** What the fields held for it. */
  readonly input: Draft;
  /** The picture it is about, or null. */
  readonly picture: Picture | null;
}

/** Where a model runs: in the process that served the page, or in the browser, there in WebAssembly or WebGPU. */
export type Where = "native" | "browser" | "webgpu";

/** A model that an engine holds open. */
export interface Live {
  readonly where: Where;
  /** As `Place.model`. */
  readonly key: string;
  readonly name: string;
  readonly opened: OpenedModel;
  /** True once its edit points are open. */
  readonly editable?: boolean;
}

/** What is being loaded or run. */
export interface Loading {
  readonly name: string;
  readonly step: "files" | "prepare" | "write" | "run";
  readonly progress: Progress | null;
  /** How far all steps together have come, 0 to 1; it only grows. */
  readonly share: number;
  /** Seconds that are left, or null before that can be told. */
  readonly left: number | null;
  /** Bytes a second, or null before it is known. */
  readonly speed: number | null;
  /** False while a model is opened quietly, before anyone asked to run it. */
  readonly shown: boolean;
}

/** What can be open over the page, one at a time. */
export type PopoverName =
  | "models"
  | "gallery"
  | "recent"
  | "share"
  | "keys"
  | "layers"
  | "heads"
  | "words"
  | "status"
  | "sampling"
  | "change"
  | "reading";

/** Whether a change of place is a step that "back" undoes, or just follows along. */
export type History = "push" | "replace";
