// fetch with our own errors: whether the page's own server does not answer, or another one. A browser says
// "Failed to fetch" for both.

import { UnreachableError } from "../checkpoint/remote/http.ts";
import { Failure } from "../tensor/index.ts";

/** The page's own server does not answer (code "own-server") or does not have what was asked for ("not-found"). */
export class ServerError extends Failure {
  override name = "ServerError";
}

/** From the page's own server; a ServerError where it does not answer. */
export function fetchOwn(url: string | URL, init: RequestInit = {}): Promise<Response> {
  return fetch(url, init).catch((error: unknown) => {
    if (init.signal?.aborted) throw error;
    throw new ServerError("It was stopped, or it is about to start. Start it again, then try again.", {
      code: "own-server",
      data: { url: String(url) },
      cause: error,
    });
  });
}

/** From any server; an UnreachableError where another one does not answer. */
export function fetchAny(url: URL, init: RequestInit = {}): Promise<Response> {
  if (url.origin === location.origin) return fetchOwn(url, init);
  return fetch(url, init).catch((error: unknown) => {
    if (init.signal?.aborted) throw error;
    const data = { host: url.host, reason: (error as Error).message };
    throw new UnreachableError(`${url.host} cannot be reached: ${data.reason}.`, {
      code: "unreachable",
      data,
      cause: error,
    });
  });
}
