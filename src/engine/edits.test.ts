import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { folderSource } from "../checkpoint/node.ts";
import {
  type Edit,
  EditError,
  editFromText,
  editsFromText,
  readTrace,
  type Trace,
  writeTrace,
} from "../trace/index.ts";
import { type Model, openModel, type RunInput, type RunOptions } from "./index.ts";
import { nodeRuntime } from "./runtime/node.ts";
import type { Runtime } from "./runtime/runtime.ts";

const folder = (name: string) =>
  fileURLToPath(new URL(`../../test/fixtures/goldens/${name}`, import.meta.url));

let runtime: Runtime;
let opened = 0;
let ran = 0;
beforeAll(async () => {
  const inner = await nodeRuntime();
  runtime = {
    ...inner,
    async session(...args) {
      opened++;
      const session = await inner.session(...args);
      return {
        ...session,
        run: (...fed) => {
          ran++;
          return session.run(...fed);
        },
      };
    },
  };
});

const open = async (name: string) => openModel(await folderSource(folder(name)), { runtime });
const IDS = [5, 6, 7, 8, 9, 10];
const text = (...sentences: string[]) => sentences.map((sentence) => editFromText(sentence));
const logits = (trace: Trace) => trace.tensor("logits")!.data;

describe("edits of one model", () => {
  let model: Model;
  beforeEach(async () => {
    model = await open("llama");
  });
  const run = async (edits: readonly Edit[], options: RunOptions = {}, input: RunInput = { ids: IDS }) =>
    (await model.run(input, { captures: ["q", "k", "logits"], edits, ...options })).trace;

  it("open sessions once: values, switches, heads and layers only change feeds", async () => {
    await run([]);
    await run(text("block 3>1 in 0.1", "scale head 1.0 by 0.5"));
    const before = opened;
    for (const value of [0, 0.25, 1, 2]) await run(text("block 3>1 in 0.1", `scale head 1.0 by ${value}`));
    await run([]);
    await run(text("zero head 0.3"));
    await run(text("set 5>0 in 1.2 to 0.5", "add 2 to mlp_post3 of 0 at 1", "scale resid_mid of 1 by 0.5"));
    await run(text("mean k of 1.0 at 2", "add 1 to scores *>0 in *.*"), { captures: ["logits"] });
    expect(opened - before).toBeLessThanOrEqual(1);
    expect(model.points).toBe("cells");
  });

  it("begin where the first of them is, with the same bits", async () => {
    const late = text("zero head 1.2");
    await run([], { points: "vectors" });
    ran = 0;
    const reused = await run(late);
    expect(ran).toBe(2);
    const fresh = await open("llama");
    const whole = await fresh.run({ ids: IDS }, { captures: ["q", "k", "logits"], edits: late });
    expect(logits(reused)).toEqual(logits(whole.trace));
    expect(reused.names.sort()).toEqual(whole.trace.names.sort());
    ran = 0;
    await run(late, {}, { ids: [...IDS.slice(0, 5), 11] });
    expect(ran).toBe(3);
    await fresh.dispose();
  });

  it("that are neutral change no bit", async () => {
    const captures = ["q", "k", "v", "resid_post", "last_logits"] as const;
    const plain = await run([], { captures });
    const neutral = text("scale head 1.* by 1", "add 0 to scores *>* in 0.*", "scale resid_pre of * by 1");
    const same = await run(neutral, { captures });
    for (const name of plain.names) expect(same.tensor(name), name).toEqual(plain.tensor(name));
    expect(same.manifest.receipts.map(({ touched }) => touched)).toEqual([24, 84, 12]);
  });

  it("count what they touch, and are written into the trace", async () => {
    const edits = text("block *>1 in 0.*", "scale k1 of 1.0 by 2", "set mlp_post5 of * at -1 to 3");
    const trace = await run(edits);
    expect(trace.manifest.receipts).toEqual([
      { edit: 0, touched: 4 * 5 },
      { edit: 1, touched: 6 },
      { edit: 2, touched: 2 },
    ]);
    const read = readTrace(writeTrace(trace));
    expect(read.manifest.edits).toEqual(edits);
    expect(read.manifest.receipts).toEqual(trace.manifest.receipts);
    expect(read.attention("self", 0, 1)).toEqual(trace.attention("self", 0, 1));
    expect(read.scores("self", 0, 1)[1 * 6 + 1]).toBe(Number.NEGATIVE_INFINITY);
  });

  it("store the attention that q and k no longer tell, and that alone", async () => {
    const trace = await run(text("set 3>1 in 0.1 to 0.5"));
    expect(trace.has("self.0.pattern")).toBe(true);
    expect(trace.has("self.1.pattern")).toBe(false);
    expect(trace.attention("self", 0, 1)[3 * 6 + 1]).toBe(0.5);
    const scores = await run(text("add 3 to scores 3>1 in 1.1"));
    expect(scores.names.filter((name) => /scores|pattern/.test(name)).sort()).toEqual([
      "self.1.pattern",
      "self.1.scores",
    ]);
  });

  it("of several kinds act in the model's order, not the list's", async () => {
    const list = text("zero head 1.0", "scale q of 0.1 by 2", "add 1 to resid_mid3 of 0");
    expect(logits(await run(list))).toEqual(logits(await run([...list].reverse())));
    const [a, b] = [
      text("scale head 1.0 by 2", "add 1 to z3 of 1.0"),
      text("add 1 to z3 of 1.0", "scale head 1.0 by 2"),
    ];
    expect(logits(await run(a))).not.toEqual(logits(await run(b)));
  });

  it.each<[string, string]>([
    ["zero head 2.0", "layer 2 is outside 0 to 1"],
    ["zero head 0.4", "head 4 is outside 0 to 3"],
    ["scale k of 0.2 by 0", "key/value head 2 is outside 0 to 1"],
    ["scale q99 of 0.0 by 0", "unit 99 is outside"],
    ["zero head 0.0 at 6", "position 6 is outside 0 to 5"],
    ["zero head 0.0 at -7", "position -7 is outside"],
    ["zero head 0.0 at new", "no new tokens"],
    ["block 1>3 in 0.0", "no key in its range is visible"],
    ["block 0>0 in 0.0", "leaves query 0 of head 0.0 without a key"],
    ["block *>* in 1.2", "without a key"],
    ["zero head 0.0 in cross", 'there is no block "cross"'],
    ["patch head 0.0", "it reads from another run"],
  ])("refuse %s in their own words", async (sentence, message) => {
    const refused = run(text(sentence));
    await expect(refused).rejects.toThrow(EditError);
    await expect(refused).rejects.toThrow(`Edit "${sentence}": `);
    await expect(refused).rejects.toThrow(message);
  });

  it("refuse contradictions, overflow and other runs of other lengths", async () => {
    const both = editsFromText("set 3>1 in 0.1 to 0.5; set 3>1 in 0.1 to 0.25");
    await expect(run(both)).rejects.toThrow("contradicts");
    await expect(run(text("scale resid_post of 0 by 1e38", "scale head 1.0 by 1e38"))).rejects.toThrow(
      "float32",
    );
    const patch = text("patch head 1.0");
    await expect(run(patch, { other: { ids: [1, 2] } })).rejects.toThrow(
      '6 tokens in stream "text" and the other run 2',
    );
    const align = { text: Int32Array.of(0, 1, -1, -1, -1, -1) };
    const some = await run(patch, { other: { ids: [1, 2] }, align });
    expect(some.manifest.receipts).toEqual([{ edit: 0, touched: 2 }]);
    const alone = run(text("patch head 1.0 at 3"), { other: { ids: [1, 2] }, align });
    await expect(alone).rejects.toThrow("no token in its range has a counterpart in the other run");
    const cells = await run(text("patch pattern *>* in 1.0"), { other: { ids: [1, 2] }, align });
    expect(cells.manifest.receipts).toEqual([{ edit: 0, touched: 3 }]);
    await expect(run(patch, { other: { ids: [1] }, align })).rejects.toThrow("the alignment names token 1");
    await run(text("mean head 1.0 from other"), { other: { ids: [1, 2] } });
    expect(logits(await run([]))).toHaveLength(6 * model.info.vocab);
  });

  it("patched from the same input change nothing", async () => {
    const other = { ids: IDS };
    const plain = await run([], { points: "cells" });
    const patch = text(
      "patch resid_post of 0",
      "patch head 1.*",
      "patch pattern *>* in 0.*",
      "patch mlp_post of 1",
    );
    const found = logits(await run(patch, { other }));
    for (const [i, logit] of logits(plain).entries()) expect(found[i]).toBeCloseTo(logit, 4);
  });

  it("take the mean that earlier edits leave", async () => {
    const mean = text("mean head 0.1");
    const { trace } = await model.run({ ids: IDS }, { captures: ["z"], edits: text("scale head 0.1 by 2") });
    const scaled = trace.entry("self.0.z", 1)!;
    const size = scaled.shape[1]!;
    const found = await model.run(
      { ids: IDS },
      { captures: ["z"], edits: [...text("scale head 0.1 by 2"), ...mean] },
    );
    const row = found.trace.entry("self.0.z", 1)!.data;
    for (let unit = 0; unit < size; unit++) {
      let sum = 0;
      for (let position = 0; position < 6; position++) sum += scaled.data[position * size + unit]!;
      for (let position = 0; position < 6; position++)
        expect(row[position * size + unit]).toBeCloseTo(sum / 6, 5);
    }
  });
});

describe.each(["gpt2", "mistral", "bloom", "gemma2"])("edits while %s writes", (name) => {
  let model: Model;
  beforeAll(async () => {
    model = await open(name);
  });
  afterAll(() => model.dispose());

  /** Greedy ids with the cache, and without it step by step, where "prompt" and "new" mean the same tokens. */
  it.each([
    "zero head 1.1",
    "zero head 0.0 at new",
    "block prompt>1 in 0.*; set *>0 in 1.0 to 0.1",
    "add 2 to scores new>1 in *.*",
    "scale k of 1.* at 2 by -1; scale v of 0.0 at prompt by 0",
    "add 4 to resid_post3 of 0 at -1",
    "set mlp_post5 of * to 2",
    "mean head 1.0 at prompt",
  ])("are the same with the cache as without it: %s", async (sentences) => {
    const edits = editsFromText(sentences);
    const ids: number[] = [];
    for await (const { token } of model.generate({ ids: IDS }, { tokens: 6, ignoreEos: true, edits }))
      ids.push(token.id!);
    const written: number[] = [];
    while (written.length < 6) {
      const live = written.length
        ? edits
        : edits.filter((edit) => JSON.stringify(edit).includes("new") === false);
      const { trace } = await model.run(
        { ids: IDS, continuation: written },
        {
          captures: ["last_logits"],
          edits: sentences.startsWith("mean") && written.length ? meanOfPrompt : live,
        },
      );
      if (sentences.startsWith("mean") && written.length === 0) meanOfPrompt = await setsOfPrompt();
      const last = trace.tensor("last_logits")!.data;
      written.push(last.indexOf(Math.max(...last)));
    }
    expect(ids).toEqual(written);
  });

  let meanOfPrompt: Edit[] = [];
  /** The mean over the prompt as plain numbers, one edit a component. */
  async function setsOfPrompt(): Promise<Edit[]> {
    const { trace } = await model.run({ ids: IDS }, { captures: ["z"] });
    const z = trace.entry("self.1.z", 0)!;
    const [rows, size] = z.shape as [number, number];
    return Array.from({ length: size }, (_, unit) => {
      let sum = 0;
      for (let row = 0; row < rows; row++) sum += z.data[row * size + unit]!;
      return { op: "set", at: "z", layer: 1, head: 0, unit, position: "prompt", value: sum / rows } as const;
    });
  }
});

describe("edits of a translator", () => {
  let model: Model;
  beforeAll(async () => {
    model = await open("marian");
  });
  afterAll(() => model.dispose());

  it("must say which block or stream they mean", async () => {
    const run = (sentence: string) =>
      model.run({ ids: IDS, targetIds: [1, 2, 3] }, { edits: text(sentence) });
    await expect(run("zero head 0.0")).rejects.toThrow('name one of "encoder", "decoder", "cross"');
    await expect(run("scale resid_post of 0 by 0")).rejects.toThrow('name one of "encoder", "decoder"');
    expect((await run("zero head 0.0 in cross")).trace.manifest.receipts[0]!.touched).toBe(3);
  });

  it.each([
    "zero head 1.0 in encoder",
    "scale k of 0.1 in cross by 0",
    "block *>2 in 1.0 in cross",
    "scale resid_post of 1 in decoder at new by 0.5",
  ])("are the same with the cache as without it: %s", async (sentence) => {
    const edits = text(sentence);
    const input = { ids: IDS, targetIds: [1, 2] };
    const ids: number[] = [];
    for await (const { token } of model.generate(input, { tokens: 5, ignoreEos: true, edits }))
      ids.push(token.id!);
    const written: number[] = [];
    while (written.length < 5) {
      const live = sentence.includes("new") && written.length === 0 ? [] : edits;
      const options = { captures: ["last_logits"], edits: live } as const;
      const { trace } = await model.run({ ...input, continuation: written }, options);
      const last = trace.tensor("last_logits")!.data;
      written.push(last.indexOf(Math.max(...last)));
    }
    expect(ids).toEqual(written);
  });
});

describe("mixtures of experts", () => {
  it.each(["mixtral", "qwen2_moe", "qwen3_moe", "gpt_oss"])(
    "%s has no mlp_post, which is said; the streams around it are edited",
    async (name) => {
      const model = await open(name);
      const refused = model.run({ ids: IDS }, { edits: text("scale mlp_post of 1 by 0") });
      await expect(refused).rejects.toThrow(
        'Edit "scale mlp_post of 1 by 0": layer 1 has no mlp_post, as its mlp is a mixture of experts',
      );
      await expect(refused).rejects.toThrow("resid_post, which can be edited");
      const edits = text("scale resid_mid of 1 by 0.5", "scale resid_post of 1 by 0.5");
      const { trace } = await model.run({ ids: IDS }, { edits });
      expect(trace.manifest.receipts).toEqual([0, 1].map((edit) => ({ edit, touched: IDS.length })));
      await model.dispose();
    },
  );
});
