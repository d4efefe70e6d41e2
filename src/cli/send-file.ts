// One file of a folder as the answer to a request. Paths come from strangers: hidden names, links that leave the
// folder and everything that is no file are refused; types, validators and ranges are the library's.

import { constants, type ReadStream } from "node:fs";
import { type FileHandle, open, realpath, stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join, relative, sep } from "node:path";
import send from "send";
import { Failure } from "../tensor/index.ts";

/** A request that is answered with a status of its own; the message is what the client reads. */
export class Refusal extends Failure {
  override name = "Refusal";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** A folder whose files may be sent. */
export interface Folder {
  /** Its real path. */
  readonly root: string;
  /** Real path of a second folder that links of the first may lead into (the blobs of the hub's cache). */
  readonly links?: string | undefined;
  /** True where files are a stranger's data and never pages or scripts. */
  readonly data?: boolean;
  /** True where hidden files may be sent as well. */
  readonly hidden?: boolean;
}

/** The name that a request's path spells; a Refusal (400) where it spells none. */
export function decodePath(path: string): string {
  const name = decoded(path);
  if (name === undefined || name.includes("\0")) throw new Refusal(400, "This path cannot be read.");
  return name;
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

/** Real path of a file of the folder; a Refusal (404) where there is none that may be sent. */
export async function realFile({ root, links, hidden }: Folder, name: string): Promise<string> {
  const upwards = sep === "\\" && /[\\:]/.test(name);
  if (upwards || (!hidden && name.split("/").some((part) => part.startsWith("."))))
    throw new Refusal(404, "Not found.");
  const real = await realpath(join(root, name)).catch(() => undefined);
  const inside = real !== undefined && [root, links].some((at) => at && real.startsWith(at + sep));
  const file = inside && (await stat(real).catch(() => undefined))?.isFile();
  if (!file) throw new Refusal(404, "Not found.");
  return real;
}

const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;

/**
 * A file at its real path, open. What took its place since it was looked at, a link, a pipe or a link in place of a folder
 * above it, is refused (404) and not followed.
 */
export async function openReal(real: string): Promise<FileHandle> {
  const file = await open(real, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch(() => undefined);
  if (!file) throw new Refusal(404, "Not found.");
  const opened = process.platform === "linux" ? `/proc/self/fd/${file.fd}` : real;
  const at = await realpath(opened).catch(() => undefined);
  if (at === real && (await file.stat()).isFile()) return file;
  await file.close();
  throw new Refusal(404, "Not found.");
}

/** Answers with a file of a folder; resolves when the answer has ended, rejects with a Refusal before it began. */
export async function sendFile(
  folder: Folder,
  name: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const real = await realFile(folder, name);
  const root = folder.links && real.startsWith(folder.links + sep) ? folder.links : folder.root;
  const path = relative(root, real).split(sep).map(encodeURIComponent).join("/");
  if (folder.data) {
    response.setHeader(
      "Content-Type",
      name.endsWith(".json") ? "application/json" : "application/octet-stream",
    );
    response.setHeader("Cache-Control", "no-store");
  }
  await wholeSuffix(request, real);
  const file = await openReal(real);
  const dotfiles = folder.hidden ? "allow" : "ignore";
  let gone = response.destroyed;
  const options = {
    root,
    index: false,
    dotfiles,
    etag: !folder.data,
    /**
     * The library hands its options on to createReadStream, which reads the open file in place of the path. It does so after a
     * look at the path, when who asked may be gone and the file closed: it then opens what it sends to nobody.
     */
    get fd() {
      return gone ? undefined : file;
    },
  } as const;
  try {
    if (gone) return;
    await new Promise<void>((resolve, reject) => {
      response.once("close", resolve);
      send(request, `/${path}`, options)
        .on("error", (error: Error & { status?: number }) => reject(refusalOf(error.status)))
        .on("directory", () => reject(refusalOf(404)))
        .on("stream", (stream: ReadStream) => stream.once("end", () => endShort(stream, response)))
        .pipe(response);
    });
  } finally {
    gone = true;
    await file.close();
  }
}

/** The last 99 bytes of a file of 10 are all of it (RFC 9110, 14.1.2); the library answers 416. */
async function wholeSuffix({ headers }: IncomingMessage, real: string): Promise<void> {
  const [, bytes] = /^\s*bytes=-(\d+)\s*$/.exec(headers.range ?? "") ?? [];
  const size = bytes && (await stat(real).catch(() => undefined))?.size;
  if (size && Number(bytes) > size) headers.range = "bytes=0-";
}

function refusalOf(status = 500): Refusal {
  if (status === 404 || status === 403) return new Refusal(404, "Not found.");
  if (status === 416) return new Refusal(416, "There are no such bytes in this file.");
  return new Refusal(status, status < 500 ? "This request cannot be answered." : "This file cannot be read.");
}

/** A file that became shorter while it was sent ends the connection, so that nobody waits for the rest. */
function endShort(stream: ReadStream, response: ServerResponse): void {
  if (stream.bytesRead < Number(response.getHeader("Content-Length"))) response.destroy();
}
