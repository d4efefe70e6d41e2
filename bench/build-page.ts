// Builds the pages in which headscope is measured in a browser: views and engine as they ship, nothing of the app.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

/** Builds bench/page/`name`.html into `folder`. */
export async function buildPage(name: string, folder: string): Promise<void> {
  const root = fileURLToPath(new URL("page", import.meta.url));
  await build({
    root,
    configFile: false,
    base: "./",
    publicDir: false,
    logLevel: "error",
    worker: { format: "es" },
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: "es2022",
      rollupOptions: { input: join(root, `${name}.html`) },
    },
  });
}
