import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ConfigReader } from "./config-reader.ts";
import { inverseFrequencies, readRotary, rotaryTable } from "./rotary.ts";

interface Case {
  name: string;
  rope_parameters: Record<string, unknown>;
  head_dim: number;
  max_position_embeddings: number;
  length: number;
  inverse_frequencies: number[];
  factor: number;
}
const cases = JSON.parse(
  readFileSync(new URL("../../test/fixtures/rotary.json", import.meta.url), "utf8"),
) as Case[];

const rotaryOf = (config: object, size: number, maxPositions: number, more: { fraction?: number } = {}) =>
  readRotary(new ConfigReader(config as Record<string, unknown>, "test"), size, { maxPositions, ...more });

describe("rotary frequencies", () => {
  it.each(cases)("of $name at length $length are those of Transformers", (c) => {
    const rotary = rotaryOf({ rope_parameters: c.rope_parameters }, c.head_dim, c.max_position_embeddings);
    const found = inverseFrequencies(rotary, c.length);
    expect(found).toHaveLength(c.inverse_frequencies.length);
    for (const [i, frequency] of found.entries()) {
      expect(Math.abs(frequency / c.inverse_frequencies[i]! - 1)).toBeLessThan(1e-6);
    }
    expect(rotaryTable(rotary, "cos", [0], c.length)[0]).toBeCloseTo(c.factor, 6);
  });

  it("read the spelling of version 4", () => {
    const old = { rope_theta: 500, rope_scaling: { type: "linear", factor: 2 } };
    const fresh = { rope_parameters: { rope_theta: 500, rope_type: "linear", factor: 2 } };
    expect(rotaryOf(old, 8, 64)).toEqual(rotaryOf(fresh, 8, 64));
  });

  it("turn part of a head where the config says so", () => {
    const partial = { fraction: 1 };
    expect(rotaryOf({ partial_rotary_factor: 0.5 }, 16, 64, partial).size).toBe(8);
    expect(() => rotaryOf({ partial_rotary_factor: 0.2 }, 16, 64, partial)).toThrow("even number");
    expect(rotaryOf({ partial_rotary_factor: 0.5 }, 16, 64).size).toBe(16);
  });
});

describe("rotary settings that Transformers cannot take", () => {
  const yarn = { rope_type: "yarn", factor: 4, original_max_position_embeddings: 16 };
  const llama3 = { rope_type: "llama3", factor: 8, low_freq_factor: 1, high_freq_factor: 4 };
  const long = { rope_type: "longrope", short_factor: [1, 1], long_factor: [2, 2], factor: 2 };
  const NO_NUMBERS = ["500000", [500000], {}, true, 0, -2];

  it.each(NO_NUMBERS)("are refused by name: %j", (value) => {
    const cases: [string, object][] = [
      ["rope_theta", {}],
      ["rope_theta", yarn],
      ["factor", { rope_type: "linear" }],
      ["factor", { rope_type: "dynamic" }],
      ["factor", yarn],
      ["attention_factor", yarn],
      ["original_max_position_embeddings", yarn],
      ["low_freq_factor", llama3],
      ["high_freq_factor", llama3],
      ["factor", long],
      ["attention_factor", long],
    ];
    for (const [key, settings] of cases)
      for (const place of ["rope_parameters", "rope_scaling"])
        expect(() => rotaryOf({ [place]: { ...settings, [key]: value } }, 4, 64)).toThrow(`${place}.${key}`);
    expect(() => rotaryOf({ rope_theta: value }, 4, 64)).toThrow("rope_theta");
    const partial = () =>
      rotaryOf({ rope_parameters: { partial_rotary_factor: value } }, 16, 64, { fraction: 1 });
    expect(partial).toThrow("partial_rotary_factor");
  });

  it.each([
    [{ ...llama3, high_freq_factor: 1 }, "high_freq_factor"],
    [{ ...yarn, rope_theta: 1 }, "rope_theta"],
    [{ ...yarn, beta_fast: "32" }, "beta_fast"],
    [{ ...yarn, mscale: -1 }, "mscale"],
    [{ ...yarn, original_max_position_embeddings: 2 ** 53 }, "original_max_position_embeddings"],
    [{ ...long, short_factor: [1, "1"] }, "short_factor"],
    [{ rope_type: ["yarn"] }, "rope_type"],
  ])("%j", (settings, key) => {
    expect(() => rotaryOf({ rope_parameters: settings }, 4, 64)).toThrow(key);
  });

  it("by null are as if they were left out", () => {
    const nothing = { rope_parameters: { rope_theta: null, partial_rotary_factor: null } };
    expect(rotaryOf(nothing, 8, 64)).toEqual(rotaryOf({}, 8, 64));
  });
});
