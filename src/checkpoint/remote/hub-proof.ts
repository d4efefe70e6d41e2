// Files of the hub's cache against their checksum, each once (Node only): huggingface_hub and this package write them,
// and a power cut or a failing disk may leave the right size with other bytes. What came to its checksum is noted in
// .headscope in the model's folder, which huggingface_hub passes over, and read again only when the file has changed.

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CheckpointError } from "../source.ts";

/** How far a file was read, in bytes. */
export type OnRead = (bytes: number) => void;

/** Whether the file comes to the SHA-256, Git blob or SHA-1 checksum `hex`; a note of an earlier proof is enough. */
export async function isProven(
  repo: string,
  path: string,
  hex: string,
  onRead?: OnRead,
  signal?: AbortSignal,
): Promise<boolean> {
  const noted = await readFile(noteOf(repo, hex), "utf8").catch(() => undefined);
  if (noted !== undefined && noted === (await stateOf(path))) return true;
  if (!(await digestsOf(path, hex, onRead, signal)).includes(hex)) return false;
  await noteProof(repo, path, hex);
  return true;
}

/** Remembers that a file was read and came to its checksum; where nothing can be written it is read again next time. */
export async function noteProof(repo: string, path: string, hex: string): Promise<void> {
  try {
    await toDisk(path);
    await mkdir(join(repo, NOTES), { recursive: true });
    await writeFile(noteOf(repo, hex), await stateOf(path));
  } catch {
    // A cache that one may only read.
  }
}

/** Our own folder in a model's folder of the cache. */
export const NOTES = ".headscope";

function noteOf(repo: string, hex: string): string {
  return join(repo, NOTES, `${hex}.proven`);
}

/** What changes when a file is written or replaced. */
async function stateOf(path: string): Promise<string> {
  const { ino, size, mtimeNs } = await stat(path, { bigint: true });
  return `${ino} ${size} ${mtimeNs}\n`;
}

/** What was read may still be in memory only; a note must not outlive the bytes that it speaks of. */
async function toDisk(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.sync().catch(() => undefined); // Windows syncs what is open for writing only
  } finally {
    await file.close();
  }
}

/** What a file comes to, as the hub counts it: SHA-256 of large files; Git's blob and, on mirrors, SHA-1 of small ones. */
export async function digestsOf(
  path: string,
  hex: string,
  onRead?: OnRead,
  signal?: AbortSignal,
): Promise<string[]> {
  const hashes = hex.length === 64 ? [createHash("sha256")] : [createHash("sha1"), createHash("sha1")];
  if (hashes[1]) hashes[0]!.update(`blob ${(await stat(path)).size}\0`);
  let read = 0;
  try {
    for await (const part of createReadStream(path, { highWaterMark: 2 ** 20, signal })) {
      for (const hash of hashes) hash.update(part as Uint8Array);
      read += (part as Uint8Array).length;
      onRead?.(read);
    }
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new CheckpointError(
      `${path} cannot be read: ${(error as Error).message}. Give yourself the right to read it, or delete it.`,
      { cause: error },
    );
  }
  return hashes.map((hash) => hash.digest("hex"));
}
