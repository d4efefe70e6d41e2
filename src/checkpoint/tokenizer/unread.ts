// In place of a tokenizer that cannot be read: ids run without one, and are shown as numbers.

import type { CheckpointError } from "../source.ts";
import type { EncodedToken, Tokenizer } from "../tokenizer.ts";

/** A tokenizer that knows numbers only; `problem` says why. */
export function unreadTokenizer(problem: CheckpointError): Tokenizer {
  return {
    problem,
    encode() {
      throw problem;
    },
    describe: (ids) => ids.map(numbered),
    decode: (ids) => ids.join(" "),
  };
}

function numbered(id: number): EncodedToken {
  const text = String(id);
  return { id, raw: text, text, start: null, end: null, special: false, segment: 0, typeId: 0 };
}
