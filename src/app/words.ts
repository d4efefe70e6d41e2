// Errors in the page's words: what happened, the numbers, what to do next. No blame, no exclamation marks.

import { isMemory } from "./client.ts";
import type { ErrorData } from "./protocol.ts";

/** What a notice's button does. */
export type NoticeAct =
  | { readonly do: "cut"; readonly keep: "first" | "last" }
  | { readonly do: "edit" }
  | { readonly do: "models" }
  | { readonly do: "files" }
  | { readonly do: "retry" }
  | { readonly do: "gallery"; readonly id: string }
  | { readonly do: "run" };

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
}

const OTHER_MODEL = { label: "Choose another model", act: { do: "models" } } as const;
const OTHER_FILE = { label: "Choose another file", act: { do: "files" } } as const;
const EDIT = { label: "Edit the text", act: { do: "edit" } } as const;
const RETRY = { label: "Try again", act: { do: "retry" } } as const;

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

function caseOf(error: ErrorData, { model }: Context): Omit<Notice, "kind"> {
  const { name, message, length } = error;
  if (length) return tooLong(model, length);
  if (name === "InputError")
    return { title: `${model} cannot take this text`, text: message, actions: [EDIT] };
  if (name === "UnsupportedModelError")
    return { title: "headscope cannot run this model", text: message, actions: [OTHER_MODEL] };
  if (name === "MemoryError")
    return { title: "Not enough memory for this model", text: message, actions: [OTHER_MODEL] };
  if (isMemory(message) || name === "WorkerDied") return stopped(model, message);
  if (name === "TraceError")
    return { title: "This recorded run cannot be shown", text: message, actions: [OTHER_FILE] };
  if (/cut short|The header lists/.test(message))
    return { title: "The weights are cut short", text: message, actions: [OTHER_FILE] };
  if (name === "CheckpointError" || name === "SafetensorsError")
    return { title: "This checkpoint cannot be read", text: message, actions: [OTHER_MODEL, OTHER_FILE] };
  if (isOffline(name, message)) return offline(message);
  return { title: `${model} could not be run`, text: message || name, actions: [RETRY, OTHER_MODEL] };
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
