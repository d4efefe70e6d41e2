// Edits while a text is written: each step is fed what the edits mean for its new tokens.

import { sitesOf } from "../../trace/index.ts";
import { editShape } from "../edit-shape.ts";
import type { Prepared } from "../input.ts";
import type { GenerateOptions } from "../model.ts";
import type { Points } from "../points.ts";
import { execute, type Runnable } from "./execute.ts";
import { type OtherRun, otherValues, receiptsFrom } from "./other.ts";
import { lengthsOf, planRun } from "./plan.ts";
import { type PointFeeds, pointFeeds } from "./points.ts";

/** The edits of a generation. */
export interface StepPoints {
  /** Which edit points its graphs have. */
  readonly kind: Points | undefined;
  /** Feeds for `fresh` new tokens of the last stream behind `past` others. */
  at(past: number, fresh: number): PointFeeds | undefined;
}

/** Checks the edits against the prompt, and takes what patches and means need from the prompt's run. */
export async function stepPoints(
  model: Runnable,
  prepared: readonly Prepared[],
  { edits = [], signal, tokens }: GenerateOptions,
  other: OtherRun | undefined,
): Promise<StepPoints> {
  const { description, sessions } = model;
  const options = signal ? { signal } : {};
  const prompt = lengthsOf(prepared, 0);
  if (edits.length === 0) return { kind: sessions.points, at: () => undefined };
  const plan = planRun(description, prepared, {
    captures: [],
    edits,
    points: sessions.points,
    growing: true,
  });
  const needsRun = edits.some((edit) => edit.op === "mean" && edit.from === "self");
  const given = await otherValues(model, edits, plan, other, options);
  const values = needsRun ? (await execute(model, plan, given, options)).values : given;
  const last = prepared.at(-1)!.stream;
  const longest = { ...prompt, [last]: { ...prompt[last]!, tokens: prompt[last]!.tokens + tokens } };
  const whole = editShape(description, longest);
  // An edit that touches nothing however far the text goes on is refused, as in a run.
  receiptsFrom(edits, sitesOf(edits, whole), whole, given);
  return {
    kind: plan.points,
    at: (past, fresh) => {
      const lengths = { ...prompt, [last]: { ...prompt[last]!, tokens: past + fresh } };
      const shape = editShape(description, lengths, true);
      return pointFeeds(sitesOf(edits, shape), values, shape, past);
    },
  };
}
