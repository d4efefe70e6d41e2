// Bytes of a remote file by ranges: resumed where a connection drops, checked for length and for being the same file.

import { CheckpointError } from "../source.ts";
import { type Http, request, retryAfter, triesAfter, unreachable } from "./http.ts";
import { LEAST, partsOf, SilentError } from "./silence.ts";

/** A file on a server. */
export interface RemoteFile {
  readonly path: string;
  readonly url: string;
  readonly size: number;
  /** Changes when the contents do: a strong entity tag or a checksum; "" where the server gives neither. */
  readonly tag: string;
  /** What the whole file must come to, where the server announced it. */
  readonly checksum?: Checksum | undefined;
}

/** A file's SHA-256, or Git's SHA-1 of it as a blob; in hexadecimal digits. */
export interface Checksum {
  readonly kind: "sha256" | "git";
  readonly hex: string;
}

/** What a server says about a file: its size, its tag, and whether it serves ranges. */
export interface Probe {
  readonly size: number;
  readonly tag: string;
}

/** Asks for the first byte of a file; undefined where there is no such file. */
export async function probe(http: Http, url: string, signal?: AbortSignal): Promise<Probe | undefined> {
  const response = await request(http, url, rangeHeaders(0, 1), signal);
  await response.body?.cancel();
  const { status, headers } = response;
  const size = status === 206 ? totalOf(headers) : plainLength(headers);
  if (status === 416) return { size: 0, tag: tagOf(headers) };
  if (status === 200 || status === 206) {
    if (size === undefined) throw new CheckpointError(`The server does not say how long ${url} is.`);
    return { size, tag: tagOf(headers) };
  }
  // Object stores answer 403 for what does not exist.
  if (status === 404 || status === 403 || status === 410) return undefined;
  throw refused(http, url, response);
}

/** An error that names the status and what can be done about it. */
function refused(http: Http, url: string, response: Response): CheckpointError {
  const meaning = http.refusal?.(response);
  if (meaning) return meaning;
  const advice = new Map([
    [401, " It needs a token or password."],
    [403, " You may not read it."],
    [404, " There is no such file."],
    [429, ` It asks for ${Math.ceil((retryAfter(response) ?? 0) / 1000) || "some"} seconds of patience.`],
  ]);
  const { host, pathname } = new URL(url);
  return new CheckpointError(
    `${host} answers ${response.status} for ${pathname}.${advice.get(response.status) ?? " Try again later."}`,
  );
}

/** Called with more bytes of the stream as they arrive. */
export type Sink = (bytes: Uint8Array) => Promise<void> | void;

/**
 * Streams bytes `start` to `end` of a file into `sink`, resuming after drops; gives false, before any byte, where the
 * server ignores ranges and `start` is not 0.
 */
export async function streamRange(
  http: Http,
  file: RemoteFile,
  start: number,
  end: number,
  sink: Sink,
  signal?: AbortSignal,
): Promise<boolean> {
  let at = start;
  for (let stalls = 0; at < end; ) {
    const response = await request(http, file.url, rangeHeaders(at, end), signal);
    const whole = response.status === 200;
    if (whole && at === start && start > 0) {
      await response.body?.cancel();
      return false;
    }
    checkResponse(http, file, response, at);
    const before = at;
    const failure = await pump(http, response, whole ? at : 0, end - at, signal, async (bytes) => {
      await sink(bytes);
      at += bytes.length;
    });
    stalls = at - before >= LEAST ? 0 : stalls + 1;
    if (stalls > triesAfter(http, failure) && at < end) throw givenUp(file, at, failure);
  }
  return true;
}

/** A connection that brings less than LEAST bytes each time would never come to an end. */
function givenUp(file: RemoteFile, at: number, failure: unknown): unknown {
  if (failure instanceof SilentError) return unreachable(file.url, failure);
  return new CheckpointError(
    `The connection to ${new URL(file.url).host} drops each time at byte ${at} of ${file.path} (${file.size} bytes). What has arrived is kept; try again later.`,
  );
}

function checkResponse(http: Http, file: RemoteFile, response: Response, at: number): void {
  const { status, headers } = response;
  if (status !== 200 && status !== 206) throw refused(http, file.url, response);
  const total = status === 206 ? totalOf(headers) : plainLength(headers);
  const from =
    status === 206 ? Number(/^bytes (\d+)-/.exec(headers.get("content-range") ?? "")?.[1] ?? at) : 0;
  if (total !== undefined && total !== file.size) {
    throw new CheckpointError(
      `${file.path} has ${total} bytes on the server, but ${file.size} were announced. It changed, or the transfer is damaged; try again.`,
    );
  }
  const tag = tagOf(headers);
  if (!file.checksum && file.tag && tag && tag !== file.tag)
    throw new CheckpointError(`${file.path} changed on the server while it was read; open it again.`);
  if (status === 206 && from !== at) {
    throw new CheckpointError(`The server sent ${file.path} from byte ${from} in place of ${at}.`);
  }
}

/**
 * Reads a body: skips `skip` bytes, passes on at most `most`; a connection that drops or falls silent ends it, which is
 * what it resolves to. A body that ends there is read to its end, as browsers call one that is cancelled a failure.
 */
async function pump(
  http: Http,
  response: Response,
  skip: number,
  most: number,
  signal: AbortSignal | undefined,
  sink: (bytes: Uint8Array) => Promise<void>,
): Promise<unknown> {
  const parts = partsOf(response, http.silence);
  let skipped = 0;
  let passed = 0;
  try {
    for (;;) {
      const next = await parts.next().catch((error: unknown) => {
        if (signal?.aborted) throw error;
        return { failure: error, done: true as const, value: undefined };
      });
      if (next.done) return "failure" in next ? next.failure : undefined;
      const { value } = next;
      if (passed === most && value.length > 0) return undefined;
      const rest = value.subarray(Math.min(value.length, skip - skipped));
      skipped += value.length - rest.length;
      const wanted = rest.subarray(0, most - passed);
      if (wanted.length > 0) await sink(wanted);
      passed += wanted.length;
    }
  } finally {
    await parts.return(undefined);
  }
}

/** "identity", because lengths and ranges of compressed bodies are other ones; browsers ask for it by themselves. */
function rangeHeaders(start: number, end: number): Record<string, string> {
  return { range: `bytes=${start}-${end - 1}`, "accept-encoding": "identity" };
}

function totalOf(headers: Headers): number | undefined {
  const total = /\/(\d+)$/.exec(headers.get("content-range") ?? "")?.[1];
  return total === undefined ? undefined : Number(total);
}

function plainLength(headers: Headers): number | undefined {
  const length = headers.get("content-length");
  return length === null || headers.get("content-encoding") ? undefined : Number(length);
}

/** Weak tags and dates say that two files are alike, not that they are the same. */
function tagOf(headers: Headers): string {
  const tag = headers.get("x-linked-etag") ?? headers.get("etag") ?? "";
  return tag.startsWith("W/") ? "" : tag;
}
