// Several runs of one input, one for each list of edits; those that can go side by side do.

import type { Edit } from "../../trace/index.ts";
import type { Prepared } from "../input.ts";
import type { EachOptions, RunResult } from "../model.ts";
import type { Runnable } from "./execute.ts";
import { type OtherRun, otherValues } from "./other.ts";
import type { RunPlan } from "./plan.ts";
import { finished, manifestFor, planFor, runStacks } from "./run.ts";
import { beginningOf, executeTogether, mostTogether } from "./together.ts";

type Lists = readonly (readonly Edit[])[];

/** What all of the runs share. */
interface Each {
  readonly model: Runnable;
  readonly prepared: readonly Prepared[];
  readonly options: EachOptions;
  /** Tokens at the end of the last stream that a model wrote. */
  readonly written: number | undefined;
  readonly other: OtherRun | undefined;
}

/** The runs, in the order of their lists. */
export async function runEach(each: Each, lists: Lists): Promise<RunResult[]> {
  const { model, prepared, options, written, other } = each;
  const results: RunResult[] = [];
  while (results.length < lists.length) {
    const rest = lists.slice(results.length);
    const plans = sideBySide(each, rest);
    const several = plans.length > 1 ? await together(each, plans, rest) : null;
    results.push(
      ...(several ?? [await runStacks(model, prepared, { ...options, edits: rest[0]! }, written, other)]),
    );
  }
  return results;
}

/** Plans of the first of these lists and of those that go with it in one pass. */
function sideBySide({ model, prepared, options, written }: Each, lists: Lists): RunPlan[] {
  const plans: RunPlan[] = [];
  for (const edits of lists) {
    const plan = planFor(model, prepared, { ...options, edits }, written);
    const beginning = beginningOf(plan);
    const most = beginning === undefined ? 1 : mostTogether(model, plan);
    const fits = most > plans.length && beginning === beginningOf(plans[0] ?? plan);
    if (plans.length > 0 && !fits) break;
    plans.push(plan);
    if (most === 1) break;
  }
  return plans;
}

/** Null where the pass cannot begin yet; see executeTogether. */
async function together(
  { model, prepared, options, written, other }: Each,
  plans: readonly RunPlan[],
  lists: Lists,
): Promise<RunResult[] | null> {
  const began = performance.now();
  const members = [];
  for (const [i, plan] of plans.entries())
    members.push({ plan, values: await otherValues(model, lists[i]!, plan, other, options) });
  const executed = await executeTogether(model, members, options.signal);
  if (!executed) return null;
  return members.map(({ plan, values }, i) => {
    const manifest = manifestFor(model, prepared, plan, lists[i]!, values, written);
    return finished(model, plan, manifest, executed[i]!, began);
  });
}
