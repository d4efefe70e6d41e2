// The checks that every golden folder must pass, packed fixtures and the full set alike.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { folderSource } from "../../src/checkpoint/node.ts";
import { type Model, openModel } from "../../src/engine/index.ts";
import { nodeRuntime } from "../../src/engine/runtime/node.ts";
import { compare, continuation, goingOn } from "./compare.ts";
import { readGolden } from "./golden.ts";

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

    const texts = golden.inputs.filter((input) => input.text !== undefined);
    it.each(texts)("turns $text into the same ids and offsets", (input) => {
      const { text, pair, decoder_text } = input;
      const streams = model.tokens({
        text: text!,
        ...(pair !== undefined && { pair }),
        ...(decoder_text !== undefined && { target: decoder_text }),
      });
      const expected = [
        { ids: input.ids, offsets: input.offsets },
        ...(input.decoder_ids ? [{ ids: input.decoder_ids, offsets: input.decoder_offsets }] : []),
      ];
      expect(
        streams.map(({ tokens }) => ({
          ids: tokens.map(({ id }) => id),
          offsets: tokens.map(({ start, end }) => [start ?? 0, end ?? 0]),
        })),
      ).toEqual(expected);
    });

    const generating = golden.inputs.filter((input) => input.generated);
    it.each(generating)("generates the same tokens after $text", async (input) => {
      expect(await continuation(model, golden, input)).toEqual(input.generated);
    });

    it.each(generating)("goes on from a run of $text with the same tokens", async (input) => {
      expect(await goingOn(model, golden, input)).toEqual(input.generated);
    });
  });
}
