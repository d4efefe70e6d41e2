// The commands on a real checkpoint, from the command line to the file: gpt2 of the goldens, 2 layers of 4 heads.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it, vi } from "vitest";
import { fakeEnv, fakeModel } from "../../test/support/fake-model.ts";
import { decodeTensor, parseSafetensors, toFloat } from "../tensor/index.ts";
import { readTrace } from "../trace/index.ts";
import { openSpec } from "./env.ts";
import { generateCommand } from "./generate.ts";
import { traceCommand } from "./trace.ts";

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const GPT2 = path("test/fixtures/goldens/gpt2");

interface Expected {
  readonly inputs: readonly { readonly text: string; readonly ids: number[]; readonly generated: number[] }[];
}
const [expected] = (JSON.parse(readFileSync(join(GPT2, "expected.json"), "utf8")) as Expected).inputs;

function realEnv() {
  const { env, said } = fakeEnv(fakeModel());
  return { env: { ...env, open: openSpec }, said };
}

/** One layer of an expected tensor. */
function expectedLayer(name: string, layer: number): Float32Array {
  const file = new Uint8Array(readFileSync(join(GPT2, "expected.safetensors")));
  const entry = parseSafetensors(file).tensors.get(name)!;
  const { data, shape } = toFloat(decodeTensor(entry, file.subarray(entry.start, entry.end)));
  const size = data.length / shape[0]!;
  return data.slice(layer * size, (layer + 1) * size);
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("headscope on a checkpoint", () => {
  it("writes the numbers that Transformers computes", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "headscope-")), "out.safetensors");
    const { env, said } = realEnv();
    expect(await traceCommand([GPT2, "--text", expected!.text, "-o", file], env)).toBe(0);
    expect(said).toMatchObject({ err: "", out: expect.stringMatching(/^11 tokens, 2 layers, 4 heads, /) });
    const trace = readTrace(new Uint8Array(readFileSync(file)));
    expect(trace.stream("text").tokens.map(({ id }) => id)).toEqual(expected!.ids);
    for (const layer of [0, 1]) {
      const heads = [0, 1, 2, 3].flatMap((head) => [...trace.attention("self", layer, head)]);
      expect(largestDifference(heads, expectedLayer("i0.attn", layer))).toBeLessThan(1e-4);
      const v = trace.part("self", layer, "v")!.data;
      expect(largestDifference(v, expectedLayer("i0.v", layer))).toBeLessThan(1e-4);
    }
  });

  it.each(["-1,2", "1,320"])("refuses the ids %s", async (ids) => {
    const { env, said } = realEnv();
    expect(await traceCommand([GPT2, "--ids", ids, "-o", join(tmpdir(), "never")], env)).toBe(1);
    expect(said.err).toContain("0 to 319");
  });

  it("generates what Transformers generates", async () => {
    const { env, said } = realEnv();
    const args = [GPT2, "--text", expected!.text, "--tokens", "12", "--ignore-eos", "--json"];
    expect(await generateCommand(args, env)).toBe(0);
    const made = JSON.parse(said.out);
    expect(made.new_ids).toEqual(expected!.generated);
    expect(made.ids).toEqual([...expected!.ids, ...expected!.generated]);
    expect(made.text.startsWith(expected!.text)).toBe(true);
  });

  it("names a model that is not there", async () => {
    vi.stubEnv("HF_HUB_OFFLINE", "1");
    const { env, said } = realEnv();
    const args = ["no-such-model", "--text", "a", "-o", join(tmpdir(), "never")];
    expect(await traceCommand(args, env)).toBe(1);
    expect(said.err).toContain("no-such-model");
  });
});

it("runs as a program, which builds itself where it has to", { timeout: 120_000 }, () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [path("bin/headscope.mjs"), ...args], { encoding: "utf8" });
  expect(run("trace", "--help")).toMatchObject({ status: 0, stdout: expect.stringContaining("--capture") });
  const wrong = run("trace", "somewhere", "--text", "a", "--capture", "nonsense", "-o", "never");
  expect(wrong).toMatchObject({ status: 2, stdout: "", stderr: expect.stringContaining("last_logits") });
  const ids = run("generate", GPT2, "--ids", "1,2,3", "--tokens", "2", "--json");
  expect(JSON.parse(ids.stdout)).toMatchObject({ ids: [1, 2, 3, ...JSON.parse(ids.stdout).new_ids] });
});
