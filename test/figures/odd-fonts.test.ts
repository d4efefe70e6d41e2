// Texts of an SVG figure keep the width they were laid out with, in fonts that the layout did not know: through resvg with
// fonts that are wider and narrower than those that figures ask for (figures.browser.test.ts shows it in Chromium).

import { createRequire } from "node:module";
import { Resvg } from "@resvg/resvg-js";
import { describe, expect, it } from "vitest";
import { printSvg } from "../../src/views/scene/svg.ts";
import { tableMeasure } from "../../src/views/scene/table-measure.ts";

const fontOf = (name: string) => createRequire(import.meta.url).resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`);
const WIDE = { file: fontOf("DejaVuSansMono-Bold"), family: "DejaVu Sans Mono" };
const NARROW = { file: fontOf("DejaVuSansCondensed"), family: "DejaVu Sans" };

/** Words of the scripts that these fonts hold. */
const WORDS = ["Достопримечательность", "Жук", "ευχαριστώ", "λόγος", "word", "المدينة", "مدرسة", "£œØ"];
const SIZE = 20;

/** Where the ink of a word stands in a picture 600 wide, from the middle of which it is written. */
function inkOf(word: string, { file, family }: typeof WIDE, held: boolean) {
  const item = { text: word, x: 300, y: 30, size: SIZE, color: "#000000", anchor: "middle" } as const;
  const scene = { width: 600, height: 60, marks: [{ kind: "texts", items: [item] } as const] };
  const svg = printSvg(scene, { fonts: family });
  const font = { fontFiles: [file], loadSystemFonts: false, defaultFontFamily: family };
  const box = new Resvg(held ? svg : svg.replace(/ textLength="[^"]*"/, ""), { font }).innerBBox()!;
  return { left: box.x, width: box.width };
}

describe.each([
  ["much wider", WIDE],
  ["narrower", NARROW],
] as const)("in a font that is %s", (_, font) => {
  it.each(WORDS)("%s is as wide as it was laid out", (word) => {
    const laid = tableMeasure(word, SIZE);
    const { left, width } = inkOf(word, font, true);
    // Ink is less than the width by the room at both sides of it, of half a letter at most.
    expect(width).toBeLessThanOrEqual(laid + 2);
    expect(width).toBeGreaterThan(laid - 0.7 * SIZE);
    expect(Math.abs(left + width / 2 - 300)).toBeLessThan(0.2 * SIZE);
  });
});

it("without a width, words of such a font would be wider than their room", () => {
  const over = WORDS.filter((word) => inkOf(word, WIDE, false).width > tableMeasure(word, SIZE) + 2);
  expect(over.length).toBeGreaterThan(4);
});
