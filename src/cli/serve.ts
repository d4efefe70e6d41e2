// The local web server behind `headscope open`: the built page, bundled models, the gallery, and what the user
// opened, on 127.0.0.1 only. It sends the headers that let the page use threads and answers no other host name.

import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import sirv from "sirv";
import { catalog } from "./catalog.ts";
import type { Shared } from "./shared.ts";

/** What to serve: folders on this machine by their role, and things the user opened. */
export interface ServeOptions {
  readonly app: string;
  readonly models: string;
  readonly gallery: string;
  readonly shared?: Shared | undefined;
  /** Tried first; any free port when it is taken. 0 takes a free one at once. */
  readonly port: number;
}

/** A server that runs. */
export interface Serving {
  readonly port: number;
  close(): Promise<void>;
}

const HEADERS = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Content-Security-Policy":
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; " +
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self' https: http: blob: data:; " +
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
} as const;

/** Starts serving; resolves once the port answers. */
export async function serve(options: ServeOptions): Promise<Serving> {
  const server = createServer(handler(options));
  const port = await listen(server, options.port);
  const close = () =>
    new Promise<void>((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  return { port, close };
}

async function listen(server: ReturnType<typeof createServer>, port: number): Promise<number> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", () => {
        server.off("error", reject);
        resolve();
      });
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (port !== 0 && (code === "EADDRINUSE" || code === "EACCES")) return listen(server, 0);
    throw error;
  }
  return (server.address() as AddressInfo).port;
}

/** The request listener alone, for tests and for other servers. */
export function handler(options: ServeOptions): RequestListener {
  const app = sirv(options.app, { dev: true, etag: true });
  const folders = {
    models: sirv(options.models, { dev: true }),
    gallery: sirv(options.gallery, { dev: true }),
  };
  return (request, response) => {
    if (!isOurHost(request.headers.host)) return end(response, 403, "This server answers localhost only.");
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    if (request.method !== "GET" && request.method !== "HEAD")
      return end(response, 405, "Only GET and HEAD.");
    const [, first, rest] = /^\/([^/?]*)(\/[^?]*)?/.exec(request.url ?? "/") ?? [];
    if (first === "local")
      return options.shared ? void options.shared(request, response, rest ?? "/") : missing(response);
    if (first === "models" && rest === "/index.json") return void sendCatalog(options.models, response);
    if (first === "models" || first === "gallery") return inside(folders[first], request, response, rest);
    app(request, response, () => missing(response));
  };
}

function inside(
  folder: ReturnType<typeof sirv>,
  request: IncomingMessage,
  response: ServerResponse,
  path = "/",
): void {
  request.url = path;
  folder(request, response, () => missing(response));
}

async function sendCatalog(models: string, response: ServerResponse): Promise<void> {
  response.setHeader("Content-Type", "application/json");
  response.end(JSON.stringify(await catalog(models)));
}

/** Another site may point its own name at this machine (DNS rebinding); such requests carry that name. */
function isOurHost(host: string | undefined): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(host ?? "");
}

function missing(response: ServerResponse): void {
  end(response, 404, "Not found.");
}

function end(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" }).end(`${text}\n`);
}
