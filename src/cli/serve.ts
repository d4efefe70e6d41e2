// The local web server behind `headscope open`: the built page, bundled models, the gallery, and what the user
// opened, on 127.0.0.1 only. It sends the headers that let the page use threads and answers no other host name.

import { realpath } from "node:fs/promises";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import type { Duplex } from "node:stream";
import { ENGINE_PATH } from "../wire/native.ts";
import { catalog } from "./catalog.ts";
import { decodePath, Refusal, sendFile } from "./send-file.ts";
import type { Shared } from "./shared.ts";

/** What to serve: folders on this machine by their role, and things the user opened. */
export interface ServeOptions {
  readonly app: string;
  readonly models: string;
  readonly gallery: string;
  readonly shared?: Shared | undefined;
  /** Runs models for the page, at /engine. */
  readonly engine?: ServedEngine | undefined;
  /** Tried first; any free port when it is taken. 0 takes a free one at once. */
  readonly port: number;
}

/** An engine of this process: what GET answers, and what becomes of a WebSocket. */
export interface ServedEngine {
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** A server that runs. */
export interface Serving {
  readonly port: number;
  close(): Promise<void>;
}

/** Where weights of the hub come from. */
const HUB = "https://huggingface.co https://*.huggingface.co https://*.hf.co";
/** Hosts that only the workers may ask: people open checkpoints and recorded runs from any address. */
const ANYWHERE = "https: http:";
const WORKER = /^\/assets\/[\w.-]*worker[\w.-]*\.js$/;
/** The program of WebGPU. At 27 MB it is not packed a second time: the package onnxruntime-web has it. */
const GPU_NAME = "ort-wasm-simd-threaded.asyncify";
const GPU_PROGRAM = new RegExp(`^/assets/${GPU_NAME.replaceAll(".", "\\.")}-[\\w-]+\\.wasm$`);
const POLICY = "Content-Security-Policy";

const policy = (hosts: string): string =>
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; " +
  `style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self' blob: data: ${hosts}; ` +
  "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HEADERS = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  [POLICY]: policy(HUB),
} as const;

/** Starts serving; resolves once the port answers. */
export async function serve(options: ServeOptions): Promise<Serving> {
  const server = createServer(handler(options));
  // Once a connection asked for an upgrade, Node no longer listens to its errors: a page that hangs up would end us.
  server.on("connection", (socket) => socket.on("error", () => socket.destroy()));
  if (options.engine) server.on("upgrade", (...asked) => upgrade(options.engine!, ...asked));
  const port = await listen(server, options.port);
  // Sockets that were handed to an engine are not waited for: Node counts them even after their process has ended.
  const close = async () => {
    server.close();
    server.closeAllConnections();
    await new Promise((done) => setImmediate(done));
  };
  return { port, close };
}

function upgrade(engine: ServedEngine, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  if (request.url === `/${ENGINE_PATH}`) engine.upgrade(request, socket, head);
  else socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n", () => socket.destroy());
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

/** The request listener alone, for tests and for other servers. No request ends the process: each gets an answer. */
export function handler(options: ServeOptions): RequestListener {
  return (request, response) => {
    response.on("error", () => response.destroy());
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    answer(options, request, response).catch((error: unknown) => refuse(response, error));
  };
}

async function answer(
  options: ServeOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.headersDistinct.host?.length !== 1 || !isOurHost(request.headers.host))
    throw new Refusal(403, "This server answers localhost only.");
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("Allow", "GET, HEAD");
    throw new Refusal(405, "Only GET and HEAD.");
  }
  const [, path] = /^(\/[^?#]*)/.exec(request.url ?? "") ?? [];
  if (path === undefined) throw new Refusal(400, "This address cannot be read.");
  const [, first, rest] = /^\/([^/]*)(.*)$/s.exec(path) as unknown as [string, string, string];
  if (path === `/${ENGINE_PATH}` && options.engine) return options.engine.answer(request, response);
  if (first === "local" && options.shared) return options.shared(request, response, rest || "/");
  if (first === "models" && rest === "/index.json") return sendCatalog(options.models, response);
  if (first === "models" || first === "gallery")
    return sendPart(options[first], rest.slice(1), request, response);
  if (GPU_PROGRAM.test(path)) return sendGpuProgram(options.app, path.slice(1), request, response);
  if (WORKER.test(path)) response.setHeader(POLICY, policy(ANYWHERE));
  return sendPart(options.app, path.slice(1) || "index.html", request, response);
}

async function sendPart(
  folder: string,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const name = decodePath(path);
  const root = await realpath(folder).catch(() => undefined);
  if (root === undefined) throw new Refusal(404, "Not found.");
  return sendFile({ root }, name, request, response);
}

/** As built, or, where the package is installed without it, the same file of onnxruntime-web. */
async function sendGpuProgram(
  app: string,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const built = await realpath(join(app, path)).catch(() => undefined);
  if (built) return sendPart(app, path, request, response);
  const own = createRequire(import.meta.url).resolve(`onnxruntime-web/${GPU_NAME}.wasm`);
  return sendPart(dirname(own), `${GPU_NAME}.wasm`, request, response);
}

async function sendCatalog(models: string, response: ServerResponse): Promise<void> {
  const listed = JSON.stringify(await catalog(models));
  response.setHeader("Content-Type", "application/json");
  response.end(listed);
}

/** Another site may point its own name at this machine (DNS rebinding); such requests carry that name. */
function isOurHost(host: string | undefined): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(host ?? "");
}

/** What a file's headers promised does not hold for an answer without the file. */
const OF_FILES = ["Content-Length", "Accept-Ranges", "Cache-Control", "Last-Modified", "ETag"];

function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.destroy();
  const { status, message } =
    error instanceof Refusal ? error : new Refusal(500, "This request cannot be answered.");
  for (const name of OF_FILES) response.removeHeader(name);
  if (status !== 416) response.removeHeader("Content-Range");
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" }).end(`${message}\n`);
}
