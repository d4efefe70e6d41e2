// The error of a wrong option, alone in its file: it is also thrown where no process is, in Python's embedded V8.

/** A command line that cannot be meant. The message says what was found and what is expected. */
export class UsageError extends Error {
  override name = "UsageError";
}
