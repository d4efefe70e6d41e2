import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { nodeFonts } from "./node-fonts.ts";

/** A font of a package that has white lenticular brackets, which the embedded fonts lack. */
const MATH = createRequire(import.meta.url).resolve("dejavu-fonts-ttf/ttf/DejaVuMathTeXGyre.ttf");
const LACKED = "〖";
const folder = mkdtempSync(join(tmpdir(), "headscope-fonts-"));

/** A collection of one font: a header, then its file with offsets that count from the collection's beginning. */
function collectionOf(font: Buffer): Buffer {
  const header = Buffer.alloc(16);
  header.write("ttcf", 0, "latin1");
  for (const [at, value] of [0x10000, 1, 16].entries()) header.writeUInt32BE(value, 4 + 4 * at);
  const moved = Buffer.from(font);
  for (let table = 0; table < moved.readUInt16BE(4); table++) {
    const at = 12 + 16 * table + 8;
    moved.writeUInt32BE(moved.readUInt32BE(at) + header.length, at);
  }
  return Buffer.concat([header, moved]);
}

it("a named font has what the embedded ones lack, and they keep what they have", async () => {
  const [plain, more] = [await nodeFonts(), await nodeFonts([MATH])];
  expect(plain.missing(`a${LACKED}`)).toEqual([LACKED]);
  expect(more.missing(`a${LACKED}`)).toEqual([]);
  const named = (text: string, weight?: number) =>
    more.runs(text, weight).map(({ face }) => face.name.split(" ")[0]);
  expect(named(`a${LACKED}`)).toEqual(["inter-latin-400", "DejaVuMathTeXGyre-Regular"]);
  expect(named(LACKED, 620)).toEqual(["DejaVuMathTeXGyre-Regular"]);
  expect((await nodeFonts()).missing(LACKED)).toEqual([LACKED]);
});

it("what only the plain letters have is drawn in them among strong ones, and not as a box", async () => {
  const fonts = await nodeFonts();
  expect(fonts.runs("𝖠b", 620).map(({ face, text }) => [face.name, text])).toEqual([
    ["dejavu", "𝖠"],
    ["inter-latin-600", "b"],
  ]);
});

it("marks, joiners and choices of form stay in the font of their letter", async () => {
  const fonts = await nodeFonts();
  const faces = (text: string) => fonts.runs(text).map(({ face }) => face.name);
  expect(faces("😀\u200d😁\ufe0f")).toEqual(["dejavu"]);
  expect(faces("a\u200db")).toEqual(["inter-latin-400"]);
  expect(faces("x\u3000y")).toEqual(["inter-latin-400"]);
  expect(fonts.missing("a\u200d\ufe0f\u3000\u{e0067}")).toEqual([]);
  expect(fonts.missing("a\ue000\u{1f3fb}")).toEqual(["\ue000", "\u{1f3fb}"]);
});

it("the first font of a collection is taken", async () => {
  const path = join(folder, "one.ttc");
  writeFileSync(path, collectionOf(readFileSync(MATH)));
  const fonts = await nodeFonts([path]);
  expect(fonts.missing(LACKED)).toEqual([]);
  expect(fonts.runs(LACKED)[0]!.face.member).toBe("DejaVuMathTeXGyre-Regular");
});

it("what is no font is named, and so is a file that is not there", async () => {
  const path = join(folder, "text.ttf");
  writeFileSync(path, "no font");
  await expect(nodeFonts([path])).rejects.toThrow(
    /--font .*text\.ttf is no font that can be read; expected \.ttf/,
  );
  const cut = join(folder, "cut.ttf");
  writeFileSync(cut, readFileSync(MATH).subarray(0, 200));
  await expect(nodeFonts([cut])).rejects.toThrow(/cut\.ttf is no font that can be read/);
  await expect(nodeFonts([join(folder, "none.ttf")])).rejects.toThrow(/--font .*none\.ttf: ENOENT/);
});

it("a font of pictures is refused: its letters would be nothing", async () => {
  const path = join(folder, "pictures.ttf");
  const font = readFileSync(MATH);
  font.write("CBDT", font.indexOf("glyf"), "latin1");
  writeFileSync(path, font);
  await expect(nodeFonts([path])).rejects.toThrow(
    /pictures\.ttf holds pictures in place of outlines.* Noto Emoji/,
  );
});
