// Files of one folder (or one file) that the user opened, under a path that only this page knows.
// Every request is checked anew against the disk, which may have changed since the folder was opened.

import { createHmac, randomBytes } from "node:crypto";
import { readdir, realpath, stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { basename, dirname, join, resolve } from "node:path";
import { decodePath, type Folder, Refusal, realFile, sendFile } from "./send-file.ts";

/** Answers a request for the path behind `/local`. */
export type Shared = (request: IncomingMessage, response: ServerResponse, path: string) => Promise<void>;

/** Something that is shared, and where. */
export interface SharedPlace {
  /** Path of the folder or file on the server, encoded, without a leading slash. */
  readonly path: string;
  /** The real folder on this computer; null where one file is shared. */
  readonly folder: string | null;
  readonly handle: Shared;
}

/** Most files that are listed, and most folders that are looked into for them. */
const MOST_FILES = 10_000;
const MOST_FOLDERS = 1000;

/**
 * Shares a folder's files (not hidden ones, nor links that leave it), or one file. With a `secret` the path is the same
 * each time, so that a page finds it on a server that was started again; nobody else can tell it.
 */
export async function share(target: string, secret?: string): Promise<SharedPlace> {
  const real = await realpath(target);
  const key = secret === undefined ? randomBytes(12).toString("hex") : keyOf(real, secret);
  const title = basename(resolve(target));
  if ((await stat(real)).isFile()) return shareFile(real, key, title);
  const folder = { root: real, links: join(real, "..", "..", "blobs"), data: true };
  return shareFolder(folder, key, title);
}

function keyOf(real: string, secret: string): string {
  return createHmac("sha256", secret).update(real).digest("hex").slice(0, 24);
}

function shareFile(real: string, key: string, title: string): SharedPlace {
  const folder = { root: dirname(real), data: true, hidden: true };
  const handle: Shared = async (request, response, path) => {
    if (decodePath(path.slice(1)) !== `${key}/${title}`) throw new Refusal(404, "Not found.");
    await orGone(sendFile(folder, basename(real), request, response), true);
  };
  return { path: `local/${key}/${encodeURIComponent(title)}`, folder: null, handle };
}

function shareFolder(folder: Folder, key: string, title: string): SharedPlace {
  const known = new Set<string>();
  const handle: Shared = async (request, response, path) => {
    const [, given, named, ...rest] = path.split("/");
    const name = decodePath(rest.join("/"));
    if (given !== key || decodePath(named ?? "") !== title || !name) throw new Refusal(404, "Not found.");
    if (name === "index.json" && !(await isFile(folder, name))) {
      return sendListing(await orGone(listing(folder), true), known, response);
    }
    await orGone(sendFile(folder, name, request, response), known.has(name));
    known.add(name);
  };
  return { path: `local/${key}/${encodeURIComponent(title)}/`, folder: folder.root, handle };
}

/** What was there and is no longer is answered with 410. */
async function orGone<T>(work: Promise<T>, known: boolean): Promise<T> {
  return work.catch((error: unknown) => {
    const missing = error instanceof Refusal && error.status === 404;
    throw missing && known ? new Refusal(410, "This file is gone: it was moved or deleted.") : error;
  });
}

async function isFile(folder: Folder, name: string): Promise<boolean> {
  return realFile(folder, name).then(
    () => true,
    () => false,
  );
}

/** Name and size of one file that is shared. */
interface Row {
  readonly path: string;
  readonly size: number;
}

/** Files of the folder and the folders in it, at most MOST_FILES; folders that cannot be read are left out. */
async function listing(folder: Folder): Promise<Row[]> {
  const rows: Row[] = [];
  const waiting = [""];
  for (let looked = 0; waiting.length > 0 && rows.length < MOST_FILES && looked < MOST_FOLDERS; looked++) {
    const at = waiting.shift()!;
    for (const entry of await entriesOf(folder, at)) {
      const name = at + entry.name;
      if (entry.isDirectory()) waiting.push(`${name}/`);
      else {
        const size = await sizeOf(folder, name);
        if (size !== undefined) rows.push({ path: name, size });
      }
    }
  }
  return rows.slice(0, MOST_FILES);
}

async function entriesOf({ root }: Folder, at: string) {
  const entries = await readdir(join(root, at), { withFileTypes: true }).catch(() => {
    if (at) return [];
    throw new Refusal(404, "Not found.");
  });
  return entries.filter(({ name }) => !name.startsWith(".")).slice(0, MOST_FILES);
}

async function sizeOf(folder: Folder, name: string): Promise<number | undefined> {
  const real = await realFile(folder, name).catch(() => undefined);
  return real === undefined ? undefined : (await stat(real).catch(() => undefined))?.size;
}

function sendListing(rows: readonly Row[], known: Set<string>, response: ServerResponse): void {
  for (const { path } of rows) known.add(path);
  response.setHeader("Content-Type", "application/json");
  response.end(JSON.stringify(rows));
}
