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
