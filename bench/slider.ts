// Part of edits: a slider of an edit is moved in the page, and the matrix shows what comes of it. The model runs in the
// browser (WebAssembly). Time counts from the input event to the animation frame behind the first paint with new numbers.

import { fileURLToPath } from "node:url";
import { serve } from "../src/cli/serve.ts";
import { inFreshBrowser } from "./browser.ts";
import { median, pause, table, time } from "./stats.ts";
import type { Findings, Setup } from "./types.ts";

const path = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const BOUND_SECONDS = 0.1;
/** Long enough for the continuation of the move before to be written. */
const PAUSE_MS = 500;
const SENTENCE = "Lily saw a dog and the dog saw Lily. ";
/** 64 tokens of stories-gpt2; an edit of the first layer, so that everything behind it runs again. */
const TEXT = `${SENTENCE.repeat(6)}Lily saw a dog`;
const ADDRESS = new URLSearchParams({
  ...{ model: "stories-gpt2", text: TEXT, l: "4", h: "4", panel: "edits", dock: "open" },
  edits: "scale head 0.1 by 1",
});

/** Measures moves of a slider on stories-gpt2. */
export async function benchSlider({ quick, say }: Setup): Promise<Findings> {
  say("Edits: a slider in the page");
  const server = await serve({
    app: path("dist/app"),
    models: path("models"),
    gallery: path("gallery"),
    port: 0,
  });
  try {
    const { tokens, seconds } = await inFreshBrowser(async (page) => {
      await page.goto(`http://localhost:${server.port}/#${ADDRESS}`);
      const reached = page.locator(".edit small", { hasText: "Reached" });
      await reached.waitFor({ timeout: 60_000 });
      const found: number[] = [];
      for (let round = 0; round < (quick ? 6 : 20); round++) {
        await pause(PAUSE_MS);
        const ms = await page.evaluate(moveSlider, (round % 10) / 10);
        if (round > 1) found.push(ms / 1000);
      }
      return { tokens: /\d+/.exec((await reached.textContent()) ?? "")?.[0], seconds: median(found) };
    });
    const what = `slider to redrawn matrix, stories-gpt2, ${tokens} tokens, in Chromium`;
    return {
      sections: [`### A slider that is moved\n\n${table(["what", "measured"], [[what, time(seconds)]])}`],
      targets: [
        {
          what,
          target: `under ${time(BOUND_SECONDS)}`,
          measured: time(seconds),
          share: seconds / BOUND_SECONDS,
        },
      ],
    };
  } finally {
    server.close();
  }
}

/** Runs in the page: milliseconds from the slider's event to the frame behind the next paint of the matrix. */
function moveSlider(value: number): Promise<number> {
  const slider = document.querySelector<HTMLInputElement>(".edit input[type=range]")!;
  const { prototype } = CanvasRenderingContext2D;
  const paint = prototype.putImageData;
  return new Promise((resolve) => {
    prototype.putImageData = function (this: CanvasRenderingContext2D, ...args: unknown[]) {
      Reflect.apply(paint, this, args);
      if (!this.canvas.closest(".hs-matrix-field")) return;
      prototype.putImageData = paint;
      requestAnimationFrame(() => resolve(performance.now() - start));
    } as typeof paint;
    const start = performance.now();
    slider.value = String(value);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
