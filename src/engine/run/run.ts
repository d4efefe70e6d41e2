// One run: plans it, carries the plan out, and makes a trace of it.

import { floatTensor, type Tensor } from "../../tensor/index.ts";
import { type Capture, type Edit, type Manifest, Trace } from "../../trace/index.ts";
import type { ModelDescription } from "../description.ts";
import type { Prepared } from "../input.ts";
import { manifestOf } from "../manifest.ts";
import { checkRun } from "../memory.ts";
import type { PrepareOptions, RunOptions, RunResult } from "../model.ts";
import type { EditValues } from "./edit-values.ts";
import { execute, type Runnable } from "./execute.ts";
import { beyondFloat32, checkFinite } from "./finite.ts";
import { type OtherRun, otherValues, receiptsFrom, sitesOfPlan } from "./other.ts";
import { capturesFor, plainSpecs, planRun, type RunPlan, writesOn } from "./plan.ts";
import type { Recorded } from "./prefixes.ts";

/** Run prepared inputs through all stacks. */
export async function runStacks(
  model: Runnable,
  prepared: readonly Prepared[],
  options: RunOptions,
  written?: number,
  other?: OtherRun,
): Promise<RunResult> {
  const began = performance.now();
  const { description, sessions } = model;
  const { edits = [] } = options;
  const plan = planFor(model, prepared, options, written);
  checkRun(description, prepared, plan.captures, { ...sessions.room, points: plan.points });
  const { onPart, ...rest } = options;
  const values = await otherValues(model, edits, plan, other, rest);
  const manifest = manifestFor(model, prepared, plan, edits, values, written);
  const { recorded, cache } = await execute(model, plan, values, {
    ...rest,
    onPart:
      onPart &&
      ((part) => {
        const tensors = withoutLogits(part);
        checkFinite(new Trace(manifest, tensors));
        onPart({ manifest, tensors });
      }),
  });
  const done = finished(model, plan, manifest, recorded, began);
  const lastLogits = done.trace.tensor("last_logits")?.data.slice() ?? null;
  if (cache) sessions.kept.put({ ids: prepared[0]!.ids, cache, logits: lastLogits });
  return done;
}

/** What a run gives, checked. */
export function finished(
  { description }: Runnable,
  { captures, leftOut }: RunPlan,
  manifest: Manifest,
  recorded: Recorded,
  began: number,
): RunResult {
  finishLogits(description, captures, recorded);
  checkEdited(recorded, manifest.edits);
  const trace = new Trace(manifest, recorded as Map<string, Tensor>);
  return { trace, leftOut, seconds: (performance.now() - began) / 1000 };
}

/** What the trace of a run says of it. */
export function manifestFor(
  { description, info }: Runnable,
  prepared: readonly Prepared[],
  plan: RunPlan,
  edits: readonly Edit[],
  values: EditValues,
  written: number | undefined,
): Manifest {
  const receipts =
    values.size > 0 ? receiptsFrom(edits, sitesOfPlan(plan), plan.shape, values) : plan.receipts;
  return { ...manifestOf(info, description, prepared, written), edits, receipts };
}

/** The plan of a run, over the edit points that are open. */
export function planFor(
  { description, sessions }: Runnable,
  prepared: readonly Prepared[],
  { captures, edits, points }: RunOptions,
  written?: number,
): RunPlan {
  const open = points === "none" ? undefined : (points ?? sessions.points);
  const cache = sessions.shared !== undefined;
  return planRun(description, prepared, { captures, edits, written, points: open, cache });
}

/** Open the sessions of a run that records `captures`: weights are read and nothing is run. */
export async function prepareStacks(
  { description, sessions }: Pick<Runnable, "description" | "sessions">,
  { captures, writing, signal, onProgress }: PrepareOptions,
): Promise<void> {
  const kept = capturesFor(description, captures).captures;
  if (writing) sessions.shared = kept;
  const cache = writing === true && writesOn(description);
  const specs = description.stacks.flatMap((stack) => plainSpecs(stack, kept, cache));
  await sessions.prepare(specs, { signal, onProgress });
}

/** Logits are cut to the rows that were asked for when all is done. */
function withoutLogits(part: Recorded): Recorded {
  return new Map([...part].filter(([name]) => name !== "logits"));
}

/** The last row under its own name, and all rows only where they were asked for. */
function finishLogits({ head }: ModelDescription, captures: ReadonlySet<Capture>, recorded: Recorded): void {
  const logits = recorded.get("logits");
  if (!logits || !head) return;
  if (captures.has("last_logits")) {
    recorded.set("last_logits", floatTensor([head.width], logits.data.slice(-head.width)));
  }
  if (!captures.has("logits")) recorded.delete("logits");
}

/** Numbers that left the range of float32 are no result. */
function checkEdited(recorded: Recorded, edits: readonly Edit[]): void {
  const logits = recorded.get("last_logits") ?? recorded.get("logits");
  if (edits.length === 0 || !logits || logits.data.every(Number.isFinite)) return;
  throw beyondFloat32(edits, "the logits are no numbers");
}
