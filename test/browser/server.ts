// Serves the gallery or another test page, bundled once so that a test does not wait for a hundred modules, and the
// files of the repository beside it; isolated from other origins as the real page is.

import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { deserialize, serialize } from "node:v8";
import sirv from "sirv";

/** A running server. */
export interface Served {
  /** Address without a slash at the end. */
  readonly url: string;
  close(): Promise<void>;
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Address of the gallery, where vite would serve it too. */
export const GALLERY = "/test/browser/gallery.html";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
};

export interface ServeOptions {
  /** Path of the page from the repository's root. Default: the gallery. */
  readonly page?: string;
  /** False leaves out the headers that isolate the page from other origins, so that it gets one thread. */
  readonly isolated?: boolean;
  /** Folders elsewhere on this machine, by the address that they are served under, e.g. "/goldens". */
  readonly folders?: Readonly<Record<string, string>>;
}

/** Serve on a free port. */
export async function serve(options: ServeOptions = {}): Promise<Served> {
  const { page = GALLERY, isolated = true, folders = {} } = options;
  const bundle = await bundleOnce(page);
  const files = sirv(ROOT, { dev: true, dotfiles: true });
  const elsewhere = Object.entries(folders).map(
    ([under, path]) => [`${under}/`, sirv(path, { dev: true })] as const,
  );
  const http = createServer((request, response) => {
    if (isolated) {
      response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
      response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
    }
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const made = bundle.get(pathname);
    const [under, there] = elsewhere.find(([address]) => pathname.startsWith(address)) ?? [];
    if (under && there) {
      request.url = request.url!.slice(under.length - 1);
      there(request, response, () => missing(response));
    } else if (made === undefined) files(request, response, () => missing(response));
    else response.setHeader("Content-Type", TYPES[extname(pathname)] ?? "application/octet-stream").end(made);
  });
  await listen(http);
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    close: async () => {
      http.closeAllConnections();
      await new Promise((done) => http.close(done));
    },
  };
}

/** Files of a page by address. */
type Bundle = ReadonlyMap<string, string | Uint8Array>;

/** As an earlier test file of the same `npm test` made it, which gives the run a folder; else made anew. */
async function bundleOnce(page: string): Promise<Bundle> {
  const folder = process.env.HEADSCOPE_TEST_RUN;
  if (!folder) return bundlePage(page);
  const kept = join(folder, `${basename(page)}.bundle`);
  if (existsSync(kept)) return deserialize(readFileSync(kept));
  const bundle = await bundlePage(page);
  const fresh = `${kept}.${process.pid}`; // another worker may read while this one writes
  writeFileSync(fresh, serialize(bundle));
  renameSync(fresh, kept);
  return bundle;
}

/** Files of a page by address, in memory. */
async function bundlePage(page: string): Promise<Bundle> {
  const { build } = await import("vite"); // half a second to load, and most files have nothing to bundle
  const result = await build({
    root: ROOT,
    configFile: false,
    logLevel: "error",
    build: { write: false, minify: false, assetsInlineLimit: 0, rolldownOptions: { input: ROOT + page } },
  });
  const outputs = Array.isArray(result) ? result : [result];
  const files = outputs.flatMap((part) => ("output" in part ? part.output : []));
  return new Map(files.map((file) => [`/${file.fileName}`, file.type === "chunk" ? file.code : file.source]));
}

function missing(response: ServerResponse): void {
  response.statusCode = 404;
  response.end("Not found");
}

function listen(http: Server): Promise<void> {
  return new Promise((done, fail) => {
    http.once("error", fail);
    http.listen(0, "127.0.0.1", done);
  });
}
