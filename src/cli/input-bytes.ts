// Bytes of a file that the user named. A pipe (<(...), mkfifo) or a terminal may say nothing for ever, and Node's own
// reading then waits in a thread that neither an interrupt nor the end of the process reaches: these are listened to.

import { closeSync, constants, openSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { Socket } from "node:net";
import { isatty, ReadStream } from "node:tty";
import { InputError } from "../engine/index.ts";

/** As much as Node reads of a regular file. */
const MOST_BYTES = 2 ** 31 - 1;

/** What the file holds, or what the pipe says until it ends; rejects as soon as `signal` is aborted. */
export async function inputBytes(path: string, signal: AbortSignal): Promise<Buffer> {
  signal.throwIfAborted();
  const stream = await listening(path, signal);
  if (!stream) return readFile(path, { signal });
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of stream as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MOST_BYTES) throw new InputError(`${path} says more than ${MOST_BYTES} bytes, and goes on.`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** The same as text. */
export async function inputText(path: string, signal: AbortSignal): Promise<string> {
  return (await inputBytes(path, signal)).toString("utf8");
}

/** Null for what can be read without waiting, and on Windows, where pipes have no place among files. */
async function listening(path: string, signal: AbortSignal): Promise<Socket | null> {
  const found = await stat(path).catch(() => undefined);
  if (constants.O_NONBLOCK === undefined || !(found?.isFIFO() || found?.isCharacterDevice())) return null;
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  if (found.isFIFO()) return new Socket({ fd, readable: true, writable: false, signal });
  if (isatty(fd)) return new ReadStream(fd, { signal } as object);
  closeSync(fd);
  return null;
}
