// One run: every stack in turn, in parts where it is long, into a trace.

import { type FloatTensor, floatTensor, type Tensor } from "../../tensor/index.ts";
import { type Capture, type ModelInfo, Trace } from "../../trace/index.ts";
import type { ModelDescription, Stack } from "../description.ts";
import { EditError } from "../errors.ts";
import type { GraphSpec } from "../graph/scope.ts";
import { STREAM } from "../graph/stack.ts";
import type { Prepared } from "../input.ts";
import { capturesOf, manifestOf } from "../manifest.ts";
import { checkRun } from "../memory.ts";
import type { RunOptions, RunResult } from "../model.ts";
import type { Value } from "../runtime/runtime.ts";
import type { Sessions } from "../sessions.ts";
import { feedsFor, type RunState } from "./feeds.ts";

const DEFAULT_CAPTURES: readonly Capture[] = ["q", "k", "v", "last_logits"];
/** Multiply-adds from which a run is cut into parts, so that it can be stopped: about half a second. */
const LONG_RUN = 2e10;
const PARTS = 4;

/** Tensors of a trace by name. */
export type Recorded = Map<string, FloatTensor>;

/** Run prepared inputs through all stacks. */
export async function runStacks(
  model: { info: ModelInfo; description: ModelDescription; sessions: Sessions },
  prepared: readonly Prepared[],
  options: RunOptions,
  written?: number,
): Promise<RunResult> {
  if (options.edits?.length) throw new EditError("Edits are not supported by this version.");
  const began = performance.now();
  const { description, info, sessions } = model;
  const asked = options.captures ?? DEFAULT_CAPTURES;
  const available = capturesOf(description);
  const captures = new Set(asked.filter((capture) => available.includes(capture)));
  checkRun(description, prepared, captures, sessions.room);
  const recorded: Recorded = new Map();
  const progress = counter(description, prepared, options);
  let memory: FloatTensor | undefined;
  for (const input of prepared) {
    const stack = description.stacks.find((s) => s.stream === input.stream)!;
    memory = await runStack(sessions, description, stack, captures, { input, memory }, recorded, {
      ...options,
      progress,
    });
  }
  finishLogits(description, captures, recorded);
  return {
    trace: new Trace(manifestOf(info, description, prepared, written), recorded as Map<string, Tensor>),
    leftOut: options.captures ? asked.filter((capture) => !available.includes(capture)) : [],
    seconds: (performance.now() - began) / 1000,
  };
}

/** Open the sessions of a short run that records `captures`: weights are read and nothing is run. */
export async function prepareStacks(
  { description, sessions }: { description: ModelDescription; sessions: Sessions },
  { captures = DEFAULT_CAPTURES, signal }: Pick<RunOptions, "captures" | "signal">,
): Promise<void> {
  const available = capturesOf(description);
  const kept = new Set(captures.filter((capture) => available.includes(capture)));
  for (const stack of description.stacks)
    await sessions.prepare(planSpec(stack, kept, 0, stack.layers.length), { signal });
}

function counter(
  description: ModelDescription,
  prepared: readonly Prepared[],
  options: RunOptions,
): (layers: number) => void {
  const running = description.stacks.slice(0, prepared.length);
  const total = running.reduce((sum, stack) => sum + stack.layers.length, 0);
  let done = 0;
  return (layers) => {
    done += layers;
    options.onProgress?.(done, total);
  };
}

/** Returns the stack's output [n, hidden] where another stack reads it. */
async function runStack(
  sessions: Sessions,
  description: ModelDescription,
  stack: Stack,
  captures: ReadonlySet<Capture>,
  { input, memory }: { input: Prepared; memory: FloatTensor | undefined },
  recorded: Recorded,
  options: RunOptions & { progress: (layers: number) => void },
): Promise<FloatTensor | undefined> {
  const state = stateOf(description, captures, input, memory);
  let stream: FloatTensor | undefined;
  for (const [from, to] of partsOf(stack, input.tokens.length)) {
    if (from > 0) await breath();
    options.signal?.throwIfAborted();
    const spec = planSpec(stack, captures, from, to);
    const outputs = await runGraph(sessions, spec, { ...state, stream }, options.signal);
    for (const [name, value] of outputs) recorded.set(name, value);
    stream = recorded.get(STREAM);
    recorded.delete(STREAM);
    options.progress(to - from);
  }
  options.signal?.throwIfAborted();
  return stream;
}

/** Lets a worker hear of Stop: onnxruntime-web runs without giving way, and its promises are done at once. */
function breath(): Promise<void> {
  return new Promise((resume) => setTimeout(resume));
}

function planSpec(stack: Stack, captures: ReadonlySet<Capture>, from: number, to: number): GraphSpec {
  const logits = captures.has("logits") || captures.has("last_logits");
  return {
    stack: stack.stream,
    from,
    to,
    captures: graphCaptures(captures),
    logits,
    cache: false,
    edits: [],
  };
}

/** Captures that are declared in the graph; logits are declared by the head. */
export function graphCaptures(captures: ReadonlySet<Capture>): ReadonlySet<Capture> {
  return new Set([...captures].filter((capture) => capture !== "logits" && capture !== "last_logits"));
}

function stateOf(
  description: ModelDescription,
  captures: ReadonlySet<Capture>,
  input: Prepared,
  memory: FloatTensor | undefined,
): RunState {
  const length = input.tokens.length;
  const all = captures.has("logits") || description.head?.from !== "tokens";
  const rows = all ? Array.from({ length }, (_, i) => i) : [length - 1];
  return { ids: input.ids, past: [], typeIds: input.typeIds, rows, length, pixels: input.pixels, memory };
}

/** Ranges of layers that run as one graph each; outputs of a part leave the runtime before the next one runs. */
function partsOf(stack: Stack, tokens: number): [number, number][] {
  const layers = stack.layers.length;
  const work = tokens * layers * 12 * stack.hidden ** 2;
  const count = work > LONG_RUN ? Math.min(PARTS, layers) : 1;
  const edge = (i: number) => Math.round((i * layers) / count);
  return Array.from({ length: count }, (_, i) => [edge(i), edge(i + 1)]);
}

/** Run one graph; outputs by trace name. Two names of one tensor share its memory. */
export async function runGraph(
  sessions: Sessions,
  spec: GraphSpec,
  state: RunState,
  signal?: AbortSignal,
): Promise<Recorded> {
  const tokens = state.length ?? state.ids.length;
  return sessions.use(spec, { signal, tokens }, async ({ built, session }) => {
    const values = await session.run(feedsFor(built.needs, state));
    const tensors = new Map(Object.entries(values).map(([name, value]) => [name, toTensor(value)]));
    return new Map([...built.outputs].map(([name, output]) => [name, tensors.get(output)!]));
  });
}

function toTensor(value: Value): FloatTensor {
  if (value.type !== "float32") throw new TypeError(`Expected a float32 output, found ${value.type}.`);
  return floatTensor(value.shape, value.data);
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
