// The other run: where the numbers of patches, and of means that ask for it, come from. It runs without edits.

import {
  type Edit,
  EditError,
  type EditShape,
  editText,
  isCellEdit,
  type Receipt,
  receiptsOf,
  type Site,
} from "../../trace/index.ts";
import { editShape } from "../edit-shape.ts";
import type { Prepared } from "../input.ts";
import type { RunOptions } from "../model.ts";
import { alignmentOf, type EditValues, siteKey, type TokenMatch, valuesOf } from "./edit-values.ts";
import { execute, type Runnable } from "./execute.ts";
import { lengthsOf, planRun, type RunPlan } from "./plan.ts";

/** The run that patches and means from "other" read. */
export interface OtherRun {
  readonly prepared: readonly Prepared[];
  readonly align?: TokenMatch | undefined;
}

function readsOther(edit: Edit): boolean {
  return "from" in edit && edit.from === "other";
}

/** Sites of a plan, in order. */
export function sitesOfPlan({ stacks }: RunPlan): Site[] {
  return stacks.flatMap(({ parts }) => parts.flatMap(({ sites }) => sites));
}

/** Receipts of edits: places that the other run has no numbers for are not touched. */
export function receiptsFrom(
  edits: readonly Edit[],
  sites: readonly Site[],
  shape: EditShape,
  values: EditValues,
): Receipt[] {
  return receiptsOf(edits, sites, shape, (site, position, key) => {
    const from = values.get(siteKey(site));
    return !from || (from.row(position) !== null && (!isCellEdit(site.edit) || from.column(key) !== null));
  });
}

/** What the plan's edits take from the other run, which runs without edits. */
export async function otherValues(
  model: Runnable,
  edits: readonly Edit[],
  plan: RunPlan,
  other: OtherRun | undefined,
  { signal }: Pick<RunOptions, "signal">,
): Promise<EditValues> {
  const asking = edits.find(readsOther);
  if (!asking) return new Map();
  if (!other) {
    throw new EditError(
      `Edit "${editText(asking)}": it reads from another run, and there is none; give its input (other; --other-text on the command line, text B in the page).`,
      {
        data: { edit: asking },
      },
    );
  }
  const sites = sitesOfPlan(plan).filter(({ edit }) => readsOther(edit));
  const shape = editShape(model.description, lengthsOf(other.prepared, 0));
  const aligned = sites.map((site) => ({ site, by: alignmentOf(site, plan.shape, shape, other.align) }));
  const captures = [...new Set(sites.map(({ edit }) => edit.at))];
  const donor = planRun(model.description, other.prepared, { captures, points: plan.points });
  const { recorded } = await execute(model, donor, new Map(), { ...(signal && { signal }), reuse: true });
  return new Map(
    aligned.map(({ site, by }) => [siteKey(site), valuesOf(site, recorded.get(site.tensor)!, by, shape)]),
  );
}
