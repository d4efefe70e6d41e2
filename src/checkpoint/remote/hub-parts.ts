// Downloads that are under way in the hub's cache (Node only). Each process writes under a name that says whose it is,
// <blob>.<host>.<process>.<random>.incomplete; what a dead one left, or one that gave up, is taken over by whoever
// renames it first. There are no locks, so none is ever stale. Parts of huggingface_hub are left to it.

import { randomBytes } from "node:crypto";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";

const HOST = hostname()
  .replace(/[^\w-]/g, "_")
  .slice(0, 60);
/** Milliseconds without a write after which another machine's part counts as given up. */
const GIVEN_UP = 24 * 3600e3;

/** A part of this process's own; it begins as the longest that nobody works on, where there is one. */
export async function takePart(blob: string): Promise<string> {
  await mkdir(dirname(blob), { recursive: true });
  const part = `${blob}.${HOST}.${process.pid}.${randomBytes(6).toString("hex")}.incomplete`;
  for (const free of await freeParts(blob)) {
    const taken = await rename(free, part).then(
      () => true,
      () => false,
    );
    if (taken) break;
  }
  return part;
}

/** Leaves a part to whoever comes next. */
export async function leavePart(part: string, blob: string): Promise<void> {
  await rename(part, `${blob}.left.incomplete`).catch(() => undefined);
}

/** Deletes what nobody needs once the whole file is there. */
export async function removeParts(blob: string): Promise<void> {
  for (const part of await freeParts(blob)) await rm(part, { force: true });
}

/** Parts of a blob that nobody works on, the longest first. */
async function freeParts(blob: string): Promise<string[]> {
  const names = await readdir(dirname(blob)).catch(() => []);
  const free: { path: string; size: number }[] = [];
  for (const name of names.filter((name) => name.startsWith(`${basename(blob)}.`))) {
    const path = join(dirname(blob), name);
    const info = await stat(path).catch(() => undefined);
    const age = info ? Date.now() - info.mtimeMs : 0;
    if (info && isFree(name.slice(basename(blob).length + 1), age)) free.push({ path, size: info.size });
  }
  return free.sort((a, b) => b.size - a.size).map(({ path }) => path);
}

function isFree(end: string, age: number): boolean {
  if (end === "left.incomplete") return true;
  const [, host, pid] = /^([\w-]+)\.([1-9]\d{0,9})\.[0-9a-f]+\.incomplete$/.exec(end) ?? [];
  if (host === undefined) return false;
  return host === HOST ? !isAlive(Number(pid)) : age > GIVEN_UP;
}

/** Whether a process of this machine runs, whoever it belongs to. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
