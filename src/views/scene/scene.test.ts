import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gatherHairlines, paintLines, shorten } from "./canvas.ts";
import { widest } from "./measure.ts";
import { boxes, hexOf, type Lines, pixelOf, type Scene, textsOf } from "./scene.ts";
import { escapeXml, printSvg } from "./svg.ts";
import { lettersMeasure, tableMeasure } from "./table-measure.ts";

const scene = (marks: Scene["marks"]): Scene => ({ width: 100, height: 50, marks });

const lines = (over: Partial<Lines> = {}): Lines => ({
  kind: "lines",
  count: 2,
  from: 10,
  to: 90,
  left: Float32Array.of(5, 15),
  right: Float32Array.of(25, 35),
  widths: Float32Array.of(1, 1),
  opacities: Float32Array.of(0.5, 0.004),
  colors: Uint16Array.of(0, 1),
  palette: ["#ff0000", "#00ff00"],
  curved: false,
  ...over,
});

describe("svg", () => {
  it("prints every kind of mark, numbers rounded", () => {
    const svg = printSvg(
      scene([
        { kind: "rects", boxes: boxes([1, 2, 3.456789, 4]), fill: "#123456", opacity: 0.5, radius: 2 },
        { kind: "outlines", boxes: boxes([1, 2, 3, 4]), stroke: "#000000", width: 1.5 },
        { kind: "polylines", paths: [Float32Array.of(0, 0, 5, 7)], closed: true, fill: "#abcdef" },
        { kind: "texts", items: [{ text: "word", x: 4, y: 10, size: 10, color: "#17181c", anchor: "end" }] },
        { kind: "group", x: 3, name: "cells", clip: [0, 0, 9, 9], marks: [lines()] },
      ]),
      { title: "a title", background: "#ffffff" },
    );
    expect(svg).toMatchInlineSnapshot(`
      "<svg xmlns="http://www.w3.org/2000/svg" width="100" height="50" viewBox="0 0 100 50" font-family="Helvetica, Arial, &#39;Liberation Sans&#39;, sans-serif" role="img">
      <title>a title</title>
      <rect width="100" height="50" fill="#ffffff"/>
      <rect x="1" y="2" width="3.46" height="4" fill="#123456" opacity="0.5" rx="2"/>
      <rect x="1" y="2" width="3" height="4" fill="none" stroke="#000000" stroke-width="1.5"/>
      <path fill="#abcdef" d="M0 0L5 7Z"/>
      <text x="4" y="13.6" font-size="10" fill="#17181c" text-anchor="end" textLength="21.67" lengthAdjust="spacingAndGlyphs" xml:space="preserve">word</text>
      <g class="cells" transform="translate(3 0)" clip-path="url(#clip0)">
      <path fill="none" stroke="#ff0000" stroke-width="1" stroke-opacity="0.5" d="M10 5L90 25"/>
      </g>
      <defs><clipPath id="clip0"><rect x="0" y="0" width="9" height="9"/></clipPath></defs>
      </svg>
      "
    `);
  });

  it("merges neighbours of one colour, and leaves out what is empty", () => {
    const [red, blue] = [pixelOf([255, 0, 0]), pixelOf([0, 0, 255])];
    const raster = { x: 0, y: 0, width: 8, height: 4, rows: 1, columns: 4 };
    const pixels = Uint32Array.of(red, red, 0, blue);
    const plain = printSvg(scene([{ kind: "rasters", items: [{ ...raster, pixels }] }]));
    expect(plain).toContain('<path fill="#ff0000" d="M0 0h2v1h-2z"/>');
    expect(plain).toContain('<path fill="#0000ff" d="M3 0h1v1h-1z"/>');
    const spaced = printSvg(scene([{ kind: "rasters", items: [{ ...raster, pixels, gap: 1 }] }]));
    expect(spaced).toContain('<path fill="#ff0000" d="M0 0h0.5v0.75h-0.5zM1 0h0.5v0.75h-0.5z"/>');
  });

  it("is well-formed whatever the tokens hold", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const svg = printSvg(
          scene([{ kind: "texts", items: [{ text, x: 0, y: 0, size: 9, color: "#000000" }] }]),
        );
        const body = svg.slice(svg.indexOf("<text"), svg.indexOf("</text>") + 7);
        expect(body.match(/</g)).toHaveLength(2);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
        expect(svg).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/);
      }),
    );
    expect(escapeXml(`<script>"&'\u0000\ud800`)).toBe("&lt;script&gt;&quot;&amp;&#39;\ufffd\ufffd");
  });
});

describe("texts", () => {
  it("are measured from the table: bold is wider, marks have no width, wide letters are squares", () => {
    expect(tableMeasure("iiii", 10)).toBeCloseTo(8.88);
    expect(tableMeasure("word", 10, 620)).toBeGreaterThan(tableMeasure("word", 10));
    expect(tableMeasure("é", 10)).toBe(tableMeasure("e", 10));
    expect(tableMeasure("漢字", 10)).toBe(20);
    expect(tableMeasure("한국", 10)).toBe(20);
    expect(tableMeasure("がぎ".normalize("NFD"), 10)).toBe(20);
    expect(widest(tableMeasure, ["a", "abc", "ab"], 10)).toBeCloseTo(16.12);
  });

  it("are measured by the fonts that will draw them: the first that lacks least, and the table for what it lacks", () => {
    const measure = lettersMeasure([
      { a: [500, 600], b: [700, 800] },
      { a: [1, 2], 漢: [900, 950] },
    ]);
    expect(measure("ab", 10)).toBeCloseTo(12);
    expect(measure("ab", 10, 620)).toBeCloseTo(14);
    expect(measure("a漢", 10)).toBeCloseTo(9.01);
    expect(measure("bc", 10)).toBeCloseTo(7 + tableMeasure("c", 10));
    expect(measure("", 10)).toBe(0);
  });

  it("are as wide in any font as they were laid out, where the fonts are not given and each letter's width is known", () => {
    const widthOf = (text: string, options = {}) =>
      printSvg(
        scene([{ kind: "texts", items: [{ text, x: 0, y: 0, size: 10, color: "#000000" }] }]),
        options,
      ).match(/ textLength="(.*?)"/)?.[1];
    expect(["word", "4.11 → été", "漢字", "e\u0301"].map((text) => widthOf(text))).toEqual([
      ...["21.67", "48.92", "20", "5.56"],
    ]);
    expect(
      ["Жук", "กา", "👩🏽", "سلام", "שלום", "नमस्ते", "λόγος", "ｶﾅ。"].map((text) => widthOf(text)),
    ).toEqual([...["18.61", "11", "10", "19", "21.98", "22.8", "25.94", "20"]]);
    expect(["👩‍👩‍👧", "🇫🇷"].map((text) => tableMeasure(text, 10))).toEqual([10, 10]);
    for (const text of ["ქართული", "አማርኛ", ""]) expect(widthOf(text)).toBeUndefined();
    expect(widthOf("word", { measure: tableMeasure })).toBeUndefined();
  });

  it("are cut to a width between whole characters", () => {
    expect(shorten("attention", 1000, (t) => t.length * 10)).toBe("attention");
    expect(shorten("attention", 50, (t) => t.length * 10)).toBe("atte…");
    expect(shorten("👩🏽👩🏽👩🏽", 3, (t) => [...t].length)).toBe("👩🏽…");
    expect(shorten("e\u0301e\u0301e\u0301", 4, (t) => [...t].length)).toBe("e\u0301…");
  });

  it("are found with their groups' moves", () => {
    const item = { text: "a", x: 1, y: 2, size: 9, color: "#000000" };
    const marks: Scene["marks"] = [
      { kind: "group", x: 10, y: 20, marks: [{ kind: "texts", items: [item] }] },
    ];
    expect([...textsOf(marks)]).toEqual([{ ...item, x: 11, y: 22 }]);
  });
});

it("hairlines of one look go together; lines too faint to see go nowhere", () => {
  expect(gatherHairlines(lines(), 0, 2)).toEqual([{ color: "#ff0000", opacity: 0.5, width: 1, lines: [0] }]);
  const both = lines({ opacities: Float32Array.of(0.5, 0.5), colors: Uint16Array.of(0, 0) });
  expect(gatherHairlines(both, 0, 2).map((group) => group.lines)).toEqual([[0, 1]]);
});

describe("curves on a canvas", () => {
  /** Width and opacity of each stroke on a canvas with `ratio` device px per unit. */
  const strokes = (widths: number[], ratio: number): [number, number][] => {
    const out: [number, number][] = [];
    const context = {
      globalAlpha: 1,
      lineWidth: 0,
      getTransform: () => ({ a: ratio, b: 0 }),
      stroke: () => void out.push([context.lineWidth * ratio, context.globalAlpha]),
      ...Object.fromEntries(
        ["save", "restore", "beginPath", "moveTo", "bezierCurveTo"].map((name) => [name, () => undefined]),
      ),
    };
    const mark = lines({
      curved: true,
      widths: Float32Array.from(widths),
      opacities: Float32Array.of(0.5, 0.9),
    });
    paintLines(context as unknown as CanvasRenderingContext2D, mark, 0, 2);
    return out;
  };

  it("are hairlines with the same ink where they are hardly wider, which browsers raster faster", () => {
    const [thin, wide] = strokes([1.2, 1.5], 1);
    expect(thin![0]).toBeLessThanOrEqual(1);
    expect(thin![0] * thin![1]).toBeCloseTo(1.2 * 0.5, 6);
    expect(wide![0]).toBeCloseTo(1.5, 6);
    expect(wide![1]).toBeCloseTo(0.9, 6);
  });
  it("stay as wide as they are on a finer screen, and where they are narrower than a hair", () => {
    const [fine] = strokes([1.2, 1], 2);
    expect(fine![0]).toBeCloseTo(2.4, 6);
    expect(strokes([0.8, 1], 1)[0]![0]).toBeCloseTo(0.8, 6);
  });
});

it("pixels and colours agree", () => {
  expect(hexOf(pixelOf([18, 52, 86]))).toBe("#123456");
});

describe("lines along y", () => {
  const pathsOf = (mark: Lines): string[] =>
    [...printSvg(scene([mark])).matchAll(/ d="([^"]+)"/g)].map(([, d]) => d!);

  it("begin and end at an x, as hairlines and as curves", () => {
    expect(pathsOf(lines({ axis: "y" }))).toEqual(["M5 10L25 90"]);
    expect(pathsOf(lines({ axis: "y", curved: true }))).toEqual([
      "M5 10C5 43.6 25 56.4 25 90",
      "M15 10C15 43.6 35 56.4 35 90",
    ]);
  });
  it("are painted on a canvas with its axes exchanged, and leave it as it was", () => {
    const calls: string[] = [];
    const note =
      (name: string) =>
      (...values: number[]) =>
        void calls.push([name, ...values].join(" "));
    const names = ["save", "restore", "transform", "beginPath", "moveTo", "lineTo", "stroke"];
    const context = Object.fromEntries(names.map((name) => [name, note(name)]));
    paintLines(context as unknown as CanvasRenderingContext2D, lines({ axis: "y" }), 0, 1);
    expect(calls).toEqual([
      "save",
      "transform 0 1 1 0 0 0",
      "beginPath",
      "moveTo 10 5",
      "lineTo 90 25",
      "stroke",
      "restore",
    ]);
  });
});
