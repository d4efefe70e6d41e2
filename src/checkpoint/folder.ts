// A checkpoint in a folder of this machine (Node only). Symbolic links are followed, because the hub's cache
// is made of them; names that leave the folder are refused.

import type { Stats } from "node:fs";
import { open, readdir, readFile, realpath, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { checkRange } from "./memory.ts";
import { checkPath, some } from "./paths.ts";
import { CheckpointError, type Source, type SourceFile } from "./source.ts";

const MAX_FILES = 10_000;

/**
 * The checkpoint in a folder; files of the folder itself and of the folders directly in it. A folder of the hub's
 * cache (models--org--name) stands for its snapshot, whose name says so.
 */
export async function folderSource(path: string, name?: string): Promise<Source> {
  const snapshot = await snapshotIn(path);
  const model = basename(resolve(path))
    .replace(/^models--/, "")
    .replaceAll("--", "/");
  return snapshot === undefined
    ? plainFolder(path, name ?? basename(resolve(path)))
    : plainFolder(join(path, "snapshots", snapshot), name ?? `${model}/snapshots/${snapshot}`);
}

/**
 * Name of the snapshot in a folder of the hub's cache: the one that refs/main names, or the only one; undefined in
 * any other folder. A CheckpointError where there are several and none is named.
 */
export async function snapshotIn(path: string): Promise<string | undefined> {
  if (await stat(join(path, "config.json")).catch(() => undefined)) return undefined;
  const found = (await readdir(join(path, "snapshots")).catch(() => [])).filter((id) => !id.startsWith("."));
  if (found.length <= 1) return found[0];
  const main = (await readFile(join(path, "refs", "main"), "utf8").catch(() => "")).trim();
  if (found.includes(main)) return main;
  throw new CheckpointError(
    `${path} holds ${found.length} snapshots (${some(found)}), and refs/main names none of them. Give one of them, e.g. ${join(path, "snapshots", found[0]!)}.`,
  );
}

async function plainFolder(path: string, name: string): Promise<Source> {
  const info = await stat(path).catch(() => undefined);
  if (!info) throw new CheckpointError(`There is no folder ${path}.`);
  if (!info.isDirectory()) {
    throw new CheckpointError(
      `${path} is a file; expected the folder that holds config.json and the weights.`,
    );
  }
  const folder = await realpath(path);
  return {
    name,
    folder,
    list: () => listFolder(folder),
    read: async (file, start, end) => readRange(join(folder, checkPath(file)), file, start, end),
  };
}

async function listFolder(folder: string): Promise<SourceFile[]> {
  const files: SourceFile[] = [];
  for (const { path, info } of await entries(folder, "")) {
    if (info.isFile()) files.push({ path, size: info.size });
    else if (info.isDirectory()) {
      for (const inner of await entries(folder, `${path}/`)) {
        if (inner.info.isFile()) files.push({ path: inner.path, size: inner.info.size });
      }
    }
    if (files.length > MAX_FILES) break;
  }
  return files;
}

/** Visible entries of one folder; a link that leads nowhere is left out. */
async function entries(folder: string, prefix: string): Promise<{ path: string; info: Stats }[]> {
  const names = await readdir(join(folder, prefix)).catch((error: Error) => {
    if (prefix) return [];
    throw new CheckpointError(`The folder ${folder} cannot be read: ${error.message}`);
  });
  const visible = names.filter((name) => !name.startsWith(".")).slice(0, MAX_FILES);
  const infos = await Promise.all(
    visible.map((name) => stat(join(folder, prefix, name)).catch(() => undefined)),
  );
  return visible.flatMap((name, i) => (infos[i] ? [{ path: prefix + name, info: infos[i] }] : []));
}

/** Bytes of a file; the length is checked against the file before anything is allocated. */
async function readRange(full: string, path: string, start: number, end: number): Promise<Uint8Array> {
  const file = await open(full).catch((error: Error) => {
    throw new CheckpointError(`${path} cannot be opened: ${error.message}`);
  });
  try {
    const { size } = await file.stat();
    checkRange(path, start, end, size);
    const bytes = new Uint8Array(end - start);
    let done = 0;
    while (done < bytes.length) {
      const { bytesRead } = await file.read(bytes, done, bytes.length - done, start + done);
      if (bytesRead === 0) throw new CheckpointError(`${path} became shorter while it was read.`);
      done += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}
