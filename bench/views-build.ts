// Builds the page in which headscope's views are measured: the views as they ship, minified, nothing of the app.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

/** Builds bench/page/views.html into `folder`/headscope. */
export async function buildPage(folder: string): Promise<void> {
  const root = fileURLToPath(new URL("page", import.meta.url));
  await build({
    root,
    configFile: false,
    base: "./",
    publicDir: false,
    logLevel: "error",
    worker: { format: "es" },
    build: {
      outDir: join(folder, "headscope"),
      emptyOutDir: true,
      target: "es2022",
      rollupOptions: { input: join(root, "views.html") },
    },
  });
}
