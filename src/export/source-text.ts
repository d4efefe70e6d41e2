// The text that a run read, as captions and pages write it.

import type { Trace } from "../trace/index.ts";
import { textOf } from "../views/read/words.ts";

/** The text without special tokens; of a pair both sentences, with a stroke between them. */
export function sourceText({ manifest }: Trace): string {
  const tokens = (manifest.streams[0]?.tokens ?? []).filter((token) => !token.special);
  const sentences = [0, 1].map((segment) => textOf(tokens.filter((token) => token.segment === segment)));
  return sentences.filter((text) => text !== "").join(" / ");
}
