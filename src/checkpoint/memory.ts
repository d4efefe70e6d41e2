// A checkpoint held in memory: bytes by path. What tests, demos and small downloads use.

import { checkPath } from "./paths.ts";
import { CheckpointError, type Source } from "./source.ts";

/** A source over bytes in memory; text is stored as UTF-8. */
export function memorySource(name: string, files: Readonly<Record<string, Uint8Array | string>>): Source {
  const stored = new Map(
    Object.entries(files).map(([path, content]) => [
      checkPath(path),
      typeof content === "string" ? new TextEncoder().encode(content) : content,
    ]),
  );
  return {
    name,
    list: async () => [...stored].map(([path, bytes]) => ({ path, size: bytes.length })),
    read: async (path, start, end) => {
      const bytes = stored.get(path);
      if (!bytes) throw new CheckpointError(`${name} has no file ${path}.`);
      checkRange(path, start, end, bytes.length);
      return bytes.slice(start, end);
    },
  };
}

/** Rejects a range that a file of `size` bytes does not have. */
export function checkRange(path: string, start: number, end: number, size: number): void {
  if (Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && start <= end && end <= size) {
    return;
  }
  throw new CheckpointError(
    `${path} has ${size} bytes; bytes ${start} to ${end} were asked for. It may have changed since it was opened.`,
  );
}
