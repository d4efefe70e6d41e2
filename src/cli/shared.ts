// Files of one folder (or one file) that the user opened, under a path that only this page knows.
// A request names a file of the listing; nothing else of the disk can be reached, whatever the path says.

import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { basename, dirname, join, relative, sep } from "node:path";

/** Answers a request for the path behind `/local`. */
export type Shared = (request: IncomingMessage, response: ServerResponse, path: string) => Promise<void>;

/** Something that is shared, and where. */
export interface SharedPlace {
  /** Path of the folder or file on the server, without a leading slash. */
  readonly path: string;
  readonly handle: Shared;
}

/** Shares a folder's files (not its folders' links), or one file. */
export async function share(target: string): Promise<SharedPlace> {
  const real = await realpath(target);
  const single = (await stat(real)).isFile();
  const folder = single ? dirname(real) : real;
  const files = single ? new Map([[basename(target), real]]) : await listing(folder);
  const key = randomBytes(12).toString("hex");
  const prefix = single ? `/${key}/` : `/${key}/${encodeURIComponent(basename(target))}/`;
  const handle: Shared = async (request, response, path) => {
    const name = path.startsWith(prefix) ? decode(path.slice(prefix.length)) : undefined;
    if (name === "index.json" && !files.has(name)) return sendListing(files, response);
    const file = name === undefined ? undefined : files.get(name);
    if (file === undefined) return void response.writeHead(404).end("Not found.\n");
    await send(file, request, response);
  };
  const last = single ? encodeURIComponent(basename(target)) : "";
  return { path: `local${prefix}${last}`, handle };
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

/** Real paths by "/"-separated name. Links count where they stay in the folder, or in the hub cache's blobs. */
async function listing(folder: string): Promise<Map<string, string>> {
  const blobs = join(folder, "..", "..", "blobs") + sep;
  const files = new Map<string, string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory() || entry.name.startsWith(".")) continue;
    const path = join(entry.parentPath ?? entry.path, entry.name);
    const real = await realpath(path).catch(() => undefined);
    const allowed = real !== undefined && (real.startsWith(folder + sep) || real.startsWith(blobs));
    if (allowed && (await stat(real)).isFile()) files.set(relative(folder, path).split(sep).join("/"), real);
  }
  return files;
}

async function sendListing(files: ReadonlyMap<string, string>, response: ServerResponse): Promise<void> {
  const rows = [...files].map(async ([path, real]) => ({ path, size: (await stat(real)).size }));
  response.setHeader("Content-Type", "application/json");
  response.end(JSON.stringify(await Promise.all(rows)));
}

async function send(file: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { size } = await stat(file);
  const range = parseRange(request.headers.range, size);
  response.setHeader("Accept-Ranges", "bytes");
  response.setHeader("Cache-Control", "no-store");
  response.setHeader(
    "Content-Type",
    file.endsWith(".json") ? "application/json" : "application/octet-stream",
  );
  if (range === "outside") return void response.writeHead(416, { "Content-Range": `bytes */${size}` }).end();
  const { start, end } = range ?? { start: 0, end: size };
  response.setHeader("Content-Length", end - start);
  if (range) response.setHeader("Content-Range", `bytes ${start}-${end - 1}/${size}`);
  response.writeHead(range ? 206 : 200);
  if (request.method === "HEAD" || start === end) return void response.end();
  const stream = createReadStream(file, { start, end: end - 1 });
  stream.on("error", () => response.destroy());
  response.on("close", () => stream.destroy());
  stream.pipe(response);
}

/** One byte range, `end` exclusive; undefined without one. */
export function parseRange(
  header: string | undefined,
  size: number,
): { start: number; end: number } | "outside" | undefined {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (from === undefined || to === undefined || (from === "" && to === "")) return undefined;
  const start = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === "" || to === "" ? size : Math.min(size, Number(to) + 1);
  return start >= end ? "outside" : { start, end };
}
