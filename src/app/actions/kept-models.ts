// Checkpoints that this browser keeps: their list, and how to delete one. Empty where a browser keeps nothing.

import { browserCache, CACHE_NAME, type KeptModel } from "../../checkpoint/remote/browser-cache.ts";

/** Everything that is kept, largest first. */
export async function keptModels(caches: CacheStorage | undefined): Promise<readonly KeptModel[]> {
  if (!(await caches?.has(CACHE_NAME).catch(() => false))) return [];
  return browserCache(await caches!.open(CACHE_NAME)).models();
}

/** Delete what is kept of a model; resolves to what is kept then. */
export async function deleteKept(
  caches: CacheStorage | undefined,
  name: string,
): Promise<readonly KeptModel[]> {
  if (!caches) return [];
  const cache = browserCache(await caches.open(CACHE_NAME));
  await cache.remove(name);
  return cache.models();
}
