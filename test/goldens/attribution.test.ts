// On every causal golden: direct logit attribution adds up to the logit, and the lens at the last layer says the logits.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  ATTRIBUTION_CAPTURES,
  attribute,
  attributeSources,
  attributionTable,
  likeliest,
  logitLens,
} from "../../src/analysis/index.ts";
import { folderSource } from "../../src/checkpoint/node.ts";
import { type Model, openModel } from "../../src/engine/index.ts";
import { nodeRuntime } from "../../src/engine/runtime/node.ts";
import { runInput } from "./compare.ts";
import { goldenFolders, readGolden } from "./golden.ts";

const sets = ["goldens", "goldens-other", "goldens-options"] as const;
const folders = sets.flatMap((set) =>
  goldenFolders(set).map(({ name, path }) => ({ name: `${set}/${name}`, path })),
);
const written = folders.filter(({ path }) => {
  const { kind, inputs } = readGolden(path);
  return (kind === "causal" || kind === "encdec") && inputs[0]!.tensors.logits;
});

describe.each(written)("$name", ({ path }) => {
  const golden = readGolden(path);
  let model: Model;
  beforeAll(async () => {
    model = await openModel(await folderSource(path), { runtime: await nodeRuntime() });
  });
  afterAll(() => model.dispose());

  it("sums to the logit of a word and to the difference of two", async () => {
    const { trace } = await model.run(runInput(golden, golden.inputs[0]!), {
      captures: ATTRIBUTION_CAPTURES,
    });
    const { length } = trace.manifest.streams.at(-1)!.tokens;
    const logits = trace.tensor("logits")!;
    const top = logits.data.reduce((most, logit) => Math.max(most, Math.abs(logit)), 1);
    const best = likeliest(logits.data.subarray(-logits.shape[1]!), 2);
    const readout = await model.readout(best);
    for (const position of [1, length - 1]) {
      for (const pair of [{ target: 0 }, { target: 1 }, { target: 0, against: 1 }]) {
        const parts = attribute(trace, readout, { position, ...pair });
        expect(Math.abs(parts.residue) / top).toBeLessThan(1e-3);
        expect(Math.abs(parts.heads.values[0]!)).toBeGreaterThan(0);
      }
    }
    const outside = { position: length, target: 0 };
    expect(() => attribute(trace, readout, outside)).toThrow(
      `Position ${length} is outside 0 to ${length - 1}.`,
    );
    expect(() => attribute(trace, readout, { position: 0, target: 2 })).toThrow(
      "Target 2 is outside 0 to 1.",
    );
    const told = attributionTable(attribute(trace, readout, { position: 1, target: 0 }), "logit");
    const width = told.columns.length;
    const last = told.rows.map((_, row) => told.values[(row + 1) * width - 1]!);
    const added = last.slice(0, -1).reduce((total, value) => total + value, 0);
    expect(Math.abs(added - last.at(-1)!) / top).toBeLessThan(1e-5);
    const cells = told.values.filter((value, i) => (i + 1) % width !== 0 && !Number.isNaN(value));
    const layers = last.slice(1, -3).reduce((total, value) => total + value, 0);
    expect(Math.abs(cells.reduce((total, value) => total + value, 0) - layers) / top).toBeLessThan(1e-5);
    const at = { position: length - 1, target: 0 };
    const block = trace.manifest.blocks.findLast(({ queries, keys }) => queries === keys)!.name;
    const sources = attributeSources(trace, readout, at, { block, layer: 1, head: 1 });
    const sum = sources.reduce((total, value) => total + value, 0);
    const heads = attribute(trace, readout, at).heads;
    expect(Math.abs(sum - heads.values[heads.columns.length + 1]!) / top).toBeLessThan(1e-3);
  });

  it("is read by the lens", async () => {
    const captures = ["resid_pre", "resid_post", "logits"] as const;
    const { trace } = await model.run(runInput(golden, golden.inputs[0]!), { captures });
    const logits = trace.tensor("logits")!;
    const layers = trace.manifest.model.layers;
    const stream = trace.activation(trace.manifest.streams.at(-1)!.name, layers - 1, "resid_post")!;
    const found = (await model.unembed(stream)).data;
    for (const [i, logit] of logits.data.entries()) expect(Math.abs(found[i]! - logit)).toBeLessThan(1e-3);
    const lens = await logitLens(trace, (x) => model.unembed(x), { target: 5, word: String });
    const { columns, values } = lens.logit;
    expect(lens.rank.rows).toHaveLength(layers + 1);
    expect(values.at(-1)).toBeCloseTo(logits.data.at(-logits.shape[1]! + 5)!, 3);
    expect(columns).toHaveLength(trace.manifest.streams.at(-1)!.tokens.length);
  });
});
