// One pass over a long JSON text before it is parsed: a few megabytes of brackets or names make gigabytes of objects.

import { CheckpointError } from "./source.ts";

/** Texts below this many characters are parsed as they are. */
const SHORT = 1_000_000;
/** Nesting, and lists and objects in all; a tokenizer with a million merges has as many lists. */
const MAX_DEPTH = 1000;
const MAX_PARTS = 3_000_000;

const [QUOTE, BACKSLASH, COLON] = [0x22, 0x5c, 0x3a];
const [LIST, LIST_END, OBJECT, OBJECT_END] = [0x5b, 0x5d, 0x7b, 0x7d];

/** A CheckpointError for a text that holds more lists, objects or depth than any file needs, or more than `mostKeys` keys. */
export function checkJson(text: string, what: string, mostKeys = MAX_PARTS): void {
  if (text.length < SHORT) return;
  let [depth, parts, keys] = [0, 0, 0];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) i = stringEnd(text, i);
    else if (code === COLON) keys++;
    else if (code === LIST || code === OBJECT) {
      parts++;
      depth++;
    } else if (code === LIST_END || code === OBJECT_END) depth--;
    if (depth > MAX_DEPTH) throw tooMuch(what, `is nested more than ${MAX_DEPTH} deep`);
    if (parts > MAX_PARTS) throw tooMuch(what, `has more than ${MAX_PARTS} lists and objects`);
    if (keys > mostKeys) throw tooMuch(what, `has more than ${mostKeys} keys`);
  }
}

function stringEnd(text: string, from: number): number {
  let at = text.indexOf('"', from + 1);
  while (at >= 0 && escaped(text, at)) at = text.indexOf('"', at + 1);
  return at < 0 ? text.length : at;
}

/** Whether an odd number of backslashes stands before a quotation mark. */
function escaped(text: string, at: number): boolean {
  let first = at;
  while (text.charCodeAt(first - 1) === BACKSLASH) first--;
  return (at - first) % 2 === 1;
}

function tooMuch(what: string, found: string): CheckpointError {
  return new CheckpointError(`${what} ${found}; the largest checkpoints have fewer. Is it damaged?`);
}
