import { describe, expect, it } from "vitest";
import { tableMeasure } from "../../scene/table-measure.ts";
import { boxOf, middleOf, rowsIn, slotsBetween } from "../axis.ts";
import { meaningOf } from "../word-keys.ts";
import { arrowsOf } from "../word-places.ts";
import { shiftOf } from "./layout.ts";
import { pageColumns } from "./page-layout.ts";

const ENGLISH = "The quick brown fox jumps over a lazy dog".split(" ");
const HEBREW = "הילדה קראה ספר ישן על הים".split(" ");
const CHINESE = [..."小女孩在海边读一本关于大海的旧书"];
/** Sums of sizes are off by what doubles are. */
const ROUNDING = 1e-9;
const LONG = Array.from({ length: 300 }, (_, i) => `${ENGLISH[i % 9]}${i}`);

function laid(
  query: readonly string[],
  more: Partial<Parameters<typeof pageColumns>[0]> = {},
  key: readonly string[] = query,
) {
  const words = { query, key };
  return pageColumns({
    ...{ width: 640, height: 350, words, marked: false, compact: false, measure: tableMeasure },
    ...more,
  });
}

describe("columns of a page", () => {
  it("fill the box where words fit, no wider than words need", () => {
    const layout = laid(ENGLISH);
    expect(layout.width).toBe(640);
    expect(layout.height).toBe(350);
    expect(layout.rowHeight).toBeGreaterThan(60);
    expect(layout.rows.query.stand).toBe("level");
    expect(laid(["one"]).rowHeight).toBe(96);
  });

  it("keep a width that can be read, or touched, in as wide a content as that takes", () => {
    const mouse = laid(LONG);
    expect(mouse.rowHeight).toBeGreaterThanOrEqual(18);
    expect(mouse.rowHeight).toBeLessThan(19);
    expect(mouse.width).toBeGreaterThan(300 * 18);
    expect(mouse.rows.query.stand).toBe("turned");
    const finger = laid(ENGLISH, { width: 300, compact: true });
    expect(finger.rowHeight).toBeGreaterThanOrEqual(40);
    expect(finger.width).toBeGreaterThan(360);
  });

  it.each([
    ["English", ENGLISH],
    ["Hebrew", HEBREW],
    ["Chinese", CHINESE],
    ["300 words", LONG],
    ["one word", ["one"]],
    ["none", []],
  ] as const)("of %s lie inside the content, everything over another", (_, words) => {
    for (const [width, height] of [
      [1040, 350],
      [320, 350],
      [640, 120],
      [0, 0],
    ] as const) {
      const layout = laid(words, { width, height });
      const { lead, band, from, to, rows } = layout;
      expect(from - rows.query.depth - band).toBeGreaterThanOrEqual(lead - ROUNDING);
      expect(to - from).toBeGreaterThanOrEqual(48 - ROUNDING);
      expect(to + rows.key.depth + band + lead).toBeLessThanOrEqual(layout.height + 1);
      for (const side of ["query", "key"] as const)
        for (const row of [0, words.length - 1].filter((at) => at >= 0)) {
          const x = middleOf(layout, side, row);
          for (const at of [x, x + shiftOf(layout, side)]) {
            expect(at).toBeGreaterThanOrEqual(0);
            expect(at).toBeLessThanOrEqual(layout.width + 0.5);
          }
        }
    }
  });

  it("begin at the right where a side runs from the right, and only there", () => {
    const layout = laid(HEBREW, {}, ENGLISH.slice(0, 6));
    expect(middleOf(layout, "query", 0)).toBeGreaterThan(middleOf(layout, "query", 5));
    expect(middleOf(layout, "key", 0)).toBeLessThan(middleOf(layout, "key", 5));
    expect(middleOf(layout, "query", 0)).toBeCloseTo(middleOf(layout, "key", 5), 6);
  });

  it("have letters one below the other where words of Chinese are longer than their column", () => {
    const words = Array.from({ length: 40 }, () => "大海边");
    expect(laid(words).rows.key.stand).toBe("stacked");
  });

  it("have no bars in a low box", () => {
    expect(laid(ENGLISH, { height: 200 }).barWidth).toBe(0);
    expect(laid(ENGLISH).barWidth).toBeGreaterThan(0);
  });
});

describe("slots", () => {
  const hebrew = laid(HEBREW, {}, ENGLISH.slice(0, 6));

  it("from the left are rows, from the right for texts that run from there", () => {
    expect(rowsIn(hebrew, "query", [0, 2], 6)).toEqual([4, 6]);
    expect(rowsIn(hebrew, "key", [0, 2], 6)).toEqual([0, 2]);
  });

  it("in sight are those of the stretch, and words that lean into it", () => {
    const long = laid(LONG);
    const [first, end] = slotsBetween(long, 300, [1800, 2160], 0);
    const lean = Math.abs(shiftOf(long, "query"));
    expect(first).toBe(Math.floor((1800 - long.left - lean) / long.rowHeight));
    expect(end).toBe(Math.ceil((2160 - long.left + lean) / long.rowHeight));
    const box = boxOf({ layout: long, window: [first, end] });
    expect(box.left).toBeCloseTo(long.left + first * long.rowHeight, 6);
    expect(box).toMatchObject({ top: long.from, height: long.to - long.from });
  });
});

describe("arrow keys", () => {
  const going = (layout: ReturnType<typeof laid>, side: "query" | "key") => (key: string) =>
    meaningOf(key, { rows: 6, at: 2, entered: true, arrows: arrowsOf(layout, side) });

  it("follow the words", () => {
    const layout = laid(HEBREW, {}, ENGLISH.slice(0, 6));
    const [query, key] = [going(layout, "query"), going(layout, "key")];
    expect(["ArrowLeft", "ArrowRight", "ArrowDown", "ArrowUp"].map(query)).toEqual([3, 1, "across", null]);
    expect(["ArrowLeft", "ArrowRight", "ArrowDown", "ArrowUp"].map(key)).toEqual([1, 3, null, "across"]);
    expect(["Home", "End", "PageDown", "Enter", "j", "Escape"].map(key)).toEqual([
      0,
      5,
      5,
      "press",
      "next",
      "unpin",
    ]);
  });
});
