// Carries out a plan, part by part. Parts follow each other, so that a run can be stopped between them and can begin
// where its first edit is.

import { type FloatTensor, floatTensor } from "../../tensor/index.ts";
import type { Capture, ModelInfo } from "../../trace/index.ts";
import { breath } from "../breath.ts";
import type { ModelDescription } from "../description.ts";
import type { GraphSpec } from "../graph/scope.ts";
import { STREAM } from "../graph/stack.ts";
import type { Prepared } from "../input.ts";
import type { RunOptions } from "../model.ts";
import type { Value } from "../runtime/runtime.ts";
import type { Sessions } from "../sessions.ts";
import { type EditValues, type SiteValues, siteKey, UNMOVED, valuesOf } from "./edit-values.ts";
import { feedsFor, type RunState } from "./feeds.ts";
import { KeyValueCache } from "./key-value-cache.ts";
import type { PlannedPart, PlannedStack, RunPlan } from "./plan.ts";
import { pointFeeds } from "./points.ts";
import type { KeptPart, Recorded } from "./prefixes.ts";

/** What runs need of a model. */
export interface Runnable {
  readonly info: ModelInfo;
  readonly description: ModelDescription;
  readonly sessions: Sessions;
}

/** What a plan left behind: tensors by trace name, and the numbers that patches and means put in place. */
export interface Executed {
  readonly recorded: Recorded;
  readonly values: EditValues;
  /** Keys and values of the tokens, where the graphs also write. */
  readonly cache: KeyValueCache | undefined;
}

/** How a plan is carried out; `onPart` is given what each part recorded. */
export interface ExecuteOptions extends Pick<RunOptions, "signal" | "onProgress"> {
  readonly reuse?: boolean;
  readonly onPart?: ((recorded: Recorded) => void) | undefined;
}

/**
 * Carry out a plan. `values`: what patches and means take from another run. `reuse`: take what is kept of an equal run
 * even where nothing is edited; a run without edits that is asked for by itself is made, so that it can be a control.
 */
export async function execute(
  model: Runnable,
  plan: RunPlan,
  values: EditValues,
  options: ExecuteOptions = {},
): Promise<Executed> {
  const cache = plan.stacks[0]?.cache ? new KeyValueCache(plan.stacks[0].stack) : undefined;
  const run = {
    ...options,
    model,
    plan,
    recorded: new Map(),
    values: new Map(values),
    cache,
    progress: counter(plan, options),
  };
  let memory: FloatTensor | undefined;
  for (const stack of plan.stacks) memory = await runStack(run, stack, memory);
  return run;
}

/** One run while it goes on. */
interface Running extends Pick<ExecuteOptions, "signal" | "reuse" | "onPart"> {
  readonly model: Runnable;
  readonly plan: RunPlan;
  readonly recorded: Recorded;
  readonly values: Map<string, SiteValues>;
  readonly cache: KeyValueCache | undefined;
  progress(layers: number): void;
}

function counter(plan: RunPlan, { onProgress }: Pick<RunOptions, "onProgress">): (layers: number) => void {
  const parts = plan.stacks.flatMap((stack) => stack.parts);
  const total = parts.reduce((sum, { layers }) => sum + layers, 0);
  let done = 0;
  return (layers) => {
    done += layers;
    if (layers > 0) onProgress?.(done, total);
  };
}

/** Returns the stack's output [n, hidden] where another stack reads it. */
async function runStack(
  run: Running,
  planned: PlannedStack,
  memory: FloatTensor | undefined,
): Promise<FloatTensor | undefined> {
  const plain = stateOf(run.model.description, run.plan.captures, planned.input, memory);
  const state = { ...plain, cache: run.cache?.tensors() };
  const kept = keptParts(run.model, run.plan, planned);
  const reuse = run.reuse || edited(run.plan);
  let stream: FloatTensor | undefined;
  let clean = true;
  for (const [i, part] of planned.parts.entries()) {
    clean &&= part.sites.length === 0;
    const known = clean && reuse ? kept?.get(i) : undefined;
    // Stop is heard here: onnxruntime-web runs without giving way, and its promises are done at once.
    if (!known && i > 0) await breath();
    run.signal?.throwIfAborted();
    const result = known ?? (await runPart(run, part, { ...state, stream }));
    if (clean && !known) kept?.set(i, result);
    run.cache?.take(result.recorded);
    for (const [name, tensor] of result.recorded) run.recorded.set(name, tensor);
    run.onPart?.(result.recorded);
    stream = result.stream;
    run.progress(part.layers);
  }
  run.signal?.throwIfAborted();
  return stream;
}

function edited({ stacks }: RunPlan): boolean {
  return stacks.some(({ parts }) => parts.some(({ sites }) => sites.length > 0));
}

/** Beginnings of this run that were recorded before; none where an earlier stack is edited. */
export function keptParts(
  model: Runnable,
  plan: RunPlan,
  planned: PlannedStack,
): Map<number, KeptPart> | undefined {
  const at = plan.stacks.indexOf(planned);
  const before = plan.stacks.slice(0, at);
  if (!plan.points || before.some(({ parts }) => parts.some(({ sites }) => sites.length > 0)))
    return undefined;
  const graphs = [planned.stack.stream, plan.points, ...[...plan.captures].sort()].join("|");
  const inputs = [...before, planned].map(({ input }) => input);
  return model.sessions.prefixes.of(graphs, inputs);
}

async function runPart(run: Running, part: PlannedPart, state: RunState): Promise<KeptPart> {
  const { model, plan, values, signal } = run;
  await withOwnMeans(model, plan, part, state, values, signal);
  const points = pointFeeds(part.sites, values, plan.shape, state.past.length);
  const recorded = await runGraph(model.sessions, part.spec, { ...state, points }, signal, part.keeps);
  const stream = recorded.get(STREAM);
  recorded.delete(STREAM);
  return { recorded, stream };
}

/** What a run of one stack knows before it begins. */
export function stateOf(
  description: ModelDescription,
  captures: ReadonlySet<Capture>,
  input: Prepared,
  memory: FloatTensor | undefined,
): RunState {
  const length = input.tokens.length;
  const all = captures.has("logits") || description.head?.from !== "tokens";
  const rows = all ? Array.from({ length }, (_, i) => i) : [length - 1];
  const { ids, typeIds, pixels, features } = input;
  return { ids, past: [], typeIds, rows, length, pixels, features, memory };
}

/** Run one graph; outputs by trace name, all or those that are kept. Two names of one tensor share its memory. */
export async function runGraph(
  sessions: Sessions,
  spec: GraphSpec,
  state: RunState,
  signal?: AbortSignal,
  keeps: (name: string) => boolean = () => true,
): Promise<Recorded> {
  const tokens = state.length ?? state.ids.length;
  return sessions.use(spec, { signal, tokens }, async ({ built, session }) => {
    const kept = [...built.outputs].filter(([name]) => keeps(name));
    const some = spec.points || spec.cache;
    const names = some ? [...new Set(kept.map(([, output]) => output))] : undefined;
    if (names?.length === 0) return new Map();
    const values = await session.run(feedsFor(built.needs, state), names);
    const tensors = new Map(Object.entries(values).map(([name, value]) => [name, toTensor(value)]));
    return new Map(kept.map(([name, output]) => [name, tensors.get(output)!]));
  });
}

function toTensor(value: Value): FloatTensor {
  if (value.type !== "float32") throw new TypeError(`Expected a float32 output, found ${value.type}.`);
  return floatTensor(value.shape, value.data);
}

/**
 * Adds the means that edits of a part take from this run: the part runs with the edits before each of them, which
 * leaves the tensor as that edit finds it.
 */
async function withOwnMeans(
  { sessions }: Runnable,
  plan: RunPlan,
  part: PlannedPart,
  state: RunState,
  values: Map<string, SiteValues>,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const [i, site] of part.sites.entries()) {
    if (site.edit.op !== "mean" || site.edit.from !== "self") continue;
    const before = pointFeeds(part.sites.slice(0, i), values, plan.shape, state.past.length);
    const spec = { ...part.spec, captures: new Set([...part.spec.captures, site.edit.at]) };
    const found = await runGraph(
      sessions,
      spec,
      { ...state, points: before },
      signal,
      (name) => name === site.tensor,
    );
    values.set(siteKey(site), valuesOf(site, found.get(site.tensor)!, UNMOVED, plan.shape));
  }
}
