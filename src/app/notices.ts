// Errors in the page's words: what happened, the numbers, what to do next. No blame, no exclamation marks.

import { KNOWN_IDS, nearest } from "./state/near.ts";
import { isMemory } from "./worker/client.ts";
import type { ErrorData } from "./worker/protocol.ts";

/** What a notice's button does. */
export type NoticeAct =
  | { readonly do: "cut"; readonly keep: "first" | "last" }
  | { readonly do: "edit" }
  | { readonly do: "models" }
  | { readonly do: "files" }
  | { readonly do: "picture" }
  | { readonly do: "retry" }
  | { readonly do: "open"; readonly key: string }
  | { readonly do: "token" }
  | { readonly do: "first" };

/** What went wrong, in words, and what can be done. */
export interface Notice {
  readonly kind: "error" | "info";
  readonly title: string;
  /** Parts in backquotes are shown as code. */
  readonly text: string;
  readonly actions: readonly { readonly label: string; readonly act: NoticeAct }[];
}

/** What was being done when an error came. */
export interface Context {
  /** The model's name, for the title. */
  readonly model: string;
  /** True if a picture stays on screen. */
  readonly shown: boolean;
  /** Names of models that there are, to guess what was meant. */
  readonly known?: readonly string[];
}

/** Something that the page's own server does not have. */
export class NotFoundError extends Error {
  override name = "NotFoundError";
}

const OTHER_MODEL = { label: "Choose another model", act: { do: "models" } } as const;
const OTHER_FILE = { label: "Choose another file", act: { do: "files" } } as const;
const EDIT = { label: "Edit the text", act: { do: "edit" } } as const;
const PICTURE = { label: "Choose a picture", act: { do: "picture" } } as const;
const RETRY = { label: "Try again", act: { do: "retry" } } as const;
const TOKEN = { label: "Add token", act: { do: "token" } } as const;
const FIRST = { label: "Show the first example", act: { do: "first" } } as const;

/** Model types that people try and that have no attention heads. */
const HEADLESS = /model_type "(falcon_)?(mamba2?|rwkv|rwkv5|xlstm|hyena|recurrent_gemma)"/;

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

/** A run that does not fit can be made shorter; a model that does not fit can not. */
function tooLarge(message: string): Omit<Notice, "kind"> {
  return message.startsWith("This run ")
    ? { title: "Not enough memory for this run", text: message, actions: [EDIT, OTHER_MODEL] }
    : { title: "Not enough memory for this model", text: message, actions: [OTHER_MODEL] };
}

function caseOf(error: ErrorData, context: Context): Omit<Notice, "kind"> {
  const { name, message, code, data } = error;
  const { model } = context;
  if (code === "too-long") return tooLong(model, data as { tokens: number; limit: number });
  if (name === "NotFoundError")
    return { title: "This recorded run is not there", text: message, actions: [FIRST, OTHER_FILE] };
  if (name === "PictureError")
    return { title: "This picture cannot be used", text: message, actions: [PICTURE, OTHER_MODEL] };
  if (name === "InputError")
    return { title: `${model} cannot take this input`, text: message, actions: [EDIT, OTHER_MODEL] };
  if (name === "UnsupportedModelError") return unsupported(message);
  if (name === "MemoryError") return tooLarge(message);
  if (isMemory(message) || name === "WorkerDied") return stopped(model, message);
  if (name === "TraceError")
    return { title: "This recorded run cannot be shown", text: message, actions: [OTHER_FILE] };
  if (/cut short|The header lists/.test(message)) return cutShort(message);
  if (/tensors that config\.json asks for/.test(message))
    return { title: "A weight is missing", text: message, actions: [OTHER_FILE, OTHER_MODEL] };
  if (/ is gated: |Check the rights of your token/.test(message))
    return { title: "This model asks for a licence", text: gated(message), actions: [TOKEN, OTHER_MODEL] };
  if (/^There is no model /.test(message)) return unknown(message, context);
  if (name === "CheckpointError" || name === "SafetensorsError")
    return { title: "This checkpoint cannot be read", text: message, actions: [OTHER_MODEL, OTHER_FILE] };
  if (isOffline(name, message)) return offline(message);
  return { title: `${model} could not be run`, text: message || name, actions: [RETRY, OTHER_MODEL] };
}

function unsupported(message: string): Omit<Notice, "kind"> {
  const title = HEADLESS.test(message)
    ? "This model has no attention heads to show"
    : "headscope cannot run this model";
  return { title, text: message, actions: [OTHER_MODEL] };
}

/** Titled by the file; "model.safetensors in gpt2: The header lists ..." begins with it. */
function cutShort(message: string): Omit<Notice, "kind"> {
  const [, file = "This file", rest = message] = /^(\S+) in .*?: (The .*)$/s.exec(message) ?? [];
  const text = rest.replace(/(?<=tensor is )\S+(?=\.)/, "`$&`").replace(/\d{4,}/g, (n) => count(Number(n)));
  return { title: `${file} is cut short`, text, actions: [OTHER_FILE, RETRY] };
}

function gated(message: string): string {
  return `${message.replace(" (HF_TOKEN)", "")} It stays in this tab.`;
}

function unknown(message: string, { model, known = [] }: Context): Omit<Notice, "kind"> {
  const near = nearest(model, [...known, ...KNOWN_IDS]);
  const use = near === null ? [] : [{ label: `Use ${near}`, act: { do: "open", key: near } } as const];
  const text = `${near === null ? "" : `Did you mean ${near}? `}${gated(message)}`;
  return { title: `No model named ${model}`, text, actions: [...use, TOKEN, OTHER_MODEL] };
}

function tooLong(model: string, { tokens, limit }: { tokens: number; limit: number }): Omit<Notice, "kind"> {
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

function stopped(model: string, message: string): Omit<Notice, "kind"> {
  const memory = isMemory(message);
  return {
    title: memory ? "Not enough memory for this run" : `${model} stopped unexpectedly`,
    text: memory
      ? `This browser gives a page at most 4 GB. A shorter text or a smaller model needs less (\`${message}\`).`
      : `The part of the page that runs the model ended (\`${message}\`). The next run starts it again.`,
    actions: [RETRY, EDIT, OTHER_MODEL],
  };
}

function isOffline(name: string, message: string): boolean {
  return name === "UnreachableError" || (name === "TypeError" && /fetch|network|load failed/i.test(message));
}

function offline(message: string): Omit<Notice, "kind"> {
  return {
    title: "No network",
    text: `The download did not start (\`${message}\`). Recorded runs and opened files still work.`,
    actions: [RETRY, OTHER_MODEL],
  };
}
