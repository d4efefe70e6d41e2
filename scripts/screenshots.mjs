// Takes the pictures of the README and the guide: the page on recorded runs, light and dark, into docs/images/.
// node scripts/screenshots.mjs [NAME ...]

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "./build.mjs";
import { withSources } from "./sources.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const OUT = join(ROOT, "docs", "images");
const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

/** Each picture: where it is taken, and how large the window is. */
const PICTURES = [
  {
    name: "page",
    at: "trace=gallery/traces/gpt2-john-smith.safetensors&l=4&h=3,7,11&focus=11&pin=8",
    size: WIDE,
  },
  {
    name: "neurons",
    at: "trace=gallery/traces/gpt2-john-smith.safetensors&l=1&h=10&pin=8&score=decay",
    size: WIDE,
  },
  {
    name: "pair",
    at: "trace=gallery/traces/bert-cat-rug.safetensors&l=3&h=0&pin=2&score=cross",
    size: WIDE,
  },
  {
    name: "phone",
    at: "trace=gallery/traces/gpt2-john-smith.safetensors&l=4&h=11&pin=8&tab=head",
    size: PHONE,
  },
];

await build();
mkdirSync(OUT, { recursive: true });
const wanted = new Set(process.argv.slice(2));
await withSources(async (load) => {
  const { launch } = await load("/test/browser/chromium.ts");
  const { serve } = await load("/src/cli/serve.ts");
  const places = {
    app: join(ROOT, "dist", "app"),
    models: join(ROOT, "models"),
    gallery: join(ROOT, "gallery"),
  };
  const serving = await serve({ ...places, shared: undefined, port: 0 });
  const browser = await launch();
  for (const picture of PICTURES.filter(({ name }) => wanted.size === 0 || wanted.has(name))) {
    for (const theme of ["light", "dark"]) await take(browser, serving.port, picture, theme);
  }
  await browser.close();
  await serving.close();
});

/** Opens the page at a place and writes what it shows. */
async function take(browser, port, { name, at, size }, theme) {
  const page = await browser.newPage({ viewport: size, colorScheme: theme, reducedMotion: "reduce" });
  await page.goto(`http://localhost:${port}/#${at}&theme=${theme}`);
  await page.locator(".hs-map-canvas").first().waitFor({ state: "attached" });
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(1500);
  await page.screenshot({ path: join(OUT, `${name}-${theme}.png`) });
  await page.close();
}
