// Errors in the page's words: what happened, the numbers, what to do next. No blame, no exclamation marks.

import type { ErrorData } from "../wire/protocol.ts";
import type { IdlePart } from "./state/idle.ts";
import { KNOWN_IDS, nearest } from "./state/near.ts";
import type { Notice } from "./state/notice.ts";

/** What was being done when an error came. */
export interface Context {
  /** The model's name, for the title. */
  readonly model: string;
  /** True if a picture stays on screen. */
  readonly shown: boolean;
  /** Names of models that there are, to guess what was meant. */
  readonly known?: readonly string[];
}

const OTHER_MODEL = { label: "Choose another model", act: { do: "models" } } as const;
const OTHER_FILE = { label: "Choose another file", act: { do: "files" } } as const;
const SAME_FILE = { label: "Open the file again", act: { do: "files" } } as const;
const SAME_FOLDER = { label: "Open the folder again", act: { do: "folder" } } as const;
const EDIT = { label: "Edit the text", act: { do: "edit" } } as const;
const PICTURE = { label: "Choose a picture", act: { do: "picture" } } as const;
const RETRY = { label: "Try again", act: { do: "retry" } } as const;
const TOKEN = { label: "Add token", act: { do: "token" } } as const;
const FIRST = { label: "Show the first example", act: { do: "first" } } as const;

/** The notice for an address whose parameters are never followed. */
export function refusedAddress(names: readonly string[], shown: boolean): Notice {
  const what = names.map((name) => `\`${name}\``).join(" and ");
  const now = shown ? " The first example is shown in its place." : "";
  return {
    kind: "error",
    title: "A part of this address leads nowhere",
    text: `${what} must be a name, a path below this page, or an http(s) address.${now}`,
    actions: [OTHER_MODEL],
  };
}

/** The notice for a link that leads to another host, before that is asked. */
export function followNotice(what: string, host: string): Notice {
  return {
    kind: "info",
    title: `Load from ${host}?`,
    text: `This link shows ${what}. Nothing was asked of ${host} so far; it would learn that you look.`,
    actions: [{ label: `Load from ${host}`, act: { do: "follow" } }, FIRST],
  };
}

/** What a run has, to hold an address against. */
interface Has {
  readonly layers: number;
  heads(layer: number): number;
  tokens(side: "query" | "key"): readonly unknown[];
}

/** The notice for parts of an address that make no sense for the run, and for those that have no effect on it. */
export function ignoredNotice(parts: readonly string[], idle: readonly IdlePart[], has: Has): Notice {
  const code = (part: string): string => `\`${part.replaceAll("`", "'")}\``;
  const there = `${has.layers} layers of ${has.heads(0)} heads, and ${has.tokens("query").length} tokens`;
  const absent = `${parts.map(code).join(", ")}: not here. The run has ${there}, counted from 0.`;
  const without = idle.map(({ part, why }) => `${code(part)}: ${why}`);
  return {
    kind: "info",
    title: `Parts of this address ${parts.length > 0 ? "were left out" : "have no effect"}`,
    text: [...(parts.length > 0 ? [absent] : []), ...without].join(" "),
    actions: [],
  };
}

/** The notice for edits of an address that cannot be read. */
export function unreadEditsNotice(sentences: readonly string[]): Notice {
  const text = `${sentences.map((sentence) => `\`${sentence}\``).join(", ")}: left out. All others hold.`;
  return { kind: "error", title: "An edit of this address is none", text, actions: [] };
}

/** The notice for a recorded run whose model is not known. */
export function withoutModel(): Notice {
  const text = "It was recorded, and edits need its model. Open the model above and run the text on it.";
  return { kind: "info", title: "This run cannot be edited", text, actions: [OTHER_MODEL] };
}

/** The notice for a text that nothing was added to. */
export function nothingAdded(model: string, maxTokens: number | null): Notice {
  const full = maxTokens === null ? "" : `, or the text fills all ${count(maxTokens)} positions`;
  return {
    kind: "info",
    title: "Nothing was added",
    text: `${model} ends here${full}.`,
    actions: [EDIT],
  };
}

/** The notice for a run that was stopped. */
export function wasStopped(model: string, shown: boolean): Notice {
  const text = stays(`Nothing of it is kept; ${model} is asked again by Run`, shown);
  return { kind: "info", title: `${model} was stopped`, text, actions: [] };
}

/** An integer with thousands separated: 1,310. */
export function count(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Bytes for people: "1.1 MB", "548 MB", "12 kB". */
export function bytes(n: number): string {
  if (n < 1e6) return `${Math.max(1, Math.round(n / 1e3))} kB`;
  return n < 1e7
    ? `${(n / 1e6).toFixed(1)} MB`
    : n < 1e9
      ? `${Math.round(n / 1e6)} MB`
      : `${(n / 1e9).toFixed(1)} GB`;
}

/** The notice for an error. */
export function explain(error: ErrorData, context: Context): Notice {
  const { title, text, actions } = caseOf(error, context);
  return { kind: "error", title, text: stays(text, context.shown), actions };
}

function stays(text: string, shown: boolean): string {
  const full = /[.?]$/.test(text) ? text : `${text}.`;
  return shown ? `${full} The previous run stays below.` : full;
}

type Case = Omit<Notice, "kind">;

/** What to say by code, whatever class carries it; a code that is not here is told by its class. */
const BY_CODE: Readonly<Record<string, (error: ErrorData, context: Context) => Case>> = {
  "too-long": ({ data }, { model }) => tooLong(model, data as unknown as Lengths),
  "not-found": ({ message }) => ({
    title: "This recorded run is not there",
    text: message,
    actions: [FIRST, OTHER_FILE],
  }),
  forgotten: ({ message, data }) => ({
    title: `${data.name} is not kept`,
    text: message,
    actions: [data.what === "folder" ? SAME_FOLDER : SAME_FILE, FIRST],
  }),
  nothing: ({ message }) => ({
    title: "Nothing here can be opened",
    text: message,
    actions: [OTHER_FILE, OTHER_MODEL],
  }),
  "cut-short": (error, { model }) => cutShort(error, model),
  "missing-tensors": ({ message }) => ({
    title: "A weight is missing",
    text: message,
    actions: [OTHER_FILE, OTHER_MODEL],
  }),
  gated: ({ message }) => licence(message),
  forbidden: ({ message }) => licence(message),
  "unknown-model": ({ message }, context) => unknown(message, context),
  headless: ({ message }) => ({
    title: "This model has no attention heads to show",
    text: message,
    actions: [OTHER_MODEL],
  }),
  "own-server": ({ message }) => ({
    title: "headscope on this machine does not answer",
    text: message,
    actions: [RETRY],
  }),
  unreachable: ({ data }) => offline(String(data.reason ?? "no answer")),
  load: ({ message }) => ({
    title: "The runtime could not be loaded",
    text: message,
    actions: [RETRY],
  }),
  gpu: gpuLeft,
  "gpu-full": gpuLeft,
};

/** What WebGPU could not do, WebAssembly may. */
function gpuLeft({ message }: ErrorData): Case {
  return {
    title: "WebGPU stopped",
    text: `${message} Models run in WebAssembly now, until WebGPU is chosen again.`,
    actions: [{ label: "Run in WebAssembly", act: { do: "retry" } }, OTHER_MODEL],
  };
}

/** What to say by class. */
const BY_NAME: Readonly<Record<string, (error: ErrorData, context: Context) => Case>> = {
  PictureError: ({ message }) => ({
    title: "This picture cannot be used",
    text: message,
    actions: [PICTURE, OTHER_MODEL],
  }),
  InputError: ({ message }, { model }) => ({
    title: `${model} cannot take this input`,
    text: message,
    actions: [EDIT, OTHER_MODEL],
  }),
  EditError: ({ message }) => ({
    title: "This edit cannot be made",
    text: message,
    actions: [{ label: "Run without edits", act: { do: "unedited" } }],
  }),
  UnsupportedModelError: ({ message }) => ({
    title: "headscope cannot run this model",
    text: message,
    actions: [OTHER_MODEL],
  }),
  MemoryError: ({ code, message }) => tooLarge(code, message),
  TraceError: ({ message }) => ({
    title: "This recorded run cannot be shown",
    text: message,
    actions: [OTHER_FILE],
  }),
  ImportError: ({ message }) => ({
    title: "This file holds no attention that can be shown",
    text: message,
    actions: [OTHER_FILE],
  }),
  CheckpointError: unreadable,
  SafetensorsError: unreadable,
  WorkerDied: stopped,
  RuntimeFailure: stopped,
};

function caseOf(error: ErrorData, context: Context): Case {
  const say = BY_CODE[error.code] ?? BY_NAME[error.name] ?? otherwise;
  return say(error, context);
}

function otherwise({ name, message }: ErrorData, { model }: Context): Case {
  return { title: `${model} could not be run`, text: message || name, actions: [RETRY, OTHER_MODEL] };
}

function unreadable({ message }: ErrorData): Case {
  return { title: "This checkpoint cannot be read", text: message, actions: [OTHER_MODEL, OTHER_FILE] };
}

/** A run that does not fit can be made shorter; a model that does not fit can not. */
function tooLarge(code: string, text: string): Case {
  return code === "model"
    ? { title: "Not enough memory for this model", text, actions: [OTHER_MODEL] }
    : { title: "Not enough memory for this run", text, actions: [EDIT, OTHER_MODEL] };
}

/** The file by its name where it is one of several, both sizes, and how far it is whole. */
function cutShort({ data }: ErrorData, model: string): Case {
  const { file = model, needed, found, tensors, last } = data as unknown as Cut;
  const lists = tensors === undefined ? "It" : `Its header lists ${count(tensors)} tensors and`;
  const whole = last ? ` The last complete tensor is \`${last}\`.` : "";
  const text = `${lists} needs ${count(needed)} bytes, but the file has ${count(found)}.${whole}`;
  return { title: `${file} is cut short`, text, actions: [OTHER_FILE, RETRY] };
}

interface Cut {
  readonly file?: string;
  readonly needed: number;
  readonly found: number;
  readonly tensors?: number;
  readonly last?: string | null;
}

function licence(message: string): Case {
  return {
    title: "This model asks for a licence",
    text: withToken(message),
    actions: [TOKEN, OTHER_MODEL],
  };
}

function withToken(message: string): string {
  return `${message.replace(" (HF_TOKEN)", "")} It stays in this tab.`;
}

function unknown(message: string, { model, known = [] }: Context): Case {
  const near = nearest(model, [...known, ...KNOWN_IDS]);
  const use = near === null ? [] : [{ label: `Use ${near}`, act: { do: "open", key: near } } as const];
  const text = `${near === null ? "" : `Did you mean ${near}? `}${withToken(message)}`;
  return { title: `No model named ${model}`, text, actions: [...use, TOKEN, OTHER_MODEL] };
}

interface Lengths {
  readonly tokens: number;
  readonly limit: number;
}

function tooLong(model: string, { tokens, limit }: Lengths): Case {
  return {
    title: `This text is longer than ${model} can read`,
    text: `It has ${count(tokens)} tokens and ${model} reads at most ${count(limit)} at once. Nothing was cut.`,
    actions: [
      { label: `Use the first ${count(limit)} tokens`, act: { do: "cut", keep: "first" } },
      { label: `Use the last ${count(limit)}`, act: { do: "cut", keep: "last" } },
      EDIT,
    ],
  };
}

function stopped({ message }: ErrorData, { model }: Context): Case {
  return {
    title: `${model} stopped unexpectedly`,
    text: `What runs the model ended (\`${message}\`). The next run starts it again.`,
    actions: [RETRY, EDIT, OTHER_MODEL],
  };
}

function offline(reason: string): Case {
  return {
    title: "No network",
    text: `The download did not start (\`${reason}\`). Recorded runs and opened files still work.`,
    actions: [RETRY, OTHER_MODEL],
  };
}
