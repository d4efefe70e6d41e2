// From what a user typed to a source (Node only): a folder, an http(s) address, or a model on the hub.

import { stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { folderSource } from "./folder.ts";
import { parseHubAddress, parseHubId } from "./remote/hub-api.ts";
import { type CacheOptions, cachedHubSource } from "./remote/hub-cache.ts";
import { urlSource } from "./remote/url.ts";
import { CheckpointError, type Source } from "./source.ts";

/** What openSource may be told; the rest comes from the environment's HF_ variables. */
export interface OpenSourceOptions
  extends Partial<Pick<CacheOptions, "fetch" | "onProgress" | "accept" | "signal" | "wait" | "silence">> {
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** The source that a specification names: an existing folder, an http(s) address, or org/name[@revision] on the hub. */
export async function openSource(spec: string, options: OpenSourceOptions = {}): Promise<Source> {
  if (await stat(spec).catch(() => undefined)) return folderSource(spec);
  const hub = hubOptions(options);
  const isAddress = /^https?:\/\//i.test(spec);
  const id = isAddress ? parseHubAddress(spec, hub.endpoint) : parseHubId(spec);
  if (id) return fromHub(spec, `${id.id}@${id.revision}`, hub);
  if (isAddress)
    return urlSource(spec, { ...hub, onBytes: (path, done, total) => hub.onProgress?.(done, total, path) });
  throw new CheckpointError(
    `${JSON.stringify(spec.slice(0, 200))} names no model: there is no such folder, and it is neither an http(s) address nor a model id such as "openai-community/gpt2@main".`,
  );
}

/** A model of the hub in the standard cache, downloaded where it is not there yet. `token` comes before HF_TOKEN. */
export function openHub(
  id: string,
  { token, ...options }: OpenSourceOptions & { readonly token?: string },
): Promise<Source> {
  return cachedHubSource(id, { ...hubOptions(options), ...(token && { token }) });
}

async function fromHub(spec: string, id: string, hub: CacheOptions): Promise<Source> {
  try {
    return await cachedHubSource(id, hub);
  } catch (error) {
    if (!(error instanceof CheckpointError) || /^https?:/i.test(spec)) throw error;
    throw new CheckpointError(`There is no folder ${spec} here. As a model on the hub: ${error.message}`);
  }
}

function hubOptions({ env = process.env, ...given }: OpenSourceOptions): CacheOptions {
  return {
    fetch,
    ...given,
    endpoint: env.HF_ENDPOINT || undefined,
    token: env.HF_TOKEN || undefined,
    offline: /^(1|true|yes|on)$/i.test(env.HF_HUB_OFFLINE ?? ""),
    cache: cacheFolder(env),
  };
}

/** The hub's cache folder: HF_HUB_CACHE, or hub in HF_HOME, or hub in ~/.cache/huggingface. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  const base = env.XDG_CACHE_HOME || join(homedir(), ".cache");
  return env.HF_HUB_CACHE || join(env.HF_HOME || join(base, "huggingface"), "hub");
}
