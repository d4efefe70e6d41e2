// Complete checkpoints in the Hugging Face cache of this computer, newest first, with size and shape.

import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { CachedModel } from "../../wire/native.ts";
import { shapeOf } from "../catalog.ts";

const MOST = 500;

/** What the cache folder holds; empty where there is none. Snapshots without config.json or weights are left out. */
export async function cachedModels(cache: string): Promise<CachedModel[]> {
  const names = (await readdir(cache).catch(() => [])).filter((name) => name.startsWith("models--"));
  const found = await Promise.all(
    names.slice(0, MOST).map((name) => revisions(join(cache, name), idOf(name))),
  );
  return found.flat().sort((a, b) => b.modified - a.modified);
}

function idOf(folder: string): string {
  return folder.slice("models--".length).replaceAll("--", "/");
}

async function revisions(repo: string, id: string): Promise<CachedModel[]> {
  const refs = await readdir(join(repo, "refs")).catch(() => []);
  const found = await Promise.all(
    refs.map(async (ref) => {
      const commit = (await readFile(join(repo, "refs", ref), "utf8").catch(() => "")).trim();
      if (!/^[\w.-]+$/.test(commit)) return undefined;
      return snapshot(join(repo, "snapshots", commit), ref === "main" ? id : `${id}@${ref}`);
    }),
  );
  return found.filter((model) => model !== undefined);
}

async function snapshot(folder: string, id: string): Promise<CachedModel | undefined> {
  const config = await readFile(join(folder, "config.json"), "utf8").catch(() => undefined);
  const files = await readdir(folder).catch(() => []);
  if (config === undefined || !files.some((name) => name.endsWith(".safetensors"))) return undefined;
  // A link whose blob is missing belongs to a download that was not finished.
  const sizes = await Promise.all(files.map((name) => stat(join(folder, name)).catch(() => undefined)));
  if (sizes.includes(undefined)) return undefined;
  const bytes = sizes.reduce((sum, info) => sum + (info?.isFile() ? info.size : 0), 0);
  try {
    const shape = shapeOf(JSON.parse(config) as Record<string, unknown>);
    return { id, ...shape, bytes, modified: (await stat(folder)).mtimeMs };
  } catch {
    return undefined;
  }
}
