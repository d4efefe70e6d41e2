// Files or a folder that someone picked or dropped in a browser. Nothing is uploaded: bytes are read as they are needed.

import { checkRange } from "./memory.ts";
import { checkPath } from "./paths.ts";
import { CheckpointError, type Source } from "./source.ts";

/** A file with its path inside what was picked. */
export interface PickedFile {
  readonly path: string;
  readonly blob: Blob;
}

const MAX_FILES = 10_000;

/** The checkpoint among picked files: in the uppermost folder that holds config.json, or else all of them. */
export function filesSource(files: readonly PickedFile[], name?: string): Source {
  const root = rootOf(files.map(({ path }) => path));
  const inside = files.filter(({ path }) => path.startsWith(root));
  const byPath = new Map(inside.map(({ path, blob }) => [path.slice(root.length), blob]));
  const title = name ?? (root.split("/").at(-2) || inside[0]?.path || "no files");
  return {
    name: title,
    list: async () => [...byPath].map(([path, blob]) => ({ path, size: blob.size })),
    read: async (path, start, end) => {
      const blob = byPath.get(checkPath(path));
      if (!blob) throw new CheckpointError(`${title} has no file ${path}.`);
      checkRange(path, start, end, blob.size);
      const bytes = await blob.slice(start, end).arrayBuffer().catch(unreadable(path));
      return new Uint8Array(bytes);
    },
  };
}

function unreadable(path: string): (error: Error) => never {
  return (error) => {
    throw new CheckpointError(`${path} can no longer be read (${error.message}). Pick it again.`);
  };
}

/** The folder of the uppermost config.json, with "/" at its end; "" for files without folder. */
function rootOf(paths: readonly string[]): string {
  const configs = paths.filter((path) => path === "config.json" || path.endsWith("/config.json"));
  const depth = (path: string) => path.split("/").length;
  const upper = configs.sort((a, b) => depth(a) - depth(b))[0];
  return upper?.slice(0, -"config.json".length) ?? "";
}

/** Files of an `<input type="file">`, with `webkitdirectory` or without. */
export function pickedFiles(files: Iterable<File>): PickedFile[] {
  return [...files].map((file) => ({ path: file.webkitRelativePath || file.name, blob: file }));
}

/** Files of a folder that was picked with showDirectoryPicker(). */
export async function folderFiles(folder: FileSystemDirectoryHandle, prefix = ""): Promise<PickedFile[]> {
  const found: PickedFile[] = [];
  for await (const entry of entriesOf(folder)) {
    const path = `${prefix}${folder.name}/${entry.name}`;
    if (entry.kind === "file") found.push({ path, blob: await (entry as FileSystemFileHandle).getFile() });
    else if (!entry.name.startsWith(".")) {
      found.push(...(await folderFiles(entry as FileSystemDirectoryHandle, `${prefix}${folder.name}/`)));
    }
    if (found.length > MAX_FILES) throw tooMany();
  }
  return found;
}

/** TypeScript's DOM library does not know yet that a directory handle is iterable. */
function entriesOf(folder: FileSystemDirectoryHandle): AsyncIterable<FileSystemHandle> {
  return (folder as unknown as { values(): AsyncIterable<FileSystemHandle> }).values();
}

/** Files and folders that were dropped. Call it within the drop event: the items are gone afterwards. */
export async function droppedFiles(items: Iterable<DataTransferItem>): Promise<PickedFile[]> {
  const entries = [...items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  return (await Promise.all(entries.map((entry) => walk(entry)))).flat();
}

async function walk(entry: FileSystemEntry): Promise<PickedFile[]> {
  const path = entry.fullPath.replace(/^\//, "");
  if (entry.isFile) {
    const blob = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    return [{ path, blob }];
  }
  const found: PickedFile[] = [];
  for (const child of await children(entry as FileSystemDirectoryEntry)) {
    if (!child.name.startsWith(".")) found.push(...(await walk(child)));
    if (found.length > MAX_FILES) throw tooMany();
  }
  return found;
}

/** A folder's reader gives its entries in portions; an empty portion is the end. */
async function children(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const portion = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (portion.length === 0) return all;
    all.push(...portion);
    if (all.length > MAX_FILES) throw tooMany();
  }
}

function tooMany(): CheckpointError {
  return new CheckpointError(
    `This folder holds more than ${MAX_FILES} files. Pick the folder of one checkpoint.`,
  );
}
