// The fonts of figures from the packages that carry them, in Node.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { FontSet } from "./fonts.ts";

const SUBSETS = ["latin", "latin-ext", "greek", "cyrillic"] as const;

let loaded: Promise<FontSet> | undefined;

/** The fonts, read once. */
export function nodeFonts(): Promise<FontSet> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<FontSet> {
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
  return new FontSet(
    await Promise.all([
      ...SUBSETS.flatMap((subset) => [inter(subset, false), inter(subset, true)]),
      read("dejavu", false, "dejavu-fonts-ttf/ttf/DejaVuSans.ttf"),
      read("dejavu-bold", true, "dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf"),
    ]),
  );
}
