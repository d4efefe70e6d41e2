// The base of every named error of headscope: a sentence for people, a code and data for programs.
// Rooms above tell errors apart by class and code, never by their sentences.

/** What an error carries beside its sentence. */
export interface FailureDetails {
  /** What kind of failure it is within its class, e.g. "cut-short"; the class's own kind where left out. */
  readonly code?: string;
  /** Plain values that describe it: names, sizes in bytes, counts. They travel between workers as they are. */
  readonly data?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

// Controls but for tab, line feed and carriage return; marks that turn the direction of what stands around them.
const CONTROLS = /(?![\t\n\r])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/** Text without characters that act on a terminal or turn what stands beside it: they are shown as \x1B, \u202E. */
export function escaped(text: string): string {
  return text.replace(CONTROLS, (char) => {
    const hex = char.codePointAt(0)!.toString(16).toUpperCase();
    return hex.length > 2 ? `\\u${hex.padStart(4, "0")}` : `\\x${hex.padStart(2, "0")}`;
  });
}

/**
 * A named error. `name` is the class, `code` the kind within it, `data` what a program needs to act on it. Its sentence may
 * quote strangers' files, and is printed as it is where nobody catches it: it is escaped.
 */
export class Failure extends Error {
  readonly code: string;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(message: string, details: FailureDetails = {}) {
    super(escaped(message), details.cause === undefined ? undefined : { cause: details.cause });
    this.code = details.code ?? "";
    this.data = details.data ?? {};
  }
}

/** A value as JSON for a message (NaN and Infinity as they are called), at most `most` characters; values nested too deeply for that are said to be. */
export function shown(value: unknown, most = 60): string {
  let text: string;
  try {
    text = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value));
  } catch {
    return "a value nested too deeply to show";
  }
  return text.length > most ? `${text.slice(0, most - 3)}...` : text;
}
