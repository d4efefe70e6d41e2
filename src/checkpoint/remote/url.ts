// A checkpoint under an http(s) address. Web servers list nothing, so the names that a checkpoint may have are tried.

import { CheckpointError, type Source } from "../source.ts";
import { INDEX_FILE, parseWeightMap, WEIGHTS_FILE } from "../weights.ts";
import type { ChunkStore } from "./chunk-reader.ts";
import type { OnBytes } from "./fetcher.ts";
import type { Http } from "./http.ts";
import { probe, type RemoteFile, streamRange } from "./range.ts";
import { remoteSource } from "./remote-source.ts";

/** How a checkpoint is read from an address. */
export interface UrlOptions {
  readonly fetch: typeof fetch;
  readonly store?: ChunkStore | undefined;
  readonly onBytes?: OnBytes | undefined;
  readonly wait?: Http["wait"];
  readonly silence?: Http["silence"];
}

const NAMES = [
  "config.json",
  "generation_config.json",
  "preprocessor_config.json",
  "tokenizer.json",
  "tokenizer_config.json",
  "special_tokens_map.json",
  "chat_template.jinja",
  "vocab.txt",
  "vocab.json",
  "merges.txt",
  "tokenizer.model",
  "spiece.model",
  "pytorch_model.bin",
  WEIGHTS_FILE,
  INDEX_FILE,
];
const MAX_INDEX = 64_000_000;

/** The checkpoint in the folder at `address`, or in the folder of the file at `address`. */
export function urlSource(address: string, { fetch, store, onBytes, wait, silence }: UrlOptions): Source {
  const base = folderOf(address);
  const http: Http = { fetch, ...(wait ? { wait } : {}), silence };
  const identity = `url:${base.href}`;
  return remoteSource(nameOf(base), (signal) => listUrl(http, base, signal), {
    http,
    store,
    identity,
    onBytes,
  });
}

function folderOf(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new CheckpointError(`${address.slice(0, 200)} is not an http or https address.`);
  }
  url.hash = "";
  const file = /[^/]+\.(json|safetensors|txt)$/.exec(url.pathname)?.[0] ?? "";
  url.pathname = url.pathname.slice(0, url.pathname.length - file.length);
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return url;
}

/** The last folder's name, decoded where it can be. */
function nameOf(base: URL): string {
  const last = base.pathname.split("/").filter(Boolean).at(-1) ?? base.host;
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

async function listUrl(http: Http, base: URL, signal?: AbortSignal): Promise<readonly RemoteFile[]> {
  const found = await probeAll(http, base, NAMES, signal);
  const index = found.find(({ path }) => path === INDEX_FILE);
  if (!index || found.some(({ path }) => path === WEIGHTS_FILE)) return found;
  const shards = new Set(parseWeightMap(await readAll(http, index, signal)).values());
  return [...found, ...(await probeAll(http, base, [...shards], signal))];
}

async function probeAll(
  http: Http,
  base: URL,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<RemoteFile[]> {
  const files = await Promise.all(
    names.map(async (path) => {
      const url = new URL(base);
      url.pathname += path.split("/").map(encodeURIComponent).join("/");
      const found = await probe(http, url.href, signal);
      return found ? [{ path, url: url.href, ...found }] : [];
    }),
  );
  return files.flat();
}

async function readAll(http: Http, file: RemoteFile, signal?: AbortSignal): Promise<string> {
  if (file.size > MAX_INDEX)
    throw new CheckpointError(`${file.path} has ${file.size} bytes, too many for an index.`);
  const parts: Uint8Array[] = [];
  await streamRange(http, file, 0, file.size, (bytes) => void parts.push(bytes), signal);
  return new TextDecoder().decode(await new Blob(parts as BlobPart[]).arrayBuffer());
}
