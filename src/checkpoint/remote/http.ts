// Requests to servers that hold checkpoints: bounded retries, waiting where a server asks for it, and a token that
// never leaves the server it is meant for.

import { Failure } from "../../tensor/index.ts";
import { CheckpointError } from "../source.ts";
import { answered, SILENCE, SilentError } from "./silence.ts";

/** How requests are made; everything from the environment is passed in. */
export interface Http {
  readonly fetch: typeof fetch;
  /** Sent as a bearer token, to `tokenOrigin` only. */
  readonly token?: string | undefined;
  readonly tokenOrigin?: string | undefined;
  /** Waits before another try; resolves early with a rejection when the signal fires. */
  readonly wait?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** Tries after the first that failed; default 4. */
  readonly retries?: number;
  /** Milliseconds after which a server that says nothing is given up; default 30 seconds. */
  readonly silence?: number | undefined;
  /** What a refusal means on this server, where it says more than its status. */
  readonly refusal?: (response: Response) => CheckpointError | undefined;
}

/** Longest wait that a server may ask for, in milliseconds. */
export const MAX_WAIT = 60_000;
const RETRIES = 4;
/** Tries after the first that a server gets which says nothing: each costs half a minute. */
const SILENT_RETRIES = 1;
const MAX_HOPS = 10;
const BUSY = new Set([429, 500, 502, 503, 504]);

/** The response to a GET, whatever its status, after redirects and retries; rejects where nothing answers. */
export async function request(
  http: Http,
  url: string,
  headers: Readonly<Record<string, string>> = {},
  signal?: AbortSignal,
): Promise<Response> {
  for (let failed = 0; ; failed++) {
    const last = failed >= triesAfter(http);
    const response = await follow(http, url, headers, signal).catch((error: unknown) => {
      const over = last || failed >= triesAfter(http, error);
      if (over || signal?.aborted || error instanceof Failure) throw unreachable(url, error, signal);
      return undefined;
    });
    if (response && !BUSY.has(response.status)) return response;
    const wait = response ? retryAfter(response) : undefined;
    if (response && (last || (wait ?? 0) > MAX_WAIT)) return response;
    await response?.body?.cancel();
    await (http.wait ?? sleep)(wait ?? 500 * 2 ** failed, signal);
  }
}

/** How often a request is tried again that failed with `error`. */
export function triesAfter({ retries = RETRIES }: Http, error?: unknown): number {
  return error instanceof SilentError ? Math.min(SILENT_RETRIES, retries) : retries;
}

/** The error for a server that does not answer; what the signal or a refusal says stays as it is. */
export function unreachable(url: string, error: unknown, signal?: AbortSignal): unknown {
  if (signal?.aborted || error instanceof Failure) return error;
  const { message, cause } = error as Error;
  const reason = cause instanceof Error ? cause.message || message : message;
  const { host } = new URL(url);
  return new UnreachableError(`${host} cannot be reached: ${reason}.`, {
    code: "unreachable",
    data: { host, reason },
    cause: error,
  });
}

/** A server that does not answer, as opposed to one that refuses; code "unreachable", data {host, reason}. */
export class UnreachableError extends CheckpointError {
  override name = "UnreachableError";
}

/**
 * Follows redirects by hand while a token is sent, so that it stays on its server. A browser hides where a redirect
 * leads; there the fetch standard itself drops Authorization when a redirect changes the origin.
 */
async function follow(
  http: Http,
  url: string,
  headers: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<Response> {
  // Browsers refuse fetch as a method of another object.
  const { fetch, silence = SILENCE } = http;
  let at = new URL(url);
  for (let hop = 0; hop < MAX_HOPS; hop++) {
    const secret = http.token !== undefined && at.origin === http.tokenOrigin;
    const sent = secret ? { ...headers, authorization: `Bearer ${http.token}` } : headers;
    const ask = (redirect: RequestRedirect) => (stop: AbortSignal) =>
      fetch(at, { headers: sent, signal: stop, redirect });
    const response = await answered(ask(secret ? "manual" : "follow"), silence, signal);
    if (response.type === "opaqueredirect") return answered(ask("follow"), silence, signal);
    const next = response.status >= 300 && response.status < 400 ? response.headers.get("location") : null;
    if (next === null) return response;
    await response.body?.cancel();
    at = new URL(next, at);
  }
  throw new CheckpointError(`${new URL(url).host} redirects more than ${MAX_HOPS} times.`);
}

/** Milliseconds that a response asks to wait: Retry-After in seconds or as a date. */
export function retryAfter(response: Response): number | undefined {
  const value = response.headers.get("retry-after");
  if (value === null) return undefined;
  const seconds = Number(value);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}

function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });
}
