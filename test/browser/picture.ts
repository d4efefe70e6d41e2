// Compares a screenshot with the committed one. Only in the pinned Chromium, where fonts and rasteriser are the
// same on every machine. HEADSCOPE_UPDATE_PICTURES=1 writes new ones; differing ones go to changed/.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { isPinned } from "./chromium.ts";

const SNAPSHOTS = fileURLToPath(new URL("./snapshots/", import.meta.url));
const CHANGED = fileURLToPath(new URL("./changed/", import.meta.url));

/** Largest part of the pixels that may differ. */
const TOLERANCE = 0.002;
/** Difference of a channel, of 255, from which a pixel counts as different. */
const STEP = 8;

/** Expect what `selector` shows to look like snapshots/NAME.png. */
export async function expectPicture(page: Page, name: string, selector = "#stage"): Promise<void> {
  const actual = await page.locator(selector).screenshot({ animations: "disabled", caret: "hide" });
  if (!isPinned()) return;
  const path = `${SNAPSHOTS}${name}.png`;
  if (process.env.HEADSCOPE_UPDATE_PICTURES === "1") return write(SNAPSHOTS, name, actual);
  if (!existsSync(path)) {
    write(CHANGED, name, actual);
    expect.fail(
      `There is no picture ${name}.png to compare with. See it in changed/; if it is right, move it.`,
    );
  }
  const share = await difference(page, readFileSync(path), actual);
  if (share <= TOLERANCE) return;
  write(CHANGED, name, actual);
  expect.fail(
    `${name} differs from its picture in ${(100 * share).toFixed(2)} % of the pixels; see changed/.`,
  );
}

function write(folder: string, name: string, picture: Buffer): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}${name}.png`, picture);
}

/** Part of the pixels, 0 to 1, that differ; 1 for pictures of different sizes. The page does the decoding. */
function difference(page: Page, expected: Buffer, actual: Buffer): Promise<number> {
  return page.evaluate(
    async ([step, ...pictures]) => {
      const decode = async (base64: string): Promise<ImageData> => {
        const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
        const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
        const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
        const context = canvas.getContext("2d");
        if (!context) throw new Error("no 2-D context");
        context.drawImage(bitmap, 0, 0);
        return context.getImageData(0, 0, bitmap.width, bitmap.height);
      };
      const [a, b] = await Promise.all(pictures.map(decode));
      if (!a || !b || a.width !== b.width || a.height !== b.height) return 1;
      let count = 0;
      for (let i = 0; i < a.data.length; i += 4) {
        const far = [0, 1, 2].some((c) => Math.abs(a.data[i + c]! - b.data[i + c]!) > step);
        if (far) count++;
      }
      return count / (a.data.length / 4);
    },
    [STEP, expected.toString("base64"), actual.toString("base64")] as const,
  );
}
