// Every caption of the gallery is held against the trace it is about.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { rowNeurons, type ScoreTable, scoreById, scoreTables } from "../src/analysis/index.ts";
import { type GalleryPicture, galleryPicture } from "../src/app/state/gallery-picture.ts";
import { type BlockName, readTrace, type Trace } from "../src/trace/index.ts";

const FOLDER = new URL("../gallery/", import.meta.url);

/** Something a caption says, in numbers. Which fields are there decides what is measured. */
interface Claim {
  /** A recorded run that is shown beside the entry's own. */
  readonly trace?: string;
  readonly block?: BlockName;
  readonly head?: string;
  /** A head score by id; with `rank`, the head's place among all heads; with `above` and `count`, of all heads. */
  readonly score?: string;
  readonly rank?: number;
  readonly above?: number;
  readonly count?: number;
  /** A weight from `query`, or the mean of the weights from several, to `key`. */
  readonly query?: number;
  readonly from?: readonly number[];
  readonly key?: number;
  /** The share of the row's pattern that these neurons carry together. */
  readonly neurons?: readonly number[];
  /** The neurons that are marked as falling with distance, all of them. */
  readonly falls?: readonly number[];
  readonly min?: number;
  readonly max?: number;
}

interface Entry {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly figure?: string;
  readonly picture: GalleryPicture;
  readonly source: string;
  readonly trace: string;
  readonly state: string;
  readonly model: string | null;
  readonly input: { readonly text: string };
  readonly claims: readonly Claim[];
}

const entries: readonly Entry[] = JSON.parse(readFileSync(new URL("entries.json", FOLDER), "utf8"));
const traces = new Map(
  readdirSync(new URL("traces/", FOLDER)).map((file) => [
    `traces/${file}`,
    readTrace(readFileSync(new URL(`traces/${file}`, FOLDER))),
  ]),
);

function headOf(claim: Claim): [number, number] {
  const [layer, head] = claim.head!.split(".").map(Number);
  return [layer!, head!];
}

function table(trace: Trace, claim: Claim): ScoreTable {
  return scoreTables(trace, claim.block ?? "self", [scoreById(claim.score!)!])[0]!;
}

/** The number a claim is about. */
function measured(trace: Trace, claim: Claim): number {
  const block = claim.block ?? "self";
  const [layer, head] = headOf(claim);
  if (claim.score) return table(trace, claim).values[layer * trace.block(block).heads + head]!;
  if (claim.neurons) {
    const { groups } = rowNeurons(trace, block, layer, head, claim.query!);
    return claim.neurons.reduce((sum, neuron) => sum + groups[neuron]!.share, 0);
  }
  const from = claim.from ?? [claim.query!];
  const weights = from.map((query) => trace.attention(block, layer, head, query, query + 1)[claim.key!]!);
  return weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
}

function check(trace: Trace, claim: Claim): void {
  if (claim.count !== undefined) {
    expect(table(trace, claim).values.filter((value) => value > claim.above!)).toHaveLength(claim.count);
  } else if (claim.falls) {
    const { groups } = rowNeurons(trace, claim.block ?? "self", ...headOf(claim), claim.query!);
    expect(groups.filter((group) => group.falls).map((group) => group.dims[0])).toEqual(claim.falls);
  } else {
    const value = measured(trace, claim);
    if (claim.min !== undefined) expect(value).toBeGreaterThanOrEqual(claim.min);
    if (claim.max !== undefined) expect(value).toBeLessThanOrEqual(claim.max);
    if (claim.rank !== undefined) {
      const better = table(trace, claim).values.filter((other) => other > value);
      expect(better.length + 1).toBe(claim.rank);
    }
  }
}

describe.each(entries)("gallery entry $id", (entry) => {
  const trace = traces.get(entry.trace)!;

  it("has a trace, a place in it, a text and at least one claim", () => {
    const state = new URLSearchParams(entry.state);
    const block = trace.block((state.get("block") ?? "self") as BlockName);
    expect(Number(state.get("l"))).toBeLessThan(block.layers);
    for (const head of state.get("h")!.split(",")) expect(Number(head)).toBeLessThan(block.heads);
    expect(scoreById(state.get("score")!)).toBeDefined();
    const heads = state
      .get("h")!
      .split(",")
      .map((head) => `${state.get("l")}.${head}`);
    expect(entry.claims.some(({ head }) => head !== undefined && heads.includes(head))).toBe(true);
    expect([entry.title, entry.text, entry.source, entry.input.text].every(Boolean)).toBe(true);
  });

  it("has the picture of its head", () => {
    expect(entry.picture).toEqual(galleryPicture(trace, entry.state));
    expect(entry.picture.codes).not.toBe("");
  });

  it.each(entry.claims.map((claim) => [JSON.stringify(claim), claim] as const))(
    "is true to its trace: %s",
    (_, claim) => {
      check(claim.trace === undefined ? trace : traces.get(claim.trace)!, claim);
    },
  );
});

describe("the gallery", () => {
  it("names each example once and each recording's source", () => {
    expect(new Set(entries.map((entry) => entry.id)).size).toBe(entries.length);
    const recorded = entries.filter((entry) => entry.model === null);
    for (const { trace } of recorded) expect(traces.get(trace)?.manifest.note).toMatch(/Apache-2\.0/);
  });

  it("shows every trace it carries, and stays small", () => {
    const shown = new Set(entries.map((entry) => entry.trace));
    expect([...traces.keys()].filter((file) => !shown.has(file))).toEqual([]);
    const sizes = [...traces.keys()].map((file) => statSync(new URL(file, FOLDER)).size);
    expect(Math.max(...sizes)).toBeLessThan(400_000);
    expect(sizes.reduce((a, b) => a + b)).toBeLessThan(3_000_000);
  });
});
