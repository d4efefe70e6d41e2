import { describe, expect, it } from "vitest";
import {
  attentionColor,
  attentionTable,
  contrast,
  formatCount,
  formatNumber,
  headColors,
  headTable,
  luminance,
  parseHex,
  signColor,
  signStrength,
  textOn,
  weightIndex,
} from "./palette.ts";
import { COLORS, HEAD_COLORS } from "./theme.ts";

describe("attention ink", () => {
  it("is indexed by the square root of the weight", () => {
    expect([0, 0.25, 1, 2, -1].map(weightIndex)).toEqual([0, 128, 255, 255, 0]);
  });

  it("runs from the surface to the last stop", () => {
    expect(attentionColor("light", 0)).toBe("rgb(255,255,255)");
    expect(attentionColor("light", 1)).toBe("rgb(14,18,48)");
    expect(attentionColor("dark", 1)).toBe("rgb(243,245,255)");
  });

  it.each(["light", "dark"] as const)("is monotone in lightness in %s", (theme) => {
    const table = attentionTable(theme);
    const steps = Array.from({ length: 256 }, (_, i) =>
      luminance([table[i * 4]!, table[i * 4 + 1]!, table[i * 4 + 2]!]),
    );
    const sorted = [...steps].sort((a, b) => (theme === "light" ? b - a : a - b));
    expect(steps).toEqual(sorted);
  });
});

describe("signs", () => {
  it("saturates at the largest value and is symmetric", () => {
    expect(signStrength(0, 2)).toBe(0);
    expect(signStrength(2, 2)).toBe(1);
    expect(signStrength(-1, 2)).toBe(signStrength(1, 2));
    expect(signStrength(1, 0)).toBe(0);
  });

  it("is blue above and orange below zero", () => {
    expect(signColor("light", 1, 1)).toBe("rgb(11,63,140)");
    expect(signColor("light", -1, 1)).toBe("rgb(138,50,6)");
  });
});

describe("head colours", () => {
  it("are the head's own up to 12 heads", () => {
    expect(headColors("light", [3], 12)).toEqual(HEAD_COLORS.light);
  });

  it("go to active heads in order beyond 12", () => {
    const colors = headColors("dark", [28, 7, 18], 32);
    expect([colors[7], colors[18], colors[28]]).toEqual([0, 1, 10].map((i) => HEAD_COLORS.dark[i]));
    expect(colors.filter(Boolean)).toHaveLength(3);
  });

  it("are all ink when more than 12 heads are active", () => {
    const active = Array.from({ length: 13 }, (_, i) => i);
    expect(headColors("light", active, 16).every((c) => c === null)).toBe(true);
  });

  it.each(["light", "dark"] as const)(
    "have 3:1 against the surface, and readable numbers, in %s",
    (theme) => {
      for (const color of HEAD_COLORS[theme]) {
        expect(contrast(parseHex(color), parseHex(COLORS[theme].surface))).toBeGreaterThanOrEqual(2.95);
        expect(contrast(parseHex(color), parseHex(textOn(parseHex(color))))).toBeGreaterThanOrEqual(3.5);
      }
    },
  );

  it("starts its table at the surface", () => {
    const table = headTable("dark", "#00DBFE");
    expect([...table.slice(0, 3)]).toEqual([...parseHex(COLORS.dark.surface)]);
    expect([...table.slice(-4)]).toEqual([0, 0xdb, 0xfe, 255]);
  });
});

describe("numbers", () => {
  it("have two digits and no leading zero", () => {
    const values = [0.744, 1, 0.0049, 0.005, -0.06, 22.93, -18.95, -0.001];
    expect(values.map((v) => formatNumber(v))).toEqual([
      ".74",
      "1.00",
      "0",
      ".01",
      "−.06",
      "22.93",
      "−18.95",
      "0",
    ]);
  });

  it("take more digits and survive infinities", () => {
    expect(formatNumber(0.12345, 3)).toBe(".123");
    expect(formatNumber(Number.NEGATIVE_INFINITY)).toBe("−∞");
    expect(formatNumber(Number.NaN)).toBe("–");
  });

  it("group thousands in counts", () => {
    expect([412, 65536, 548105171].map(formatCount)).toEqual(["412", "65,536", "548,105,171"]);
  });
});
