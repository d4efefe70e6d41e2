// One whole file from an address, bounded: a recorded run that somebody links to. The page's own policy lets it ask
// its server only, so files of other hosts come through a worker of their own.

import { joinBytes } from "../../tensor/index.ts";
import { TraceError } from "../../trace/index.ts";
import { type ErrorData, errorData } from "../../wire/protocol.ts";
import { WorkerError } from "../../wire/rpc.ts";
import { fetchAny, ServerError } from "../fetching.ts";

/** Largest file that is read, in bytes: twice a run of GPT-2 small that kept every pattern of 1,024 tokens. */
export const LARGEST_FILE = 1.2e9;
/** A server that sends nothing for so long is given up. */
const SILENCE_MS = 30_000;

/** How a file is read; the rest is for tests. */
export interface WholeFileOptions {
  readonly signal?: AbortSignal;
  readonly fetch?: typeof fetchAny;
  readonly largest?: number;
  readonly silence?: number;
}

/** The bytes at an address; a ServerError where a server refuses, a TraceError beyond the bound. */
export async function wholeFile(url: string, options: WholeFileOptions = {}): Promise<Uint8Array> {
  const { signal, largest = LARGEST_FILE, silence = SILENCE_MS } = options;
  const get = options.fetch ?? fetchAny;
  const stop = new AbortController();
  const quiet = new Watch(
    () => stop.abort(noFile(`The server of ${url} says nothing any more.`, url)),
    silence,
  );
  try {
    const response = await get(new URL(url), {
      signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
    });
    if (!response.ok) throw noFile(`The server answers ${response.status} for ${url}.`, url);
    const announced = Number(response.headers.get("content-length") ?? 0);
    if (announced > largest) throw tooLarge(url, largest);
    return await collect(response, (total) => {
      quiet.renew();
      if (total > largest) throw tooLarge(url, largest);
    });
  } finally {
    quiet.end();
    stop.abort();
  }
}

function noFile(message: string, url: string): ServerError {
  return new ServerError(message, { code: "not-found", data: { url } });
}

function tooLarge(url: string, largest: number): TraceError {
  return new TraceError(
    `${url} has more than ${Math.round(largest / 1e6)} MB, which is too much for a recorded run on a page.`,
  );
}

async function collect(response: Response, arrived: (total: number) => void): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let total = 0;
  const reader = response.body!.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    parts.push(next.value);
    total += next.value.length;
    arrived(total);
  }
  return joinBytes(parts);
}

/** Calls `late` when nothing renewed it for a while. */
class Watch {
  readonly #late: () => void;
  readonly #milliseconds: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(late: () => void, milliseconds: number) {
    this.#late = late;
    this.#milliseconds = milliseconds;
    this.renew();
  }

  renew(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#late, this.#milliseconds);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

/** What the worker answers. */
export type FileReply = { readonly bytes: Uint8Array } | { readonly error: ErrorData };

/** The worker's end: one address, one answer. */
export async function answerFile(url: string): Promise<FileReply> {
  return wholeFile(url).then(
    (bytes) => ({ bytes }),
    (error: unknown) => ({ error: errorData(error) }),
  );
}

/** The part of Worker that is used. */
export interface FileWorker {
  postMessage(url: string): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<FileReply>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

/** The page's end: a worker for each file, ended with its answer or by the signal. */
export function fileByWorker(start: () => FileWorker, url: string, signal: AbortSignal): Promise<Uint8Array> {
  const worker = start();
  return new Promise<Uint8Array>((resolve, reject) => {
    worker.onmessage = ({ data }) =>
      "bytes" in data ? resolve(data.bytes) : reject(new WorkerError(data.error));
    worker.onerror = (event) => reject(noFile(`${url} could not be read: ${event.message}`, url));
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    worker.postMessage(url);
  }).finally(() => worker.terminate());
}
