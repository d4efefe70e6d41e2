// Runs TypeScript of this repository from a script, through vite, without building it.

import { fileURLToPath } from "node:url";
import { createServer } from "vite";

/** Calls `work` with a function that imports a module by its path from the root, e.g. "/bench/main.ts". */
export async function withSources(work) {
  const vite = await createServer({
    root: fileURLToPath(new URL("..", import.meta.url)),
    configFile: false,
    appType: "custom",
    optimizeDeps: { noDiscovery: true },
    server: { middlewareMode: true, watch: null, hmr: false, ws: false },
  });
  try {
    return await work((path) => vite.ssrLoadModule(path));
  } finally {
    await vite.close();
  }
}
