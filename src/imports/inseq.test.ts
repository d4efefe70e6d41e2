// What inseq 0.7.1 saved with the method "attention" of two bundled models: rows of written words, of all three attentions
// of a translator; and its other outputs. `inseq-goldens.json` has the same rows from Transformers, for the first text and the
// encoder. For the others, which inseq runs with other positions and unscaled embeddings, it has inseq's arrays, read by inseq.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Trace } from "../trace/index.ts";
import { readFound, traceOf, understand } from "./index.ts";

const fixture = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../test/fixtures/imports/${name}`, import.meta.url)));
const goldens = JSON.parse(new TextDecoder().decode(fixture("inseq-goldens.json"))) as Record<string, never>;
const rawOf = (trace: Trace, stream: "text" | "encoder" | "decoder") =>
  trace.stream(stream).tokens.map(({ raw }) => raw);

/** Rows from `from` on equal the golden's, keys that it has beyond are left out. */
function expectRows(
  got: Float32Array,
  wanted: readonly (readonly number[])[],
  from: number,
  columns: number,
) {
  const rows = got.length / columns;
  for (let row = from; row < rows; row++) {
    for (let key = 0; key < columns; key++)
      expect(Math.abs(got[row * columns + key]! - wanted[row]![key]!)).toBeLessThan(6e-5);
  }
}

describe("inseq", () => {
  const found = readFound("a.json.gz", fixture("inseq-stories-gpt2.json.gz"));

  it("of several texts, one is asked for, by its words", () => {
    expect(understand(found)).toMatchObject({
      choices: ["inseq, 9 words: Lily saw a dog. The dog was very", "inseq, 5 words: Tom ran to the park"],
      questions: [{ about: "item", count: 2 }],
    });
  });

  it.each([0, 1])("of a model that writes, text %i: rows of written words, none before them", (item) => {
    const { tokens, start, layer2head1 } = goldens[`gpt2.${item}`] as unknown as {
      tokens: string[];
      start: number;
      layer2head1: number[][];
    };
    const trace = traceOf(found, { item });
    expect(rawOf(trace, "text")).toEqual(tokens.slice(0, -1));
    expect(trace.manifest.model.name).toBe("stories-gpt2");
    const got = trace.attention("self", 2, 1);
    expectRows(got, layer2head1, start - 1, tokens.length - 1);
    expect(got.subarray(0, (start - 1) * (tokens.length - 1)).every((weight) => weight === 0)).toBe(true);
    expect(trace.manifest.note).toContain("rows of written words alone: those before position");
    expect(trace.manifest.note).toContain(`did not read it: "${tokens.at(-1)}"`);
  });

  it("of primitives in half precision", () => {
    const { tokens, start, layer2head1 } = goldens["gpt2.0"] as unknown as {
      tokens: string[];
      start: number;
      layer2head1: number[][];
    };
    const trace = traceOf(readFound("a.json.gz", fixture("inseq-primitives.json.gz")), { item: 0 });
    const got = trace.attention("self", 2, 1);
    const [columns, row] = [tokens.length - 1, start - 1];
    for (let key = 0; key < columns; key++)
      expect(Math.abs(got[row * columns + key]! - layer2head1[row]![key]!)).toBeLessThan(5e-4);
  });

  it("of a translator, all three attentions, rows attending to columns", () => {
    const trace = traceOf(readFound("a.json.gz", fixture("inseq-translate-en-de.json.gz")));
    const { source, target, encoder, decoder, cross } = goldens as never as Record<string, never[]>;
    expect(rawOf(trace, "encoder")).toEqual(source);
    expect(rawOf(trace, "decoder")).toEqual(target!.slice(0, -1));
    for (const [block, wanted] of [
      ["encoder", encoder],
      ["decoder", decoder],
      ["cross", cross],
    ] as const)
      expectRows(trace.attention(block, 1, 2), wanted as never, 0, 6);
  });

  const text = (changed: object, method = "attention"): Uint8Array => {
    const whole = { source: [], target: [{ token: "a" }, { token: "b" }], attr_pos_start: 1, ...changed };
    const saved = { info: { attribution_method: method }, sequence_attributions: [whole] };
    return new TextEncoder().encode(JSON.stringify(saved));
  };
  it.each([
    [
      "another method",
      text({}, "saliency"),
      /inseq's "saliency", which explains a prediction and is no attention/,
    ],
    ["added up", text({ target_attributions: [[1], [0]] }), /is 2 × 1; .* Save the output before aggregate/],
    ["nothing", text({}), /has no attention/],
    ["an older packing", text({ target_attributions: { __ndarray__: "b64.gz:eJw=" } }), /before 0\.6/],
    ["no safetensors", text({ target_attributions: "AAAA" }), /cannot be read: .*scores_precision="float32"/],
    ["no base64", text({ target_attributions: "%" }), /cannot be read/],
    ["more rows than words", text({ target_attributions: [[[[1]], [[1]], [[1]]]] }), /1 keys and 3 rows/],
  ])("%s is refused with the reason", (_, bytes, reason) => {
    expect(() => readFound("a.json", bytes)).toThrow(reason);
  });
});
