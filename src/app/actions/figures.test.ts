import { describe, expect, test } from "vitest";
import { syntheticTrace } from "../../../test/synthetic.ts";
import { scoresOf } from "../../analysis/index.ts";
import { Trace } from "../../trace/index.ts";
import { draftOf } from "../state/draft.ts";
import { START } from "../state/place.ts";
import { AppState } from "../state/state.ts";
import { fileName } from "./figures.ts";

const plain = syntheticTrace({ layers: 3, heads: 4, tokens: 8 });
const tensors = new Map(plain.names.map((name) => [name, plain.raw(name)!]));

/** The page on a run of a model that has this name, on this text. */
function shown(name: string, text: string): AppState {
  const trace = new Trace({ ...plain.manifest, model: { ...plain.manifest.model, name } }, tensors);
  const app = new AppState();
  const run = { trace, seconds: null, example: null, input: { ...draftOf(START), text }, picture: null };
  app.show(run, new Map([["self", scoresOf(trace, "self")]]), START, "push");
  return app;
}

describe("the name of a file that is saved", () => {
  test("of a trace says the model and the first words of the text", () => {
    const app = shown("org/gpt2", "The doctor asked: «why?» She");
    expect(fileName(app, "trace", "trace.safetensors")).toBe("gpt2-the-doctor-asked-why.trace.safetensors");
  });

  test("of a figure says the head, too, where it shows one", () => {
    const app = shown("gpt2", "a b");
    const { layer, focus } = app.selection.value!;
    expect(fileName(app, "head", "svg")).toBe(`gpt2-a-b-${layer}.${focus}-head.svg`);
    expect(fileName(app, "model", "pdf")).toBe("gpt2-a-b-model.pdf");
    expect(fileName(app, "all", "html")).toBe("gpt2-a-b-all.html");
  });

  test.each([
    ["模型 1", "猫が好き", "模型-1-猫が好き.trace.safetensors"],
    ['a/b:c*d?"<|>\\e', "", "b-c-d-e.trace.safetensors"],
    ["x\n\u202ey", "  ", "x-y.trace.safetensors"],
    ["n".repeat(200), "w".repeat(200), `${"n".repeat(80)}-${"w".repeat(40)}.trace.safetensors`],
  ])("has no signs that file systems refuse, and an end: %j", (name, text, wanted) => {
    expect(fileName(shown(name, text), "trace", "trace.safetensors")).toBe(wanted);
  });
});
