// What a run will do, decided before anything runs: which graphs in which order, what each records, where edits act.
// A pure function of the model, the input, what is asked for and the kind of edit points that are open.

import {
  type Capture,
  type Edit,
  type EditShape,
  isCellEdit,
  isNeutral,
  type Receipt,
  receiptsOf,
  type Site,
  sitesOf,
} from "../../trace/index.ts";
import type { ModelDescription, Stack } from "../description.ts";
import { editShape } from "../edit-shape.ts";
import type { GraphSpec } from "../graph/scope.ts";
import type { Prepared } from "../input.ts";
import { capturesOf } from "../manifest.ts";
import type { Points } from "../points.ts";
import { checkPlaces } from "./points.ts";

/** What is recorded where nothing else is asked for. */
export const DEFAULT_CAPTURES: readonly Capture[] = ["q", "k", "v", "last_logits"];
/**
 * Multiply-adds of one token in one part. Larger models run as several graphs, whatever the length of the text, so that a
 * long run can be stopped and its first layers looked at, and no weight is read twice for it.
 */
const PART = 1e7;
const PARTS = 10;
/**
 * Parts of a stack that can be edited, and layers of one that has few; a run begins at the part of its first edit. More
 * parts leave less to run again and cost a call each: each of 144 heads of GPT-2 small's shape silenced in turn takes 10.3 s
 * with 12 parts, 10.2 s with 8 and 9.8 s with 6, and a run of 16 tokens that changes nothing 91, 74 and 74 ms.
 */
const EDIT_PARTS = { fewest: 2, most: 6, layers: 2 };

/** One graph of a run. */
export interface PlannedPart {
  readonly spec: GraphSpec;
  /** Layers it runs; 0 for final norm and head alone. */
  readonly layers: number;
  readonly sites: readonly Site[];
  /** Whether the run keeps a tensor, by its trace name. */
  keeps(name: string): boolean;
}

/** One stack of a run: its parts follow each other. */
export interface PlannedStack {
  readonly stack: Stack;
  readonly input: Prepared;
  readonly parts: readonly PlannedPart[];
  /** True where the graphs also write: their keys and values are kept. */
  readonly cache: boolean;
}

/** A whole run. */
export interface RunPlan {
  readonly captures: ReadonlySet<Capture>;
  /** Captures that were asked for and that the family does not have. */
  readonly leftOut: readonly Capture[];
  readonly stacks: readonly PlannedStack[];
  readonly points: Points | undefined;
  readonly shape: EditShape;
  readonly receipts: readonly Receipt[];
}

/** What is asked of a run. */
export interface Request {
  readonly captures?: readonly Capture[] | undefined;
  readonly edits?: readonly Edit[] | undefined;
  /** Tokens at the end of the last stream that a model wrote. */
  readonly written?: number | undefined;
  /** Edit points that are open already, or wanted. */
  readonly points?: Points | undefined;
  /** True for the prompt of a text that is being written: an edit may mean tokens that do not exist yet. */
  readonly growing?: boolean;
  /** True where graphs without edit points are those that also write. */
  readonly cache?: boolean;
}

/** The plan of a run; an EditError where an edit means something that is not there. */
export function planRun(
  description: ModelDescription,
  prepared: readonly Prepared[],
  request: Request,
): RunPlan {
  const { edits = [], written = 0, growing = false } = request;
  const { captures, leftOut } = capturesFor(description, request.captures);
  const shape = editShape(description, lengthsOf(prepared, written), growing);
  const sites = sitesOf(edits, shape);
  checkPlaces(sites);
  const receipts = receiptsOf(edits, sites, shape);
  const points = most(request.points, pointsFor(edits));
  const cache = request.cache === true && !points && writesOn(description);
  const stacks = prepared.map((input) => {
    const stack = description.stacks.find((s) => s.stream === input.stream)!;
    const own = sites.filter((site) => site.stream === stack.stream);
    const last = stack === description.stacks.at(-1);
    const specs = points ? editSpecs(stack, captures, points, last) : plainSpecs(stack, captures, cache);
    return { stack, input, cache, parts: specs.map((spec) => partOf(spec, own, captures)) };
  });
  return { captures, leftOut, stacks, points, shape, receipts };
}

/** Captures that the family has, and those of the list that it does not have. */
export function capturesFor(description: ModelDescription, asked: readonly Capture[] | undefined) {
  const available = capturesOf(description);
  const captures = new Set((asked ?? DEFAULT_CAPTURES).filter((capture) => available.includes(capture)));
  return { captures, leftOut: (asked ?? []).filter((capture) => !available.includes(capture)) };
}

/** Tokens of every stream, and how many of them are the prompt. */
export function lengthsOf(prepared: readonly Prepared[], written: number) {
  return Object.fromEntries(
    prepared.map(({ stream, tokens }, i) => {
      const prompt = tokens.length - (i === prepared.length - 1 ? written : 0);
      return [stream, { tokens: tokens.length, prompt }];
    }),
  );
}

/** The edit points that these edits need; neutral edits need none. */
export function pointsFor(edits: readonly Edit[]): Points | undefined {
  const live = edits.filter((edit) => !isNeutral(edit));
  if (live.some(isCellEdit)) return "cells";
  return live.length > 0 ? "vectors" : undefined;
}

/** Of two kinds of points the one that does for both. */
export function most(a: Points | undefined, b: Points | undefined): Points | undefined {
  return a === "cells" || b === "cells" ? "cells" : (a ?? b);
}

/** The graph of layers `from` to `to` of a stack. */
export function specOf(stack: Stack, captures: ReadonlySet<Capture>, from: number, to: number): GraphSpec {
  const logits = captures.has("logits") || captures.has("last_logits");
  return { stack: stack.stream, from, to, captures: graphCaptures(captures), logits, cache: false };
}

/** Captures that are declared in the graph; logits are declared by the head. */
function graphCaptures(captures: ReadonlySet<Capture>): ReadonlySet<Capture> {
  return new Set([...captures].filter((capture) => capture !== "logits" && capture !== "last_logits"));
}

/** True for models whose runs and generation can share their graphs: one stack that writes. */
export function writesOn({ kind, head, stacks }: ModelDescription): boolean {
  return kind === "causal" && head?.words === true && stacks.length === 1;
}

/**
 * The graphs of a stack, the same for every input; outputs of one leave the runtime before the next one runs. `cache`:
 * they also take the keys and values of tokens before, and give those of the new ones.
 */
export function plainSpecs(stack: Stack, captures: ReadonlySet<Capture>, cache = false): GraphSpec[] {
  const layers = stack.layers.length;
  const work = layers * 12 * stack.hidden ** 2;
  const parts = Math.max(1, Math.min(PARTS, Math.floor(work / PART)));
  return ranges(layers, parts).map(([from, to]) => ({ ...specOf(stack, captures, from, to), cache }));
}

/** Parts that can be edited, the same for every input; the last stack's final norm and head are a part of their own. */
function editSpecs(stack: Stack, captures: ReadonlySet<Capture>, points: Points, last: boolean): GraphSpec[] {
  const layers = stack.layers.length;
  const { fewest, most: atMost, layers: each } = EDIT_PARTS;
  const parts = Math.min(atMost, Math.max(fewest, Math.ceil(layers / each)));
  const body = ranges(layers, parts).map(([from, to]) => {
    const spec = { ...specOf(stack, captures, from, to), logits: false, points };
    return last ? { ...spec, headless: true } : spec;
  });
  return last ? [...body, headSpec(stack, captures, points)] : body;
}

/** Final norm and head alone. */
export function headSpec(
  stack: Stack,
  captures: ReadonlySet<Capture>,
  points: Points | undefined,
): GraphSpec {
  const layers = stack.layers.length;
  const kept = new Set([...captures].filter((capture) => capture === "final_norm"));
  return { ...specOf(stack, kept, layers, layers), logits: true, points };
}

function ranges(layers: number, parts: number): [number, number][] {
  const count = Math.min(parts, layers);
  const edge = (i: number) => Math.round((i * layers) / count);
  return Array.from({ length: count }, (_, i) => [edge(i), edge(i + 1)]);
}

function partOf(spec: GraphSpec, sites: readonly Site[], captures: ReadonlySet<Capture>): PlannedPart {
  const own = sites.filter(({ layer }) => layer >= spec.from && layer < spec.to);
  const stored = new Set(
    own.flatMap(({ edit, tensor }) => (isCellEdit(edit) ? storedFor(tensor, edit.at) : [])),
  );
  return {
    spec,
    layers: spec.to - spec.from,
    sites: own,
    keeps: (name) => stored.has(name) || isAsked(name, captures),
  };
}

/** What a trace must hold where q and k no longer tell the attention: the pattern, and edited scores. */
function storedFor(tensor: string, at: "scores" | "pattern"): string[] {
  const pattern = tensor.replace(/\.scores$/, ".pattern");
  return at === "scores" ? [tensor, pattern] : [pattern];
}

function isAsked(name: string, captures: ReadonlySet<Capture>): boolean {
  const part = name.slice(name.lastIndexOf(".") + 1);
  if (part === "bias_table" || part === "bias" || part === "sinks")
    return captures.has("q") || captures.has("k");
  if (part === "logits") return captures.has("logits") || captures.has("last_logits");
  return captures.has(part as Capture) || part === "stream" || part === "new";
}
