// The checks that every golden folder with edits must pass.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { folderSource } from "../../src/checkpoint/node.ts";
import { type Model, openModel } from "../../src/engine/index.ts";
import { nodeRuntime } from "../../src/engine/runtime/node.ts";
import type { FloatTensor } from "../../src/tensor/index.ts";
import { difference, runInput } from "./compare.ts";
import { tooFar } from "./edits.ts";
import { readGolden } from "./golden.ts";

/** Registers the tests of the edits of one golden folder. */
export function checkEdits(name: string, folder: string): void {
  const golden = readGolden(folder);
  const { edits = [] } = golden;
  if (edits.length === 0) return;
  describe(name, () => {
    let model: Model;
    beforeAll(async () => {
      model = await openModel(await folderSource(folder), { runtime: await nodeRuntime() });
    });
    afterAll(() => model.dispose());

    it.each(
      edits.map((edit, i) => ({ i, edit, what: edit.edits.map((e) => `${e.op} ${e.target}`).join(", ") })),
    )("edit $i ($what) equals Transformers with hooks", async ({ edit }) => {
      expect(await tooFar(model, golden, edit)).toEqual({});
    });

    it("without edits gives the same bits over edit points", async () => {
      const input = runInput(golden, golden.inputs[0]!);
      const captures = ["pattern", "z", "resid_post", "logits"] as const;
      const plain = await model.run(input, { captures, points: "none" });
      const experts = /moe|mixtral|gpt_oss/.test(model.info.family);
      for (const points of ["vectors", "cells"] as const) {
        const { trace } = await model.run(input, { captures, points });
        expect(trace.names.sort()).toEqual(plain.trace.names.sort());
        for (const tensor of trace.names)
          same(trace.tensor(tensor)!, plain.trace.tensor(tensor)!, tensor, experts);
      }
    });
  });
}

/**
 * The same bits, but where a product may have one row, which rounds otherwise with the packed weights of edit points:
 * a classifier's logits, and an expert that one token was sent to.
 */
function same(found: FloatTensor, expected: FloatTensor, name: string, experts: boolean): void {
  if (!experts && (name !== "logits" || expected.shape.length > 1)) expect(found, name).toEqual(expected);
  else expect(difference(found.data, expected, true), name).toBeLessThan(1e-6);
}
