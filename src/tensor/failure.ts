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

/** A named error. `name` is the class, `code` the kind within it, `data` what a program needs to act on it. */
export class Failure extends Error {
  readonly code: string;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(message: string, details: FailureDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = details.code ?? "";
    this.data = details.data ?? {};
  }
}
