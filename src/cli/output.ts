// Where results go: one file, or a folder of numbered files, each written whole or not at all.

import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Paths for `count` results: `output` itself, or numbered files in it where `folder` is set. Makes the folders. */
export async function place(output: string, count: number, folder: boolean): Promise<string[]> {
  const found = await stat(output).catch(() => undefined);
  if (folder && found && !found.isDirectory())
    throw new Error(`${output} is a file, but several results need a folder. Name another one behind -o.`);
  if (!folder && found?.isDirectory())
    throw new Error(`${output} is a folder, but one result needs a file name. Name a file behind -o.`);
  await mkdir(folder ? output : dirname(output), { recursive: true });
  return folder ? Array.from({ length: count }, (_, i) => join(output, numbered(i))) : [output];
}

function numbered(index: number): string {
  return `${String(index).padStart(3, "0")}.trace.safetensors`;
}

/** Writes beside the file first, so that a full disk or an interruption leaves no half file behind. */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const part = `${path}.part`;
  try {
    await writeFile(part, bytes);
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}
