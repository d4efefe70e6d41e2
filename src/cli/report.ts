// How a command speaks: results to stdout, everything else to stderr, progress on terminals only,
// and the exit status: 0 done, 1 it could not be done, 2 the command line was wrong, 130 interrupted.

import type { Model } from "../engine/index.ts";
import { OutputError } from "./output.ts";
import { harmless, shortened } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

export { UsageError };

/** Where text goes; `process.stdout` and `process.stderr` are such places. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
}

/** Where to say what was written: not into the file itself, where that is the standard output (-o /dev/stdout). */
export function besides({ stdout, stderr }: Env, intoOutput: boolean): Output {
  return intoOutput ? stderr : stdout;
}

/** What a command touches of the outside, so that tests can stand in for it. */
export interface Env {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Opens a model by folder, bundled name, URL or hub id. */
  readonly open: (spec: string, progress: Progress, signal: AbortSignal) => Promise<Model>;
  /** Aborted when the user interrupts the command, or with an OutputError when its output cannot be written. */
  readonly signal: AbortSignal;
  /** Resolves when what was written has left, or could not. */
  readonly flush?: () => Promise<void>;
}

/** Runs a command's body and turns what it throws into a message and an exit status. */
export async function reporting(env: Env, usage: string, body: () => Promise<void>): Promise<number> {
  try {
    await body();
    await env.flush?.();
    env.signal.throwIfAborted();
    return 0;
  } catch (error) {
    if (wasInterrupted(env.signal, error)) {
      env.stderr.write("headscope: Interrupted.\n");
      return 130;
    }
    const cause = env.signal.aborted ? env.signal.reason : error;
    const wrongUsage = isUsageError(cause);
    env.stderr.write(`headscope: ${messageOf(cause)}\n${wrongUsage ? `\n${usage}\n` : ""}`);
    return wrongUsage ? 2 : 1;
  }
}

/** By a signal, which may reach a tokenizer first. */
function wasInterrupted({ aborted, reason }: AbortSignal, error: unknown): boolean {
  if (aborted) return !(reason instanceof OutputError);
  return (error as { code?: unknown } | null)?.code === "interrupted";
}

/** parseArgs throws errors of its own for unknown options and missing values. */
function isUsageError(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return error instanceof UsageError || (typeof code === "string" && code.startsWith("ERR_PARSE_ARGS"));
}

/** An error's sentence, as a terminal may be told it. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return shortened(String(error));
  return shortened(error.message || error.name);
}

/** One line that rewrites itself, on a terminal only. */
export class Progress {
  readonly #output: Output;
  #shown = false;
  #last = 0;

  constructor(output: Output) {
    this.#output = output;
  }

  /** Shows `done` of `total`, at most ten times a second. */
  show(what: string, done: number, total: number): void {
    if (!this.#output.isTTY) return;
    const now = Date.now();
    if (now - this.#last < 100 && done < total) return;
    this.#last = now;
    this.#shown = true;
    this.#output.write(`\r\u001b[K${harmless(what)}`);
  }

  /** Says something that stays, on a terminal or not. */
  note(text: string): void {
    this.clear();
    this.#output.write(`headscope: ${shortened(text)}\n`);
  }

  /** Removes the line, so that what follows starts clean. */
  clear(): void {
    if (this.#shown) this.#output.write("\r\u001b[K");
    this.#shown = false;
  }
}

/** Says what the user of an opened model should know; keys that change nothing only where asked for. */
export function sayNotes({ notes }: Pick<Model, "notes">, verbose: boolean, progress: Progress): void {
  for (const { kind, text } of notes) if (verbose || kind !== "keys") progress.note(text);
}

/** A number of bytes for people, e.g. "12.3 MB". */
export function bytes(count: number): string {
  const units = ["B", "kB", "MB", "GB"];
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, count)) / 3));
  return `${(count / 1000 ** step).toFixed(step ? 1 : 0)} ${units[step]}`;
}
