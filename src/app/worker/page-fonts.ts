// The fonts of exported figures in a page: files beside the page, fetched when a PDF or letters as paths are asked for.

import cyrillic from "@fontsource/inter/files/inter-cyrillic-400-normal.woff?url";
import cyrillicBold from "@fontsource/inter/files/inter-cyrillic-600-normal.woff?url";
import greek from "@fontsource/inter/files/inter-greek-400-normal.woff?url";
import greekBold from "@fontsource/inter/files/inter-greek-600-normal.woff?url";
import latin from "@fontsource/inter/files/inter-latin-400-normal.woff?url";
import latinBold from "@fontsource/inter/files/inter-latin-600-normal.woff?url";
import latinExt from "@fontsource/inter/files/inter-latin-ext-400-normal.woff?url";
import latinExtBold from "@fontsource/inter/files/inter-latin-ext-600-normal.woff?url";
import dejavu from "dejavu-fonts-ttf/ttf/DejaVuSans.ttf?url";
import dejavuBold from "dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf?url";
import { FontSet } from "../../export/fonts.ts";

const FILES: readonly (readonly [name: string, bold: boolean, url: string])[] = [
  ["inter-latin-400", false, latin],
  ["inter-latin-600", true, latinBold],
  ["inter-latin-ext-400", false, latinExt],
  ["inter-latin-ext-600", true, latinExtBold],
  ["inter-greek-400", false, greek],
  ["inter-greek-600", true, greekBold],
  ["inter-cyrillic-400", false, cyrillic],
  ["inter-cyrillic-600", true, cyrillicBold],
  ["dejavu", false, dejavu],
  ["dejavu-bold", true, dejavuBold],
];

/** All of them, read once by the caller. */
export async function loadFonts(): Promise<FontSet> {
  return new FontSet(
    await Promise.all(
      FILES.map(async ([name, bold, url]) => {
        const response = await fetch(url);
        if (!response.ok)
          throw new Error(`The font ${name} did not come (${response.status}). Is headscope still running?`);
        return { name, bold, data: new Uint8Array(await response.arrayBuffer()) };
      }),
    ),
  );
}
