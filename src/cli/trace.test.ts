import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { fakeEnv, fakeModel } from "../../test/support/fake-model.ts";
import type { RunInput, RunOptions } from "../engine/index.ts";
import { floatTensor, parseSafetensors, writeSafetensors } from "../tensor/index.ts";
import { traceCommand } from "./trace.ts";

async function run(args: string[], isTTY = false) {
  const asked: { input: RunInput; options: RunOptions | undefined }[] = [];
  const { env, said } = fakeEnv(fakeModel(asked), isTTY);
  const status = await traceCommand(args, env);
  return { status, asked, ...said };
}

/** A WAV file of 16-bit samples, 16000 a second. */
function wav(samples: readonly number[]): Buffer {
  const head = Buffer.from(
    "RIFF....WAVEfmt \x10\0\0\0\x01\0\x01\0\x80\x3e\0\0\0\x7d\0\0\x02\0\x10\0data",
    "latin1",
  );
  const size = Buffer.alloc(4);
  size.writeUInt32LE(2 * samples.length);
  return Buffer.concat([head, size, Buffer.from(Int16Array.from(samples).buffer)]);
}

const folder = () => mkdtempSync(join(tmpdir(), "headscope-"));

describe("headscope trace", () => {
  it("writes a trace file and prints one line about it", async () => {
    const file = join(folder(), "new", "out.safetensors");
    const { status, out, err, opened, asked } = await run(["some/model", "--text", "abc", "-o", file]);
    expect({ status, err, opened }).toEqual({ status: 0, err: "", opened: ["some/model"] });
    expect(out).toBe(`3 tokens, 1 layers, 2 heads, ${file}, 0.250 s\n`);
    expect(asked[0]!.options!.captures).toEqual(["q", "k", "v", "last_logits"]);
    const { tensors, metadata } = parseSafetensors(readFileSync(file));
    expect(metadata.format).toBe("headscope.trace");
    expect([...tensors.keys()]).toEqual(["self.0.q", "self.0.k"]);
  });

  it("stores half precision where asked", async () => {
    const file = join(folder(), "t");
    await run(["m", "--text", "abc", "--precision", "f16", "-o", file]);
    expect(parseSafetensors(readFileSync(file)).tensors.get("self.0.q")!.dtype).toBe("F16");
  });

  it("makes a folder of numbered files for several texts and for --texts", async () => {
    const dir = folder();
    const list = join(dir, "texts.txt");
    writeFileSync(list, "one\r\ntwo\n");
    const names = ["000.trace.safetensors", "001.trace.safetensors"];
    await run(["m", "--text", "a", "--text", "b", "-o", join(dir, "a")]);
    const { out } = await run(["m", "--texts", list, "-o", join(dir, "b")]);
    expect(readdirSync(join(dir, "a")).sort()).toEqual(names);
    expect(readdirSync(join(dir, "b")).sort()).toEqual(names);
    expect(out.trimEnd().split("\n")).toHaveLength(2);
  });

  it("passes pairs, ids, targets, pixels and the cut on", async () => {
    const dir = folder();
    const output = ["-o", join(dir, "t")];
    const pixels = join(dir, "p.safetensors");
    const image = floatTensor([1, 3, 1, 2], Float32Array.from([1, 2, 3, 4, 5, 6]));
    writeFileSync(pixels, writeSafetensors(new Map([["pixel_values", image]])));
    const input = async (...args: string[]) => (await run(["m", ...args, ...output])).asked[0]?.input;
    expect(await input("--text", "a", "--pair", "-b")).toEqual({ text: "a", pair: "-b" });
    expect(await input("--ids", "1,2, 3", "--type-ids", "0,0,1")).toEqual({
      ids: [1, 2, 3],
      typeIds: [0, 0, 1],
    });
    expect(await input("--ids", "1", "--target-ids", "0,5", "--cut", "last")).toEqual({
      ids: [1],
      targetIds: [0, 5],
      cut: "last",
    });
    expect((await input("--pixels", pixels))!.pixels).toEqual(floatTensor([3, 1, 2], image.data));
  });

  it("passes sound and spectrograms on", async () => {
    const dir = folder();
    const output = ["-o", join(dir, "t")];
    const features = join(dir, "f.safetensors");
    const spectrogram = floatTensor([1, 2, 3], Float32Array.from([1, 2, 3, 4, 5, 6]));
    writeFileSync(features, writeSafetensors(new Map([["input_features", spectrogram]])));
    const sound = join(dir, "s.wav");
    writeFileSync(sound, wav([0, 16384, -32768]));
    const given = async (...args: string[]) => (await run(["m", ...args, ...output])).asked[0]!;
    const { input } = await given("--features", features, "--target", "a");
    expect(input).toEqual({ features: floatTensor([2, 3], spectrogram.data), target: "a" });
    const heard = await given("--audio", sound);
    expect(heard.input.audio).toEqual({ rate: 16000, channels: [Float32Array.from([0, 0.5, -1])] });
    const other = ["--edit", "patch head 0.0", "--other-features", features];
    const { options } = await given("--audio", sound, ...other);
    expect(options!.other).toEqual({ features: floatTensor([2, 3], spectrogram.data) });
  });

  it("says what the family does not have, and refuses when nothing is left", async () => {
    const file = join(folder(), "t");
    const { status, err } = await run(["m", "--text", "a", "--capture", "resid_mid,q", "-o", file]);
    expect({ status, err }).toEqual({
      status: 0,
      err: expect.stringContaining("does not have it: resid_mid"),
    });
    const nothing = await run(["m", "--text", "a", "--capture", "resid_mid", "-o", `${file}2`]);
    expect(nothing).toMatchObject({ status: 1, out: "" });
    expect(existsSync(`${file}2`)).toBe(false);
  });

  it("asks for every capture with all", async () => {
    const { asked } = await run(["m", "--text", "a", "--capture", "all", "-o", join(folder(), "t")]);
    expect(asked[0]!.options!.captures).toHaveLength(13);
  });

  it.each([
    [["--text", "a", "-o", "x"], "No model"],
    [["m", "-o", "x"], "Nothing to run"],
    [["m", "--text", "a"], "Nowhere to write"],
    [["m", "n", "--text", "a", "-o", "x"], '"n" follows the model "m"'],
    [["m", "--text", "a", "--capture", "q,heads", "-o", "x"], "q, k, v, scores, pattern, z"],
    [["m", "--text", "a", "--precision", "f64", "-o", "x"], "f32 or f16"],
    [["m", "--text", "a", "--ids", "1", "-o", "x"], "exclude each other"],
    [["m", "--audio", "a.wav", "--features", "f", "-o", "x"], "--audio and --features exclude each other"],
    [["m", "--ids", "1,x", "-o", "x"], '"x"'],
    [["m", "--ids", "1,2", "--type-ids", "0", "-o", "x"], "1 numbers for 2 ids"],
    [["m", "--text", "a", "--text", "b", "--pair", "c", "-o", "x"], "1 times for 2 texts"],
    [["m", "--text", "a", "--cut", "middle", "-o", "x"], '"first" or "last"'],
    [["m", "--text", "--capture", "q", "-o", "x"], "--text"],
    [["m", "--nonsense", "-o", "x"], "--nonsense"],
  ])("calls %j a wrong usage", async (args, message) => {
    const { status, out, err, opened } = await run(args);
    expect({ status, out, opened }).toEqual({ status: 2, out: "", opened: [] });
    expect(err).toContain(message);
    expect(err).toContain("Usage: headscope trace");
  });

  it.each([
    [["--ids", "-1,2"], "Token id -1"],
    [["--ids", "5,100"], "Token id 100"],
    [["--text", ""], "empty"],
    [["--text", "x".repeat(30)], "--cut first"],
    [["--text", "ok", "--text", ""], "Text 1: "],
    [["--pixels", "no-such-file"], "no-such-file"],
    [["--features", "no-such-file"], "no-such-file"],
    [["--audio", fileURLToPath(import.meta.url)], "is no WAV file"],
  ])("refuses %j with status 1 and writes nothing", async (input, message) => {
    const file = join(folder(), "t");
    const { status, out, err } = await run(["m", ...input, "-o", file]);
    expect({ status, out }).toEqual({ status: 1, out: "" });
    expect(err).toContain(message);
    expect(existsSync(file) && readdirSync(file).length > 0).toBe(false);
  });

  it("refuses an output of the wrong kind", async () => {
    const dir = folder();
    writeFileSync(join(dir, "file"), "");
    const one = await run(["m", "--text", "a", "-o", dir]);
    const two = await run(["m", "--text", "a", "--text", "b", "-o", join(dir, "file")]);
    expect([one.status, two.status]).toEqual([1, 1]);
    expect(one.err).toContain("is a folder");
    expect(two.err).toContain("is a file");
  });

  it("shows progress on a terminal only", async () => {
    const args = ["m", "--text", "a", "-o", join(folder(), "t")];
    expect((await run(args)).err).toBe("");
    expect((await run(args, true)).err).toContain("layer 1 of 1");
  });

  it("explains itself", async () => {
    const { status, out } = await run(["--help"]);
    expect(status).toBe(0);
    expect(out).toContain("--capture");
  });
});
