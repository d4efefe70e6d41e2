// Whether the numbers of a run are numbers. A weight that is NaN, or products beyond float32, spoil everything after
// them; what they first show in is named, and nothing is made of them.

import type { FloatTensor } from "../../tensor/index.ts";
import { type Edit, EditError, editText, type Trace } from "../../trace/index.ts";
import { NumbersError } from "../errors.ts";

const ADVICE =
  "A weight of this checkpoint is NaN or infinite, or its numbers leave the range of float32. " +
  "Look at the weights of this layer.";

/**
 * Throws at the first tensor of a trace, in the model's order, that holds NaN or infinity: an EditError where the run was
 * edited, else a NumbersError.
 */
export function checkFinite(trace: Trace): void {
  for (const name of trace.names) {
    const tensor = trace.tensor(name);
    const at = tensor ? firstBad(name, tensor) : -1;
    if (at >= 0) throw notFinite(name, tensor!, at, trace.manifest.edits);
  }
}

/** Hidden keys have the score -Infinity, and some heads give it to words that may not come. */
function firstBad(name: string, { data }: FloatTensor): number {
  const lowest = /(scores|logits|bias|mask)$/.test(name) ? Number.NEGATIVE_INFINITY : Number.NaN;
  for (let i = 0; i < data.length; i++) {
    const x = data[i]!;
    if (x - x !== 0 && x !== lowest) return i;
  }
  return -1;
}

function notFinite(name: string, { data, shape }: FloatTensor, at: number, edits: readonly Edit[]): Error {
  const found = `${placeOf(name, shape, at)} is ${data[at]}`;
  const facts = { tensor: name, index: at };
  if (edits.length === 0) return new NumbersError(`${found}. ${ADVICE}`, { data: facts });
  return beyondFloat32(edits, found, facts);
}

/** What is said of edits after which the numbers are none. */
export function beyondFloat32(edits: readonly Edit[], found: string, facts: object = {}): EditError {
  const said = edits.map((edit) => `"${editText(edit)}"`).join(", ");
  const message = `With ${said} the numbers leave the range of float32: ${found}. Use smaller values, or look at the run without edits.`;
  return new EditError(message, { data: { ...facts, edit: edits } });
}

/** "q of self, layer 3, head 2, row 5", from "self.3.q" and a position in it. */
function placeOf(name: string, shape: readonly number[], at: number): string {
  const [, block, layer, part] = /^(\w+)\.(\d+)\.(\w+)$/.exec(name) ?? [];
  const width = shape.at(-1) ?? 1;
  const row = Math.floor(at / width) % (shape.at(-2) ?? 1);
  const head = shape.length === 3 ? `, head ${Math.floor(at / width / shape[1]!)}` : "";
  const where = part === undefined ? name : `${part} of ${block}, layer ${layer}`;
  return shape.length > 1 ? `${where}${head}, row ${row}` : `${where}, entry ${at}`;
}

/** Throws a NumbersError where the scores of the next word are no numbers to choose by. */
export function checkLogits(logits: Float32Array, step: number): void {
  const bad = logits.findIndex((x) => Number.isNaN(x) || x === Number.POSITIVE_INFINITY);
  if (bad < 0 && logits.some((x) => x > Number.NEGATIVE_INFINITY)) return;
  const found = bad < 0 ? "every word is -Infinity" : `word ${bad} is ${logits[bad]}`;
  throw new NumbersError(`The score of ${found} at new token ${step + 1}. ${ADVICE}`);
}
