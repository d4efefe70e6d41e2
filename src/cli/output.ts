// Where results go: one file, or a folder of numbered files, each written whole or not at all.

import { randomBytes } from "node:crypto";
import { constants, fstatSync, openSync, type Stats } from "node:fs";
import { access, mkdir, open, readlink, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { Socket } from "node:net";
import { dirname, join, resolve, sep } from "node:path";
import { Failure } from "../tensor/index.ts";

/** A result that cannot be written. The message names the place and what is wrong with it. */
export class OutputError extends Failure {
  override name = "OutputError";
}

/**
 * Paths for `count` results: `output` itself, or numbered files in it where `folder` is set. Makes the folders, and
 * refuses what could not be written, before anything runs.
 */
export async function place(output: string, count: number, folder: boolean): Promise<string[]> {
  const found = await stat(output).catch(() => undefined);
  if (folder && found && !found.isDirectory())
    throw new OutputError(
      `${output} is a file, but several results need a folder. Name another one behind -o.`,
    );
  if (!folder && (found?.isDirectory() || output.endsWith("/") || output.endsWith(sep)))
    throw new OutputError(`${output} is a folder, but one result needs a file name. Name a file behind -o.`);
  const needed = folder ? output : dirname(output);
  await mkdir(needed, { recursive: true }).catch((error: unknown) => fail(needed, error));
  await checkFolder(output, folder, found).catch((error: unknown) => fail(output, error));
  return folder ? Array.from({ length: count }, (_, i) => join(output, numbered(i))) : [output];
}

/** A file is written beside its place first, so that its folder must take one. */
async function checkFolder(output: string, folder: boolean, found: Stats | undefined): Promise<void> {
  if (folder) return access(output, constants.W_OK);
  if (found && (!found.isFile() || isOwn(found, [1, 2]))) return;
  return access(dirname(await behindLinks(output)), constants.W_OK);
}

function numbered(index: number): string {
  return `${String(index).padStart(3, "0")}.trace.safetensors`;
}

/**
 * Writes a file whole or not at all, through links and with the mode that was there; devices, pipes and the
 * process's own output are written into. Resolves to true where that is the standard output: then nothing else may go
 * there.
 */
export async function writeWhole(path: string, bytes: Uint8Array, signal?: AbortSignal): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  try {
    signal?.throwIfAborted();
    if (found?.isFIFO()) await writePipe(await openPipe(path, signal), bytes, signal);
    else if (found && (!found.isFile() || isOwn(found, [1, 2])))
      await writeFile(path, bytes, { flag: "a", signal });
    else await replace(await behindLinks(path), bytes, found);
    return found !== undefined && isOwn(found, [1]);
  } catch (error) {
    fail(path, error);
  }
}

/** A pipe that has a reader. Opening waits for one in steps, because a process cannot end while an open() waits. */
async function openPipe(path: string, signal?: AbortSignal): Promise<number> {
  for (;;) {
    signal?.throwIfAborted();
    try {
      return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENXIO") throw error;
      await new Promise((resume) => setTimeout(resume, 50));
    }
  }
}

function writePipe(fd: number, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
  const pipe = new Socket({ fd, readable: false, writable: true, ...(signal && { signal }) });
  return new Promise((resolve, reject) => {
    pipe.on("error", reject).end(bytes, resolve);
  });
}

/** True for what this process's output goes into, e.g. behind /dev/stdout; `fds`: 1 for that, 2 for errors. */
function isOwn({ dev, ino }: Stats, fds: readonly number[]): boolean {
  return fds.some((fd) => {
    try {
      const own = fstatSync(fd);
      return own.dev === dev && own.ino === ino;
    } catch {
      return false;
    }
  });
}

/** The file that a path leads to, through links; those that lead nowhere yet as well. */
async function behindLinks(path: string, hops = 0): Promise<string> {
  const real = await realpath(path).catch(() => undefined);
  if (real !== undefined) return real;
  const link = await readlink(path).catch(() => undefined);
  if (link === undefined) return path;
  if (hops >= 40) throw new OutputError(`${path} is a link that leads in circles.`);
  return behindLinks(resolve(dirname(path), link), hops + 1);
}

/** Writes beside the file first, under a name of its own, so that nothing else is touched and no half file remains. */
async function replace(path: string, bytes: Uint8Array, found: Stats | undefined): Promise<void> {
  const part = join(dirname(path), `.headscope-${randomBytes(8).toString("hex")}.part`);
  const file = await open(part, "wx");
  try {
    try {
      await file.writeFile(bytes);
      if (found) await keepOwner(file, found);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** Mode and, where this user may, owner of the file that was there. */
async function keepOwner(file: Awaited<ReturnType<typeof open>>, { mode, uid, gid }: Stats): Promise<void> {
  await file.chown(uid, gid).catch(() => undefined);
  await file.chmod(mode & 0o7777);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "no space is left on the disk",
  EDQUOT: "the quota of this disk is used up",
  EACCES: "this user may not write there",
  EPERM: "this user may not write there",
  EROFS: "the disk is read-only",
  ENAMETOOLONG: "the name is too long",
  ENOENT: "there is no such folder",
  ENOTDIR: "a part of the path is a file",
  EEXIST: "a part of the path is a file",
  EISDIR: "it is a folder",
  ELOOP: "its links lead in circles",
  ENXIO: "nobody listens there",
  EFBIG: "the file would be larger than this system or user may have",
  EPIPE: "nobody reads it any more",
  EIO: "the disk reports an error",
};

/** What an error of the system says about a place, in a sentence. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return REASONS[code ?? ""] ?? message;
}

function fail(path: string, error: unknown): never {
  if (error instanceof OutputError || (error as Error).name === "AbortError") throw error;
  throw new OutputError(`${path} cannot be written: ${reasonOf(error)}.`, { cause: error });
}
