// One file of the hub into the cache's blobs (Node only): resumed, written to the disk, and checked before it has its name.

import { type FileHandle, open, rename, rm, stat } from "node:fs/promises";
import { CheckpointError } from "../source.ts";
import type { Http } from "./http.ts";
import type { HubFile } from "./hub-api.ts";
import { leavePart, removeParts, takePart } from "./hub-parts.ts";
import { digestsOf, noteProof, type OnRead } from "./hub-proof.ts";
import { streamRange } from "./range.ts";

/** Where a model's files come from and go to. */
export interface Fetcher {
  readonly http: Http;
  /** The model's folder in the cache. */
  readonly repo: string;
  readonly signal: AbortSignal | undefined;
}

/** Bytes arrive in a part of this process's own, behind those of an earlier try; only what has the right checksum is kept. */
export async function fetchBlob(
  fetcher: Fetcher,
  file: HubFile,
  blob: string,
  onBytes: OnRead,
): Promise<void> {
  const part = await takePart(blob);
  const arrived = (await stat(part).catch(() => undefined))?.size ?? 0;
  const start = arrived <= file.size ? arrived : 0;
  let found: string | undefined;
  try {
    await fill(fetcher, file, part, start, onBytes);
    found = await wrongly(part, file);
    if (found !== undefined && start > 0) {
      // What an earlier try left was damaged.
      await fill(fetcher, file, part, 0, onBytes);
      found = await wrongly(part, file);
    }
  } catch (error) {
    await leavePart(part, blob);
    throw error;
  }
  if (found !== undefined) {
    await rm(part, { force: true });
    throw new CheckpointError(
      `${file.path} arrived with the checksum ${found}, but the hub announced ${file.checksum?.hex}. It was deleted; try again.`,
    );
  }
  await rename(part, blob);
  if (file.checksum) await noteProof(fetcher.repo, blob, file.checksum.hex);
  await removeParts(blob);
}

/** The checksum of a file that is not the one that the hub announced; undefined where it is, or none was announced. */
async function wrongly(path: string, { checksum }: HubFile): Promise<string | undefined> {
  if (!checksum) return undefined;
  const digests = await digestsOf(path, checksum.hex);
  return digests.includes(checksum.hex) ? undefined : digests[0];
}

/** All of a file from byte `start` on, or from 0 where the server does not resume. */
async function fill(
  { http, signal }: Fetcher,
  file: HubFile,
  part: string,
  start: number,
  onBytes: OnRead,
): Promise<void> {
  if (!(await append(http, file, part, start, onBytes, signal)))
    await append(http, file, part, 0, onBytes, signal);
}

async function append(
  http: Http,
  file: HubFile,
  path: string,
  start: number,
  onBytes: OnRead,
  signal?: AbortSignal,
): Promise<boolean> {
  const out = await open(path, start > 0 ? "r+" : "w");
  let at = start;
  try {
    await out.truncate(start);
    const whole = await streamRange(
      http,
      file,
      start,
      file.size,
      async (bytes) => {
        await writeAll(out, bytes, at, path);
        at += bytes.length;
        onBytes(at);
      },
      signal,
    );
    await out.sync();
    return whole;
  } finally {
    await out.close();
  }
}

/** A write may take less than it was given, as on a disk that is nearly full; the next one then says why. */
async function writeAll(out: FileHandle, bytes: Uint8Array, at: number, path: string): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await out
      .write(bytes, done, bytes.length - done, at + done)
      .catch((error: Error) => {
        const full = /ENOSPC|EDQUOT/.test(error.message);
        const reason = full ? "the disk is full" : error.message;
        throw new CheckpointError(`${path} cannot be written: ${reason}. What has arrived is kept.`, {
          cause: error,
        });
      });
    done += bytesWritten;
  }
}
