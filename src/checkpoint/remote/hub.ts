// A checkpoint on the Hugging Face hub, read over the network by ranges (for browsers; Node downloads into the
// standard cache, see hub-cache.ts).

import { CheckpointError, type Source } from "../source.ts";
import type { ChunkStore } from "./chunk-reader.ts";
import type { OnBytes } from "./fetcher.ts";
import type { Http } from "./http.ts";
import { HUB, type HubId, hubModel, hubRefusal, parseHubId } from "./hub-api.ts";
import { remembered } from "./remembered.ts";
import { remoteSource } from "./remote-source.ts";

/** How the hub is reached. Environment variables are the caller's to read. */
export interface HubOptions {
  readonly fetch: typeof fetch;
  /** HF_ENDPOINT; default https://huggingface.co. */
  readonly endpoint?: string | undefined;
  /** HF_TOKEN, for private and gated models; sent to the endpoint only. */
  readonly token?: string | undefined;
  readonly store?: ChunkStore | undefined;
  readonly onBytes?: OnBytes | undefined;
  /** Bytes per chunk; default 8 MiB. */
  readonly chunk?: number;
  readonly wait?: Http["wait"];
  readonly silence?: Http["silence"];
}

/** The model "org/name" or "org/name@revision". */
export function hubSource(spec: string, options: HubOptions): Source {
  const id = readHubId(spec);
  const { http, endpoint } = hubHttp(id, options);
  const { store, onBytes, chunk } = options;
  const name = `${id.id}@${id.revision}`;
  const identity = `hub:${endpoint === HUB ? "" : `${endpoint} `}${name}`;
  const list = (signal?: AbortSignal) =>
    remembered(identity, store, async () => (await hubModel(http, endpoint, id, signal)).files);
  return remoteSource(name, list, { http, store, identity, onBytes, ...(chunk && { chunk }) });
}

/** The parsed id, or a CheckpointError for what is none. */
export function readHubId(spec: string): HubId {
  const id = parseHubId(spec);
  if (id) return id;
  const shown = JSON.stringify(spec.slice(0, 200));
  throw new CheckpointError(`${shown} is not a model id such as "openai-community/gpt2@main".`);
}

/** The transport and address of a hub; the token goes to that address only. */
export function hubHttp(
  id: HubId,
  { fetch, endpoint = HUB, token, wait, silence }: HubOptions,
): { http: Http; endpoint: string } {
  const base = endpoint.replace(/\/+$/, "");
  if (!URL.canParse(base)) {
    throw new CheckpointError(`The hub's address (HF_ENDPOINT) ${base.slice(0, 200)} is not a URL.`);
  }
  const secret = token ? { token, tokenOrigin: new URL(base).origin } : {};
  const http = { fetch, refusal: hubRefusal(id, !!token), ...secret, ...(wait ? { wait } : {}), silence };
  return { http, endpoint: base };
}
