// From any stream to logits: the model's final norm and head over vectors that it need not have made.

import { type FloatTensor, floatTensor } from "../../tensor/index.ts";
import { InputError } from "../errors.ts";
import { type Runnable, runGraph } from "./execute.ts";
import { headSpec } from "./plan.ts";

/** Rows that pass the head at once: logits of a large vocabulary take 0.2 MB a row. */
const ROWS = 64;

/** [rows, hidden] to [rows, vocabulary]. Refused where the head is not of single tokens. */
export async function unembed(
  { description, sessions }: Runnable,
  stream: FloatTensor,
  signal?: AbortSignal,
): Promise<FloatTensor> {
  const { head } = description;
  const stack = description.stacks.at(-1)!;
  if (head?.from !== "tokens") throw new InputError("This model has no logits for single tokens.");
  const [rows = 0, hidden] = stream.shape;
  if (hidden !== stack.hidden)
    throw new InputError(`The stream has vectors of ${hidden} numbers; this model's have ${stack.hidden}.`);
  const out = new Float32Array(rows * head.width);
  for (let from = 0; from < rows; from += ROWS) {
    const to = Math.min(rows, from + ROWS);
    const part = floatTensor([to - from, hidden], stream.data.subarray(from * hidden, to * hidden));
    const all = Array.from({ length: to - from }, (_, i) => i);
    const state = { ids: all, past: [], typeIds: [], rows: all, stream: part };
    const logits = await runGraph(
      sessions,
      headSpec(stack, new Set(), sessions.points),
      state,
      signal,
      (name) => name === "logits",
    );
    out.set(logits.get("logits")!.data, from * head.width);
  }
  return floatTensor([rows, head.width], out);
}
