// Downloaded chunks kept in a browser's Cache API, so that a model opens again without network; listed by model and
// deletable. The cache is passed in, which makes it testable anywhere.

import type { ChunkStore } from "./chunk-reader.ts";

/** What is used of the Cache API. */
export interface CacheLike {
  match(request: string): Promise<Response | undefined>;
  put(request: string, response: Response): Promise<void>;
  delete(request: string): Promise<boolean>;
  keys(): Promise<readonly { readonly url: string }[]>;
}

/** A model of which chunks are kept. */
export interface KeptModel {
  readonly name: string;
  readonly files: number;
  readonly bytes: number;
}

/** Chunks in a browser's cache, with what is kept by model. */
export interface BrowserCache extends ChunkStore {
  /** Models with chunks in the cache, largest first. */
  models(): Promise<KeptModel[]>;
  /** Deletes a model's chunks; resolves to whether there were any. */
  remove(name: string): Promise<boolean>;
}

/** Name to open the browser's cache with: `browserCache(await caches.open(CACHE_NAME))`. */
export const CACHE_NAME = "headscope-weights-2";
/** Earlier ones, whose keys did not name the server; to be deleted. */
export const OLD_CACHES = ["headscope-weights-1"];
// Cache keys must be addresses; nothing is ever requested from this one (a reserved name, RFC 2606).
const PREFIX = "https://headscope.invalid/";

/** A chunk store over the Cache API. Chunk keys begin with the model's identity, "/" between their parts. */
export function browserCache(cache: CacheLike): BrowserCache {
  return {
    get: async (key) => {
      const response = await cache.match(PREFIX + key);
      return response && new Uint8Array(await response.arrayBuffer());
    },
    has: async (key) => (await cache.match(PREFIX + key)) !== undefined,
    put: async (key, bytes) => {
      const headers = { "content-length": String(bytes.length) };
      await cache.put(PREFIX + key, new Response(bytes as BodyInit, { headers }));
    },
    models: () => listModels(cache),
    remove: async (name) => {
      const own = (await keysOf(cache)).filter(({ model }) => model === name);
      await Promise.all(own.map(({ url }) => cache.delete(url)));
      return own.length > 0;
    },
  };
}

interface Key {
  readonly url: string;
  readonly model: string;
  readonly path: string;
}

async function keysOf(cache: CacheLike): Promise<Key[]> {
  const own = (await cache.keys()).filter(({ url }) => url.startsWith(PREFIX));
  return own.map(({ url }) => {
    const [identity = "", path = ""] = url.slice(PREFIX.length).split("/").map(decodeURIComponent);
    return { url, model: labelOf(identity), path };
  });
}

/** "hub:org/name@main", "hub:https://mirror org/name@main" or "url:https://host/folder/" as people know it. */
function labelOf(identity: string): string {
  return identity.replace(/^(hub:(\S+ )?|url:)/, "");
}

async function listModels(cache: CacheLike): Promise<KeptModel[]> {
  const found = new Map<string, { files: Set<string>; bytes: number }>();
  for (const { url, model, path } of await keysOf(cache)) {
    const entry = found.get(model) ?? { files: new Set(), bytes: 0 };
    found.set(model, entry);
    if (!path) continue;
    entry.files.add(path);
    entry.bytes += Number((await cache.match(url))?.headers.get("content-length") ?? 0);
  }
  const models = [...found].map(([name, { files, bytes }]) => ({ name, files: files.size, bytes }));
  return models.sort((a, b) => b.bytes - a.bytes);
}
