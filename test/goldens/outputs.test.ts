// Outputs of heads, as the engine reads them from a checkpoint, give the lengths that multiplying v by W_O gives.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { folderSource } from "../../src/checkpoint/node.ts";
import { type Model, openModel } from "../../src/engine/index.ts";
import { nodeRuntime } from "../../src/engine/runtime/node.ts";
import { type BlockName, type ReadMatrix, type Trace, valueWeighted } from "../../src/trace/index.ts";
import { runInput } from "./compare.ts";
import { goldenFolders, readGolden } from "./golden.ts";

/** Stored both ways round, fused, grouped, scaled, and across two stacks. */
const FAMILIES: readonly (readonly [string, BlockName])[] = [
  ["gpt2", "self"],
  ["llama", "self"],
  ["falcon", "self"],
  ["granite", "self"],
  ["bart", "decoder"],
  ["bart", "cross"],
];

/** |v W_O| of one head and key, multiplied out. */
function slowLength(
  trace: Trace,
  at: { block: BlockName; head: number; key: number },
  out: ReadMatrix,
): number {
  const v = trace.values(at.block, 1, at.head)!;
  const size = v.shape[1]!;
  let sum = 0;
  for (let column = 0; column < out.out; column++) {
    let value = 0;
    for (let i = 0; i < size; i++)
      value += v.data[at.key * size + i]! * out.weight[(at.head * size + i) * out.out + column]!;
    sum += value ** 2;
  }
  return Math.sqrt(sum);
}

describe.each(FAMILIES)("%s, %s attention", (family, block) => {
  const { path } = goldenFolders("goldens").find(({ name }) => name === family)!;
  const golden = readGolden(path);
  let model: Model;
  beforeAll(async () => {
    model = await openModel(await folderSource(path), { runtime: await nodeRuntime() });
  });
  afterAll(() => model.dispose());

  it("times |v W_O| within 1e-5 of the longest", async () => {
    const { trace } = await model.run(runInput(golden, golden.inputs[0]!), { captures: ["q", "k", "v"] });
    const { branches } = (await model.readout([0])).layers[1]!;
    const out = branches.find((branch) => branch.block === block)!.out!;
    const [heads, { queries, keys }] = [trace.heads(block, 1), trace.sides(block)];
    const lengths = Array.from({ length: heads * keys }, (_, i) =>
      slowLength(trace, { block, head: Math.floor(i / keys), key: i % keys }, out),
    );
    const longest = Math.max(...lengths);
    const weighted = valueWeighted(trace, block, (...which) => model.outputs(...which));
    const query = queries - 1;
    await weighted.want([{ layer: 1, head: 0, query }]);
    for (let head = 0; head < heads; head++) {
      const plain = trace.attention(block, 1, head, query, query + 1);
      const row = weighted.row(1, head, query)!;
      for (let key = 0; key < keys; key++) {
        const slow = (plain[key]! * lengths[head * keys + key]!) / longest;
        expect(Math.abs(row[key]! - slow)).toBeLessThan(1e-5);
      }
    }
  });

  it("is refused for a layer that is not there", async () => {
    await expect(model.outputs(block, 99)).rejects.toThrow(`This model has no layer 99 of ${block}; it has`);
  });
});
