// npm run bench [-- --quick] [--only engine|web|views|page] [--write]: builds what is measured, then runs bench/main.ts.

import { fileURLToPath } from "node:url";
import { createServer } from "vite";
import { build } from "./build.mjs";

await build((line) => process.stderr.write(`${line}\n`));
const vite = await createServer({
  root: fileURLToPath(new URL("..", import.meta.url)),
  configFile: false,
  appType: "custom",
  optimizeDeps: { noDiscovery: true },
  server: { middlewareMode: true, watch: null, hmr: false, ws: false },
});
try {
  const { main } = await vite.ssrLoadModule("/bench/main.ts");
  process.exitCode = await main(process.argv.slice(2));
} finally {
  await vite.close();
}
