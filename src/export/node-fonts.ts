// The fonts of figures in Node: from the packages that carry them, and from files that are named.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { create, type Font, type FontCollection } from "fontkit";
import { type FontFile, FontSet } from "./fonts.ts";

const SUBSETS = ["latin", "latin-ext", "greek", "cyrillic"] as const;

let loaded: Promise<readonly FontFile[]> | undefined;

/** The fonts, read once; those of `paths` have the letters that the others lack. */
export async function nodeFonts(paths: readonly string[] = []): Promise<FontSet> {
  loaded ??= load();
  const named = await Promise.all(paths.map(readFont));
  return new FontSet([...(await loaded), ...named.flat()]);
}

/** A font of the machine for both weights; of a collection (.ttc) its first one. */
async function readFont(path: string): Promise<FontFile[]> {
  const data = await readFile(path).catch((cause) => {
    throw new Error(`--font ${path}: ${(cause as Error).message}`, { cause });
  });
  const font = fontIn(data, path);
  if (isOfPictures(font))
    throw new Error(
      `--font ${path} holds pictures in place of outlines, which figures cannot draw; name a font of outlines, e.g. Noto Emoji in place of Noto Color Emoji.`,
    );
  const file = { name: `${font.postscriptName} ${path}`, data: new Uint8Array(data) };
  const member = isCollection(data) ? { member: font.postscriptName } : {};
  return [false, true].map((bold) => ({ ...file, ...member, bold }));
}

/** True for colour fonts whose letters are bitmaps: fontkit would draw nothing, and nobody would know. */
function isOfPictures(font: Font): boolean {
  const { tables } = (font as Font & { readonly directory: { readonly tables: Record<string, unknown> } })
    .directory;
  return "sbix" in tables || !["glyf", "CFF ", "CFF2"].some((name) => name in tables);
}

function isCollection(data: Buffer): boolean {
  return data.subarray(0, 4).toString("latin1") === "ttcf";
}

function fontIn(data: Buffer, path: string): Font {
  try {
    const found = create(data) as Font | FontCollection;
    const font = "fonts" in found ? found.fonts[0] : found;
    if (font && font.numGlyphs > 0) return font;
  } catch {
    // fontkit's words are of tables and offsets.
  }
  throw new Error(`--font ${path} is no font that can be read; expected .ttf, .otf, .ttc, .woff or .woff2.`);
}

async function load(): Promise<readonly FontFile[]> {
  const require = createRequire(import.meta.url);
  const read = async (name: string, bold: boolean, path: string) => {
    return { name, bold, data: new Uint8Array(await readFile(require.resolve(path))) };
  };
  const inter = (subset: string, bold: boolean) => {
    const weight = bold ? 600 : 400;
    return read(
      `inter-${subset}-${weight}`,
      bold,
      `@fontsource/inter/files/inter-${subset}-${weight}-normal.woff`,
    );
  };
  return Promise.all([
    ...SUBSETS.flatMap((subset) => [inter(subset, false), inter(subset, true)]),
    read("dejavu", false, "dejavu-fonts-ttf/ttf/DejaVuSans.ttf"),
    read("dejavu-bold", true, "dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf"),
  ]);
}
