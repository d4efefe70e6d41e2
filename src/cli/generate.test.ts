import { describe, expect, it } from "vitest";
import { fakeEnv, fakeModel } from "../../test/support/fake-model.ts";
import { TextStream } from "../checkpoint/index.ts";
import { generateCommand, sampling } from "./generate.ts";

async function run(args: string[], model = fakeModel()) {
  const { env, said } = fakeEnv(model);
  return { status: await generateCommand(args, env), ...said };
}

describe("headscope generate", () => {
  it("streams the text from the prompt on", async () => {
    const { status, out, err } = await run(["m", "--text", "AB", "--tokens", "3"]);
    expect({ status, out, err }).toEqual({ status: 0, out: "ABCDE\n", err: "" });
  });

  it("prints one JSON object and nothing else", async () => {
    const { out } = await run(["m", "--ids", "65,66", "--tokens", "2", "--json"]);
    expect(JSON.parse(out)).toEqual({
      text: "ABCD",
      ids: [65, 66, 67, 68],
      new_ids: [67, 68],
      logprobs: [-0.5, -0.5],
      seconds: expect.any(Number),
    });
  });

  it("prints ids where there is no tokenizer", async () => {
    const model = { ...fakeModel(), tokenizer: null };
    expect((await run(["m", "--ids", "65,66", "--tokens", "2"], model)).out).toBe("65 66 67 68\n");
    expect(
      JSON.parse((await run(["m", "--ids", "65", "--tokens", "1", "--json"], model)).out).text,
    ).toBeNull();
  });

  it("passes the sampling options on, left out where not given", () => {
    expect(sampling({ tokens: "5" })).toEqual({ tokens: 5, ignoreEos: false });
    const all = { temperature: "0.7", "top-k": "5", "top-p": "0.9", "repetition-penalty": "1.1", seed: "3" };
    expect(sampling({ tokens: "5", ...all, "ignore-eos": true })).toEqual({
      tokens: 5,
      temperature: 0.7,
      topK: 5,
      topP: 0.9,
      repetitionPenalty: 1.1,
      seed: 3,
      ignoreEos: true,
    });
  });

  it.each([
    [["m", "--text", "a"], "--tokens"],
    [["m", "--text", "a", "--tokens", "0"], "at least 1"],
    [["m", "--text", "a", "--tokens", "1.5"], "whole number"],
    [["m", "--text", "a", "--tokens", "5", "--top-p", "2"], "from 0 to 1"],
    [["m", "--text", "a", "--tokens", "5", "--temperature", "-1"], "at least 0"],
    [["m", "--text", "a", "--text", "b", "--tokens", "5"], "2 times"],
    [["m", "--text", "a", "--tokens", "5", "--capture", "q"], "--capture"],
  ])("calls %j a wrong usage", async (args, message) => {
    const { status, out, err } = await run(args);
    expect({ status, out }).toEqual({ status: 2, out: "" });
    expect(err).toContain(message);
  });

  it("reports what the model cannot take", async () => {
    const { status, err } = await run(["m", "--ids", "100", "--tokens", "1"]);
    expect(status).toBe(1);
    expect(err).toContain("Token id 100");
  });
});

describe("TextStream", () => {
  const bytes = {
    encode: () => [],
    describe: () => [],
    decode: (ids: readonly number[]) => new TextDecoder().decode(Uint8Array.from(ids)),
  };

  it("waits for the last byte of a character", () => {
    const [first, ...rest] = new TextEncoder().encode("é!");
    const stream = new TextStream(bytes, [0x61]);
    expect([stream.begin(), stream.add(first!), ...rest.map((id) => stream.add(id)), stream.end()]).toEqual([
      "a",
      "",
      "é",
      "!",
      "",
    ]);
  });

  it("says at the end what never became a character", () => {
    const stream = new TextStream(bytes, []);
    expect([stream.add(0xc3), stream.end()]).toEqual(["", "\uFFFD"]);
  });
});
