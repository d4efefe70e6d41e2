// From what the page says to a source of bytes, in the worker. What was downloaded is kept in the browser's cache.

import {
  browserCache,
  CACHE_NAME,
  CheckpointError,
  type ChunkStore,
  filesSource,
  hubSource,
  OLD_CACHES,
  parseHubAddress,
  remoteSource,
  type Source,
  type SourceFile,
  urlSource,
} from "../../checkpoint/index.ts";
import type { SourceSpec } from "../../wire/protocol.ts";
import { fetchOwn } from "../fetching.ts";

/** The browser's fetch, which must not be called as another object's method. */
const request: typeof fetch = (input, init) => fetch(input, init);

/** The source that a specification names. */
export function sourceOf(spec: SourceSpec): Source {
  if (spec.kind === "served")
    throw new CheckpointError(`${spec.key} is run by headscope on this computer, not by the browser.`);
  if (spec.kind === "files") return filesSource(spec.files, spec.name);
  if (spec.kind === "hub") return hubSource(spec.id, { fetch: request, token: spec.token, store: kept() });
  if (spec.kind === "listed") return listedSource(spec);
  const hub = parseHubAddress(spec.url);
  if (hub)
    return hubSource(`${hub.id}@${hub.revision}`, { fetch: request, token: spec.token, store: kept() });
  return urlSource(spec.url, { fetch: request, store: kept() });
}

/** A folder of our own server, which says what is in it. A server that was stopped is told at once, not tried again. */
function listedSource({ url, name, files }: Extract<SourceSpec, { kind: "listed" }>): Source {
  const http = { fetch: fetchOwn as typeof fetch, refusal: gone, retries: 0 };
  const list = async (signal?: AbortSignal) =>
    (files ?? (await askList(url, signal))).map(({ path, size }) => ({
      path,
      size,
      url: new URL(encodePath(path), url).href,
      tag: "",
    }));
  return remoteSource(name, list, { http });
}

async function askList(url: string, signal?: AbortSignal): Promise<readonly SourceFile[]> {
  const response = await fetchOwn(`${url}index.json`, { signal: signal ?? null });
  if (!response.ok) throw gone(response);
  return response.json();
}

function gone({ status, url }: Response): CheckpointError {
  return new CheckpointError(`The server answers ${status} for ${url}. Is headscope still running?`);
}

function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

/** The browser's cache, opened when it is first used; nothing is kept where the browser has none. */
function kept(): ChunkStore {
  for (const old of OLD_CACHES) void globalThis.caches?.delete(old).catch(() => false);
  const opened = globalThis.caches?.open(CACHE_NAME).then(browserCache, () => undefined);
  return {
    get: async (key) => (await opened)?.get(key),
    has: async (key) => (await opened)?.has(key) ?? false,
    put: async (key, bytes) => {
      await (await opened)?.put(key, bytes).catch(() => undefined);
    },
  };
}
