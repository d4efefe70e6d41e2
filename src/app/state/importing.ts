// A file of attention made elsewhere that waits for somebody to say what is what.

import type { Reading, Understood } from "../../imports/index.ts";
import type { Trace } from "../../trace/index.ts";

/** The file, and what it is taken for under what was said so far. */
export interface Importing {
  readonly name: string;
  readonly understand: (reading: Reading) => Understood;
  /** The run; an error says what is wrong. */
  readonly read: (reading: Reading) => Trace;
}
