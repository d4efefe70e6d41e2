import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fakeEnv, fakeModel } from "../../test/support/fake-model.ts";
import { ATTRIBUTION_CAPTURES, attribute, attributeSources, readTable } from "../analysis/index.ts";
import { folderSource } from "../checkpoint/node.ts";
import { type Model, openModel } from "../engine/index.ts";
import { nodeRuntime } from "../engine/runtime/node.ts";
import { editsFromText } from "../trace/index.ts";
import { attributeCommand } from "./attribute.ts";

const TEXT = "Lily saw a dog. The";
const file = (name: string) => join(mkdtempSync(join(tmpdir(), "headscope-")), name);

let model: Model;
beforeAll(async () => {
  const folder = fileURLToPath(new URL("../../models/stories-gpt2", import.meta.url));
  model = await openModel(await folderSource(folder), { runtime: await nodeRuntime() });
});
afterAll(() => model.dispose());

async function told(name: string, ...args: string[]) {
  const { env, said } = fakeEnv({ ...keeping(model), dispose: async () => {} });
  const path = file(name);
  const status = await attributeCommand(["stories-gpt2", "--text", TEXT, ...args, "-o", path], env);
  return { status, ...said, written: status === 0 ? readFileSync(path, "utf8") : "" };
}

/** The model as an object whose methods can be spread. */
function keeping(of: Model): Model {
  return new Proxy({} as Model, {
    get: (_, name) => {
      const value = of[name as keyof Model] as unknown;
      return typeof value === "function" ? value.bind(of) : value;
    },
    ownKeys: () => ["info", "kind", "tokenizer", "notes", "rotary", "tokens", "run", "readout"],
    getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
  });
}

const id = (word: string) => model.tokenizer!.encode(word, undefined, { addSpecialTokens: false })[0]!.id!;

describe("headscope attribute", () => {
  it("writes what each part adds to the difference of two words, and one head by source word", async () => {
    const words = ["--target", " dog", "--against", " cat", "--head", "4.1"];
    const { status, out, err, written } = await told("parts.json", ...words);
    expect({ status, err }).toEqual({ status: 0, err: "" });
    expect(out).toContain('logit of "dog" minus logit of "cat"');
    const tables = JSON.parse(written) as Record<string, unknown>;
    const [parts, sources] = [tables.parts, tables.sources].map((table) => readTable(JSON.stringify(table)));
    const { trace } = await model.run({ text: TEXT }, { captures: ATTRIBUTION_CAPTURES });
    const readout = await model.readout([id(" dog"), id(" cat")]);
    const at = { position: trace.stream("text").tokens.length - 1, target: 0, against: 1 };
    const truth = attribute(trace, readout, at);
    const width = parts!.columns.length;
    expect(parts!.rows).toEqual(["embedding", "0", "1", "2", "3", "4", "biases", "residue", "logit"]);
    expect(parts!.values.at(-1)).toBeCloseTo(truth.logit, 4);
    for (const [layer, head] of [
      [0, 0],
      [4, 1],
    ] as const)
      expect(parts!.values[(layer + 1) * width + head]).toBeCloseTo(truth.heads.values[5 * layer + head]!, 4);
    const column = parts!.rows.slice(0, -1).map((_, row) => parts!.values[(row + 1) * width - 1]!);
    expect(column.reduce((sum, x) => sum + x)).toBeCloseTo(truth.logit, 3);
    const from = attributeSources(trace, readout, at, { block: "self", layer: 4, head: 1 });
    expect(sources!.rows).toEqual(trace.stream("text").tokens.map(({ text }) => text));
    for (const [key, value] of from.entries()) expect(sources!.values[key]).toBeCloseTo(value, 4);
  });

  it("takes the likeliest word, another position and edits, and writes CSV", async () => {
    const { status, out, written } = await told("parts.csv", "--position", "2", "--edit", "zero head 4.1");
    expect(status).toBe(0);
    const edits = editsFromText("zero head 4.1");
    const { trace } = await model.run({ text: TEXT }, { captures: ["logits"], edits });
    const { data, shape } = trace.tensor("logits")!;
    const row = data.subarray(2 * shape[1]!, 3 * shape[1]!);
    const best = row.indexOf(Math.max(...row));
    expect(out).toContain(`logit of "${model.tokenizer!.describe([best])[0]!.text.trim()}"`);
    const lines = written.trim().split("\n");
    expect(lines[0]).toBe("layer \\ head,0,1,2,3,4,mlp,all");
    expect(lines[6]!.split(",")[2]).toMatch(/^-?0$/);
    expect(Number(lines.at(-1)!.split(",").at(-1))).toBeCloseTo(row[best]!, 3);
  });

  it.each([
    [["--against", " cat"], "together with --target"],
    [["--head", "4"], '--head is "4"'],
    [["--block", "self"], "together with --head"],
    [["--position", "-1"], '--position is "-1"'],
    [["--text", "more"], "give one text"],
    [["--edit", "erase head 0.1"], '"erase" is not understood'],
  ])("calls %j a wrong usage before anything is opened", async (args, message) => {
    const { env, said } = fakeEnv(fakeModel());
    expect(await attributeCommand(["m", "--text", "abc", ...args, "-o", file("t.csv")], env)).toBe(2);
    expect(said.err).toContain(message);
    expect(said.opened).toEqual([]);
  });

  it.each([
    [["--target", " hippopotamus"], 1, "give a word that is one token"],
    [["--position", "99"], 1, "Position 99 is outside 0 to"],
    [["--head", "9.0"], 1, "Layer 9 is outside 0 to 4"],
    [["--head", "4.9"], 1, "Head 4.9 is outside 4.0 to 4.4"],
    [["--head", "4.1", "--block", "cross"], 2, '--block is "cross"; of this model it may be self'],
    [["--edit", "zero head 9.1"], 1, 'Edit "zero head 9.1"'],
  ])("refuses %j", async (args, status, message) => {
    const found = await told("t.csv", ...args);
    expect(found).toMatchObject({ status, err: expect.stringContaining(message) });
  });
});
