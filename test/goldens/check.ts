// The checks that every golden folder must pass, packed fixtures and the full set alike.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { folderSource } from "../../src/checkpoint/node.ts";
import { type Model, openModel } from "../../src/engine/index.ts";
import { nodeRuntime } from "../../src/engine/runtime-node.ts";
import { compare, readGolden, runInput } from "./golden.ts";

/** Bound on attention (absolute) and on everything else (relative to its largest value). */
export const TOLERANCE = 1e-4;

/** Registers the tests of one golden folder. */
export function checkGolden(name: string, folder: string): void {
  describe(name, () => {
    const golden = readGolden(folder);
    let model: Model;
    beforeAll(async () => {
      model = await openModel(await folderSource(folder), { runtime: await nodeRuntime() });
    });
    afterAll(() => model.dispose());

    it.each(golden.inputs.map((input, i) => ({ input, i })))(
      "input $i equals Transformers",
      async ({ input }) => {
        const errors = await compare(model, golden, input);
        expect(Object.fromEntries([...errors].filter(([, error]) => !(error < TOLERANCE)))).toEqual({});
      },
    );

    it("turns the texts into the same ids", () => {
      const texts = golden.inputs.filter((input) => input.text !== undefined);
      for (const { text, pair, ids } of texts) {
        const [stream] = model.tokens({ text: text!, ...(pair !== undefined && { pair }) });
        expect(stream!.tokens.map((token) => token.id)).toEqual(ids);
      }
    });

    const generating = golden.inputs.filter((input) => input.generated);
    it.each(generating)("generates the same tokens after $text", async (input) => {
      const ids: (number | null)[] = [];
      const options = { tokens: input.generated!.length, ignoreEos: true };
      for await (const { token } of model.generate(runInput(golden, input), options)) ids.push(token.id);
      expect(ids).toEqual(input.generated);
    });
  });
}
