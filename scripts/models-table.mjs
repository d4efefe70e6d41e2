// Writes docs/models.md and test/models-table/errors.json: how far every family is from Transformers, in Node and in
// Chromium, with float32, float16 and bfloat16 weights.
// Usage: node scripts/models-table.mjs [HALVES]. HALVES is the folder that scripts/half-goldens.py writes; without it
// the half-precision numbers of the last time stay. With --only=NAME,NAME only these families are measured; with
// --text only docs/models.md is written again.

import { fileURLToPath } from "node:url";
import { createServer } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));
const vite = await createServer({
  root,
  configFile: false,
  appType: "custom",
  optimizeDeps: { noDiscovery: true },
  server: { middlewareMode: true, watch: null, hmr: false, ws: false },
});
try {
  const { main } = await vite.ssrLoadModule("/test/models-table/main.ts");
  await main(process.argv.slice(2));
} finally {
  await vite.close();
}
