// Serves the gallery and the sources behind it, isolated from other origins as the real page is.

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { createServer as createVite } from "vite";

/** A running server. */
export interface Served {
  /** Address without a slash at the end. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serve the repository through vite on a free port (or on `port`). */
export async function serve(port = 0): Promise<Served> {
  const http = createServer();
  const vite = await createVite({
    root: fileURLToPath(new URL("../..", import.meta.url)),
    configFile: false,
    appType: "mpa",
    logLevel: "error",
    cacheDir: "node_modules/.vite/gallery",
    optimizeDeps: { noDiscovery: true },
    server: { middlewareMode: true, hmr: { server: http }, watch: null },
  });
  http.on("request", (request, response) => {
    response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
    response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
    vite.middlewares(request, response);
  });
  await listen(http, port);
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    close: async () => {
      await vite.close();
      http.closeAllConnections();
      await new Promise((done) => http.close(done));
    },
  };
}

function listen(http: Server, port: number): Promise<void> {
  return new Promise((done, fail) => {
    http.once("error", fail);
    http.listen(port, "127.0.0.1", done);
  });
}
