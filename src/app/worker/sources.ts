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
  type Source,
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

/** A folder of our own server, which says what is in it: near by, so plain ranges do. */
function listedSource({ url, name, files }: Extract<SourceSpec, { kind: "listed" }>): Source {
  let listed = files && Promise.resolve(files);
  return {
    name,
    list: () => {
      listed ??= readRange(`${url}index.json`).then((bytes) => JSON.parse(new TextDecoder().decode(bytes)));
      return listed;
    },
    read: (path, start, end, signal) => readRange(new URL(encodePath(path), url).href, start, end, signal),
  };
}

/** Bytes of a file, all by default; static hosts that know no ranges send it whole. */
async function readRange(url: string, start = 0, end?: number, signal?: AbortSignal): Promise<Uint8Array> {
  if (start === end) return new Uint8Array();
  const headers: HeadersInit = end === undefined ? {} : { Range: `bytes=${start}-${end - 1}` };
  const response = await fetchOwn(url, { headers, ...(signal ? { signal } : {}) });
  if (!response.ok)
    throw new CheckpointError(
      `The server answers ${response.status} for ${url}. Is headscope still running?`,
    );
  const bytes = new Uint8Array(await response.arrayBuffer());
  const wanted = response.status === 206 ? bytes : bytes.slice(start, end);
  if (end !== undefined && wanted.length !== end - start)
    throw new CheckpointError(
      `${url} gave ${wanted.length} bytes where ${end - start} were asked for. Open the model again.`,
    );
  return wanted;
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
    put: async (key, bytes) => {
      await (await opened)?.put(key, bytes).catch(() => undefined);
    },
  };
}
