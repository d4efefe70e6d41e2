// What a decoder of tokenizer.json may make of a token: replacements of replacements would fill the memory.

import { damaged, readPart, readParts } from "./options.ts";

/** Characters that may come of one; published decoders put one for one. */
const MOST = 1000;

/** A CheckpointError for a decoder that lengthens what it is given without end. The library builds the decoder itself. */
export function checkDecoder(value: unknown): void {
  if (growthOf(value) > MOST) throw damaged("decoder", `makes more than ${MOST} characters of one`);
}

function growthOf(value: unknown): number {
  const part = readPart(value, "decoder");
  if (part?.type === "Sequence") {
    const parts = readParts(part.options.decoders, "decoder");
    return parts.reduce((product, { options }) => product * growthOf(options), 1);
  }
  const content = part?.type === "Replace" ? part.options.content : undefined;
  return typeof content === "string" ? Math.max(1, content.length) : 1;
}
