// Compares a screenshot with the committed one, pixel by pixel: in the pinned Chromium, which draws on the processor with
// fonts of the page, every picture came out equal in repeated runs. A channel may be off by what another processor's
// vector units round otherwise; no pixel may be further off. Another browser does not compare, and says so. HEADSCOPE_UPDATE_PICTURES=1 writes new ones; differing ones go to changed/.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { isPinned } from "./chromium.ts";

const SNAPSHOTS = fileURLToPath(new URL("./snapshots/", import.meta.url));
/** Steps of 255 in a channel that nobody sees and that rounding makes. */
const ROUNDING = 2;
const CHANGED = fileURLToPath(new URL("./changed/", import.meta.url));

/** Expect what `selector` shows to look like snapshots/NAME.png. */
export async function expectPicture(page: Page, name: string, selector = "#stage"): Promise<void> {
  const actual = await page.locator(selector).screenshot({ animations: "disabled", caret: "hide" });
  if (!isPinned()) return console.warn(`${name}.png was not compared: this is not the pinned Chromium.`);
  const path = `${SNAPSHOTS}${name}.png`;
  if (process.env.HEADSCOPE_UPDATE_PICTURES === "1") return write(SNAPSHOTS, name, actual);
  if (!existsSync(path)) {
    write(CHANGED, name, actual);
    expect.fail(
      `There is no picture ${name}.png to compare with. See it in changed/; if it is right, move it.`,
    );
  }
  const { pixels, step } = await difference(page, readFileSync(path), actual);
  if (pixels === 0) return;
  write(CHANGED, name, actual);
  expect.fail(
    `${name} differs from its picture in ${pixels} pixels, by up to ${step} of 255 in a channel; see changed/.`,
  );
}

function write(folder: string, name: string, picture: Buffer): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}${name}.png`, picture);
}

/** How two pictures differ. */
interface Difference {
  /** Pixels of which a channel is further off than rounding; all where sizes differ. */
  readonly pixels: number;
  /** Largest difference of a channel, 0 to 255. */
  readonly step: number;
}

/** Counts the pixels that differ. The page does the decoding. */
function difference(page: Page, expected: Buffer, actual: Buffer): Promise<Difference> {
  return page.evaluate(
    async ({ pictures, rounding }) => {
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
      if (!a || !b || a.width !== b.width || a.height !== b.height)
        return { pixels: b ? b.width * b.height : 1, step: 255 };
      let [pixels, step] = [0, 0];
      for (let i = 0; i < a.data.length; i += 4) {
        const far = Math.max(...[0, 1, 2].map((c) => Math.abs(a.data[i + c]! - b.data[i + c]!)));
        if (far > rounding) pixels++;
        step = Math.max(step, far);
      }
      return { pixels, step };
    },
    { pictures: [expected.toString("base64"), actual.toString("base64")], rounding: ROUNDING },
  );
}
