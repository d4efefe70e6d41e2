// Both ends of questions about the heads of a run: how one is answered from a trace, and how an answer is read.

import {
  quietKeys,
  type ScoreTable,
  scoresInPauses,
  sliceOf,
  type Thumbnail,
  thumbnailOf,
  thumbnailShape,
} from "../analysis/index.ts";
import { type FloatTensor, floatTensor } from "../tensor/index.ts";
import { attentionOf, type Trace } from "../trace/index.ts";
import type { Answer } from "./answering.ts";
import type { Look, ThumbnailsLook } from "./look-questions.ts";
import type { Got } from "./rpc.ts";

/** Tables without their values, which cross beside them in the same order, [layers, heads] each. */
type Headings = readonly Omit<ScoreTable, "values">[];
/** For every place that was asked for, whether the head was recorded. */
type Recorded = readonly boolean[];

/** Answers a question; `pause` is called behind each layer of scores, and may end them by an error. */
export async function lookAt(trace: Trace, look: Look, pause: () => Promise<void>): Promise<Answer> {
  if (look.kind === "thumbnails") return thumbnails(trace, look);
  const tables = await scoresInPauses(trace, look.block, pause);
  const headings: Headings = tables.map(({ values: _, ...heading }) => heading);
  return [
    headings,
    tables.map(({ id, layers, heads, values }) => [id, floatTensor([layers, heads], values)]),
  ];
}

/** The tables again. */
export function scoresFrom({ answer, tensors }: Got<Headings>): readonly ScoreTable[] {
  const values = new Map(tensors);
  return answer.map((heading) => ({ ...heading, values: values.get(heading.id)!.data as Float32Array }));
}

/** Those that were recorded cross as one array, [heads, rows, columns]. */
function thumbnails(trace: Trace, { block, places, size, filter }: ThumbnailsLook): Answer {
  const attention = attentionOf(trace, block);
  const [slice, quiet] = [sliceOf(attention, filter), quietKeys(attention)];
  const made = places.map((place) => thumbnailOf(attention, { ...place, size, slice, quiet }));
  const recorded: Recorded = made.map((thumbnail) => thumbnail !== null);
  const here = made.filter((thumbnail) => thumbnail !== null);
  return [recorded, [["thumbnails", stacked(here, thumbnailShape(slice, size))]]];
}

function stacked(all: readonly Float32Array[], [rows, columns]: readonly [number, number]): FloatTensor {
  const stack = new Float32Array(all.length * rows * columns);
  for (const [i, one] of all.entries()) stack.set(one, i * rows * columns);
  return floatTensor([all.length, rows, columns], stack);
}

/** The thumbnails of every place that was asked for. */
export function thumbnailsFrom({ answer, tensors }: Got<Recorded>): readonly Thumbnail[] {
  const { shape, data } = tensors[0]![1] as FloatTensor;
  const size = shape[1]! * shape[2]!;
  let next = 0;
  return answer.map((here) => (here ? data.subarray(next * size, ++next * size) : null));
}
