// Edits through `headscope trace`: what the command writes equals Transformers with hooks, for every kind of input that
// a model can have, with the other run given by the options that the command has for it. And what cannot be is refused
// in the edit's own words.

import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { folderSource } from "../src/checkpoint/node.ts";
import { generateCommand } from "../src/cli/generate.ts";
import { traceCommand } from "../src/cli/trace.ts";
import { type Model, openModel } from "../src/engine/index.ts";
import { nodeRuntime } from "../src/engine/runtime/node.ts";
import { type FloatTensor, floatTensor, writeSafetensors } from "../src/tensor/index.ts";
import { readTrace } from "../src/trace/index.ts";
import { difference } from "./goldens/compare.ts";
import { type GoldenEdit, ourEdit } from "./goldens/edits.ts";
import { readGolden } from "./goldens/golden.ts";
import { fakeEnv } from "./support/fake-model.ts";

const FIXTURES = fileURLToPath(new URL("fixtures", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "headscope-"));
const path = (name: string) => join(folder, name);

/** A file with one tensor, as --pixels and --features read it. */
function saved(name: string, tensor: FloatTensor, file = name): string {
  const at = path(`${file}.safetensors`);
  writeFileSync(at, writeSafetensors(new Map([[name, tensor]])));
  return at;
}

async function open(name: string): Promise<Model> {
  return openModel(await folderSource(join(FIXTURES, name)), { runtime: await nodeRuntime() });
}

/** A command on a model that stays open. */
async function ran(command: typeof traceCommand, model: Model, args: readonly string[]) {
  const { env, said } = fakeEnv(model);
  const dispose = model.dispose;
  model.dispose = async () => {};
  try {
    return { status: await command(["m", ...args], env), ...said };
  } finally {
    model.dispose = dispose;
  }
}

describe.each(["bert", "t5", "whisper", "vit", "gpt_oss", "gpt2"])("headscope trace --edit on %s", (name) => {
  const golden = readGolden(join(FIXTURES, "goldens-edits", name));
  let model: Model;
  beforeAll(async () => {
    model = await open(`goldens-edits/${name}`);
  });
  afterAll(() => model.dispose());

  /** The first input of the golden as options. */
  function input(): string[] {
    const { ids, type_ids, decoder_ids, tensors } = golden.inputs[0]!;
    const { pixel_values: pixels, input_features: features } = tensors;
    return [
      ...(pixels ? ["--pixels", saved("pixel_values", golden.tensor(pixels.name))] : []),
      ...(features ? ["--features", saved("input_features", golden.tensor(features.name))] : []),
      ...(ids ? ["--ids", ids.join()] : []),
      ...(ids && type_ids ? ["--type-ids", type_ids.join()] : []),
      ...(decoder_ids ? ["--target-ids", decoder_ids.join()] : []),
    ];
  }

  function other({ donor, tensors }: GoldenEdit): string[] {
    const pixels = tensors.donor_pixel_values;
    if (pixels) return ["--other-pixels", saved("pixel_values", golden.tensor(pixels), "donor")];
    if (!donor) return [];
    const { input_features: features } = golden.inputs[0]!.tensors;
    return [
      ...(features ? ["--other-features", saved("input_features", golden.tensor(features.name))] : []),
      ...(donor.ids ? ["--other-ids", donor.ids.join()] : []),
      ...(donor.type_ids ? ["--other-type-ids", donor.type_ids.join()] : []),
      ...(donor.decoder_ids ? ["--other-target-ids", donor.decoder_ids.join()] : []),
    ];
  }

  it("writes what Transformers computes with hooks", async () => {
    expect(golden.edits!.some(({ edits }) => edits.some(({ op }) => op === "patch"))).toBe(true);
    for (const edit of golden.edits!) {
      const file = path("out.safetensors");
      const list = path("edits.json");
      writeFileSync(list, JSON.stringify(edit.edits.map(ourEdit)));
      const args = [...input(), "--edit", `@${list}`, ...other(edit), "--capture", "logits", "-o", file];
      const { status, err } = await ran(traceCommand, model, args);
      expect({ status, err }).toEqual({ status: 0, err: "" });
      const trace = readTrace(new Uint8Array(readFileSync(file)));
      const far = difference(trace.tensor("logits")!.data, golden.tensor(edit.tensors.logits!), true);
      expect(far, JSON.stringify(edit.edits)).toBeLessThan(1e-3);
      expect(trace.manifest.edits).toEqual(edit.edits.map(ourEdit));
      expect(trace.manifest.receipts.every(({ touched }) => touched > 0)).toBe(true);
    }
  });
});

describe("headscope trace --edit on CLIP", () => {
  let model: Model;
  beforeAll(async () => {
    model = await open("goldens/clip");
  });
  afterAll(() => model.dispose());

  it("edits either tower and patches it from another text or picture", async () => {
    const golden = readGolden(join(FIXTURES, "goldens/clip"));
    const [first, second] = golden.inputs;
    const picture = golden.tensor(first!.tensors.pixel_values!.name);
    const pixels = saved("pixel_values", picture);
    const flat = floatTensor(
      picture.shape,
      picture.data.map(() => 0.5),
    );
    const grey = saved("pixel_values", flat, "grey");
    const ids = second!.ids!.slice(0, 6);
    const texts = [
      ["--ids", ids.join()],
      ["--other-ids", ids.with(2, ids[3]!).join()],
    ] as const;
    for (const [input, from] of [
      texts,
      [
        ["--pixels", pixels],
        ["--other-pixels", grey],
      ] as const,
    ]) {
      const written = async (...edits: string[]) => {
        const file = path("clip-out.safetensors");
        const args = [...input, ...edits, "--capture", "resid_post", "-o", file];
        expect(await ran(traceCommand, model, args)).toMatchObject({ status: 0, err: "" });
        return readTrace(new Uint8Array(readFileSync(file)));
      };
      const layer = model.info.layers - 1;
      const tensor = `text.${layer}.resid_post`;
      const plain = (await written()).tensor(tensor)!.data;
      const zeroed = await written("--edit", "zero head 0.0");
      expect(zeroed.tensor(tensor)!.data).not.toEqual(plain);
      const all = `patch resid_post of ${layer}`;
      const patched = await written("--edit", all, ...from);
      const option = from[0].replace("other-", "");
      const there = path("clip-there.safetensors");
      await ran(traceCommand, model, [option, from[1], "--capture", "resid_post", "-o", there]);
      const donor = readTrace(new Uint8Array(readFileSync(there))).tensor(tensor)!.data;
      expect(difference(patched.tensor(tensor)!.data, floatTensor([donor.length], donor), true)).toBeLessThan(
        1e-6,
      );
      expect(patched.tensor(tensor)!.data).not.toEqual(plain);
    }
  });
});

describe("what cannot be is refused with the edit's own words quoted", () => {
  let model: Model;
  beforeAll(async () => {
    model = await open("goldens-edits/gpt2");
  });
  afterAll(() => model.dispose());

  const INPUT = ["--ids", "1,2,3,4,5,6"];
  const OTHER = ["--other-ids", "1,2,3"];

  /** Refused edits: what is typed, what is quoted, what is wrong with it. Wrong sentences are a wrong usage. */
  const REFUSED: readonly (readonly [
    edits: string,
    quoted: string,
    why: string,
    status: number,
    more?: string[],
  ])[] = [
    ["zero head 9.0", '"zero head 9.0"', "layer 9 is outside 0 to 1", 1],
    ["zero head 0.77", '"zero head 0.77"', "head 77 is outside 0 to", 1],
    ["zero head 0.0 at 7", '"zero head 0.0 at 7"', "position 7 is outside 0 to 5", 1],
    ["zero head 0.0 at -7", '"zero head 0.0 at -7"', "position -7 is outside", 1],
    ["scale q999 of 0.0 by 0", '"scale q999 of 0.0 by 0"', "unit 999 is outside 0 to", 1],
    ["block 9>0 in 0.0", '"block 9>0 in 0.0"', "query 9 is outside 0 to 5", 1],
    ["block 3>9 in 0.0", '"block 3>9 in 0.0"', "key 9 is outside 0 to 5", 1],
    ["set mlp_post99999 of 0 to 1", '"set mlp_post99999 of 0 to 1"', "unit 99999 is outside", 1],
    ["block 1>3 in 0.0", '"block 1>3 in 0.0"', "no key in its range is visible", 1],
    ["zero head 0.0 at new", '"zero head 0.0 at new"', "no new tokens", 1],
    ["set 3>1 in 0.1 to 1; set 3>1 in 0.1 to 0", '"set 3>1 in 0.1 to 0"', "contradicts", 1],
    ["set 5>1 in 0.1 to 1; set -1>1 in 0.1 to 0", '"set -1>1 in 0.1 to 0"', "contradicts", 1],
    [
      "set 3>1 in 0.1 to 1; set 3>* in 0.* to 0",
      '"set 3>* in 0.* to 0"',
      'contradicts "set 3>1 in 0.1 to 1"',
      1,
    ],
    ["block 3>1 in 0.1; set scores 3>1 in 0.1 to 0", '"set scores 3>1 in 0.1 to 0"', "contradicts", 1],
    [
      "set z3 of 1.0 at 2 to 2; set head 1.0 at prompt to 0",
      '"set head 1.0 at prompt to 0"',
      "contradicts",
      1,
    ],
    [
      "set resid_mid of 0 at 2 to 1; mean resid_mid of 0 from other",
      '"mean resid_mid of 0 from other"',
      "contradicts",
      1,
      OTHER,
    ],
    ["scale head 0.0 by NaN", '"scale head 0.0 by NaN"', '"NaN" is no finite number', 2],
    ["scale head 0.0 by Infinity", '"scale head 0.0 by Infinity"', "no finite number", 2],
    ["scale head 0.0 by 1e39", '"scale head 0.0 by 1e39"', "expected a finite number", 2],
    ['{"op":"scale","at":"z","value":1e999}', '"op":"scale"', "expected a finite number", 2],
    ['{"op":"scale","at":"z","value":null}', '"op":"scale"', "expected a finite number", 2],
    ["zero head 0.0 in cross", '"zero head 0.0 in cross"', 'there is no block "cross"', 1],
    ["scale resid_pre of 0 in encoder by 0", '"scale resid_pre of 0 in encoder by 0"', "no stream", 1],
    ["scale pair 1 of 0.0 by 0", '"scale pair 1 of 0.0 by 0"', "this model has none", 1],
    ["block 0>0 in 0.0", '"block 0>0 in 0.0"', "without a key", 1],
    ["block *>* in 1.1", '"block *>* in 1.1"', "without a key", 1],
    ["patch head 0.0", '"patch head 0.0"', "it reads from another run", 1],
    ["patch head 0.0", '"patch head 0.0"', "the other run 3; give inputs of equal length", 1, OTHER],
    [
      "patch head 0.0 at 5",
      '"patch head 0.0 at 5"',
      "no token in its range has a counterpart",
      1,
      [...OTHER, "--align", "0,1,2,-1,-1,-1"],
    ],
    ["erase head 0.0", '"erase head 0.0"', '"erase" is not understood', 2],
  ];

  it.each(REFUSED.map((row) => ({ row, edits: row[0], why: row[2] })))("$edits: $why", async ({ row }) => {
    const [edits, quoted, why, status, more = []] = row;
    const trace = ["--edit", edits, ...more, ...INPUT, "-o", path("never.safetensors")];
    const found = await ran(traceCommand, model, trace);
    expect(found).toMatchObject({ status, out: "" });
    expect(found.err).toContain(quoted);
    expect(found.err).toContain(why);
    const writing = ["--edit", edits, ...more, ...INPUT, "--tokens", "1"];
    const goesOn = await ran(generateCommand, model, writing);
    expect(goesOn.status, goesOn.err).toBe(edits.endsWith("at new") ? 0 : status);
    if (goesOn.status > 0) expect(goesOn.err).toContain(quoted);
  });

  it.each([
    ["in the logits", "scale resid_post of 0 by 1e38; scale head 1.0 by 1e38", "1e+38"],
    ["in what is recorded", "scale q of 1.0 by 3e38; scale q of 1.0 by 3e38", "3e+38"],
  ])("numbers that leave the range of float32, %s", async (_, edits, value) => {
    const found = await ran(traceCommand, model, [
      "--edit",
      edits,
      ...INPUT,
      "-o",
      path("never.safetensors"),
    ]);
    expect(found).toMatchObject({ status: 1, err: expect.stringContaining("float32") });
    expect(found.err).toContain(value);
    expect(found.err).not.toContain("weight");
  });

  it("a file of edits that cannot be read", async () => {
    const found = await ran(traceCommand, model, ["--edit", "@none.txt", ...INPUT, "-o", path("never")]);
    expect(found.status).not.toBe(0);
    expect(found.err).toContain("none.txt");
  });
});
