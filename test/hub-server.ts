// A local server that speaks the hub's protocol and fails in the ways that networks and hubs do. Large files are
// redirected to a second server, as the hub does with its content network.

import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One thing that goes wrong, once, with the next request for a file's bytes, or for those of the file `on`. */
export type Fault = (
  | { readonly kind: "drop"; readonly after: number }
  /** The bytes end there, and the connection stays. */
  | { readonly kind: "stall"; readonly after: number }
  | { readonly kind: "status"; readonly status: number; readonly headers?: Record<string, string> }
  | { readonly kind: "total"; readonly total: number }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
) & { readonly on?: string };

/** What a request asked for. */
export interface Seen {
  readonly host: "hub" | "cdn";
  readonly path: string;
  readonly range: string | undefined;
  readonly authorization: string | undefined;
}

/** A running pair of servers with one model, org/name. */
export interface HubServer {
  readonly endpoint: string;
  readonly seen: Seen[];
  /** Applied one after the other to requests for bytes. */
  readonly faults: Fault[];
  readonly model: HubServerModel;
  /** Cuts every connection. */
  dropAll(): void;
  close(): Promise<void>;
}

/** The model that a server offers; tests change it as they go. */
export interface HubServerModel {
  commit: string;
  files: Record<string, Uint8Array>;
  /** Files that the content network serves. */
  large: Set<string>;
  gated: boolean;
  /** The one token that is let in, where one is needed. */
  token: string | undefined;
  ranges: boolean;
}

/** Starts the servers on free ports of this machine. */
export async function startHub(files: Record<string, Uint8Array | string>): Promise<HubServer> {
  const bytes = Object.entries(files).map(([path, content]) => [path, Buffer.from(content)] as const);
  const model: HubServerModel = {
    commit: "0123456789abcdef0123456789abcdef01234567",
    files: Object.fromEntries(bytes),
    large: new Set(Object.keys(files).filter((path) => path.endsWith(".safetensors"))),
    gated: false,
    token: undefined,
    ranges: true,
  };
  const seen: Seen[] = [];
  const faults: Fault[] = [];
  const note = (host: Seen["host"], { url, headers }: IncomingMessage) =>
    seen.push({ host, path: url ?? "", range: headers.range, authorization: headers.authorization });
  const cdn = await listen((request, response) => {
    note("cdn", request);
    sendFile(model, faults, decodeURIComponent(request.url!.slice(1)), request, response);
  });
  const hub = await listen((request, response) => {
    note("hub", request);
    answer(model, faults, addressOf(cdn), request, response);
  });
  const dropAll = () => {
    for (const server of [hub, cdn]) server.closeAllConnections();
  };
  const close = async () => {
    dropAll();
    for (const server of [hub, cdn]) await new Promise((resolve) => server.close(resolve));
  };
  return { endpoint: addressOf(hub), seen, faults, model, dropAll, close };
}

async function listen(
  handler: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Server> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function answer(
  model: HubServerModel,
  faults: Fault[],
  cdn: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const path = decodeURIComponent(request.url!.split("?")[0]!);
  const allowed = model.token === undefined || request.headers.authorization === `Bearer ${model.token}`;
  if (path.startsWith("/api/models/")) {
    sendInfo(model, path, allowed, response);
    return;
  }
  const name = /^\/org\/name\/resolve\/[^/]+\/(.+)$/.exec(path)?.[1];
  if (name === undefined || !model.files[name]) {
    refuse(response, 404, "EntryNotFound", "Entry not found");
  } else if (!allowed) {
    refuse(
      response,
      model.gated ? 403 : 401,
      model.gated ? "GatedRepo" : "RepoNotFound",
      "Access is restricted",
    );
  } else if (model.large.has(name)) {
    response.writeHead(302, { location: `${cdn}/${encodeURIComponent(name)}` }).end();
  } else sendFile(model, faults, name, request, response);
}

function sendInfo(model: HubServerModel, path: string, allowed: boolean, response: ServerResponse): void {
  const [, revision] = /^\/api\/models\/org\/name\/revision\/(.+)$/.exec(path) ?? [];
  if (revision === undefined || (!allowed && !model.gated)) {
    refuse(response, 401, "RepoNotFound", "Repository not found");
  } else if (revision !== "main" && revision !== model.commit) {
    refuse(response, 404, "RevisionNotFound", `Invalid rev id: ${revision}`);
  } else {
    const siblings = Object.entries(model.files).map(([name, bytes]) =>
      describe(name, bytes, model.large.has(name)),
    );
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ id: "org/name", sha: model.commit, siblings }));
  }
}

function describe(name: string, bytes: Uint8Array, large: boolean): object {
  const git = createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return {
    rfilename: name,
    size: bytes.length,
    blobId: git,
    ...(large ? { lfs: { sha256, size: bytes.length } } : {}),
  };
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { "x-error-code": code, "x-error-message": message }).end();
}

function sendFile(
  model: HubServerModel,
  faults: Fault[],
  name: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const next = faults.findIndex(({ on }) => on === undefined || on === name);
  const [fault] = next < 0 ? [] : faults.splice(next, 1);
  const bytes = fault?.kind === "bytes" ? fault.bytes : model.files[name];
  if (!bytes) return void response.writeHead(404).end();
  if (fault?.kind === "status") return void response.writeHead(fault.status, fault.headers).end();
  const [, from, to] = (model.ranges && /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "")) || [];
  const total = fault?.kind === "total" ? fault.total : bytes.length;
  const body = from === undefined ? bytes : bytes.subarray(Number(from), Number(to) + 1);
  const range = { "content-range": `bytes ${from}-${Number(from) + body.length - 1}/${total}` };
  const length = { "content-length": from === undefined ? total : body.length, etag: '"one"' };
  response.writeHead(from === undefined ? 200 : 206, from === undefined ? length : { ...length, ...range });
  if (fault?.kind === "stall") return void response.write(body.subarray(0, fault.after));
  if (fault?.kind !== "drop") return void response.end(body);
  response.write(body.subarray(0, fault.after), () => setTimeout(() => response.destroy(), 5));
}
