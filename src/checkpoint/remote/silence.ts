// Servers that take a request and then say nothing, or a byte now and then: they are given up after a while. Only the
// time that is spent waiting for them counts, so that a slow disk is not taken for a slow server.

/** Milliseconds of waiting in which a server must answer, and then bring LEAST bytes. */
export const SILENCE = 30_000;
/** Fewer bytes than these are no progress, neither in that time nor of one connection. */
export const LEAST = 1024;

/** A server that was given up. */
export class SilentError extends Error {
  override name = "SilentError";

  constructor(milliseconds: number) {
    super(`it has said nothing for ${milliseconds / 1000} seconds`);
  }
}

/** What `ask` resolves to, or a SilentError; the signal that it is given stops it then, and later where `signal` does. */
export async function answered<T>(
  ask: (signal: AbortSignal) => Promise<T>,
  milliseconds: number,
  signal?: AbortSignal | null,
): Promise<T> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(new SilentError(milliseconds)), milliseconds);
  try {
    return await ask(signal ? AbortSignal.any([signal, stop.signal]) : stop.signal);
  } catch (error) {
    throw stop.signal.aborted ? stop.signal.reason : error;
  } finally {
    clearTimeout(timer);
  }
}

/** The parts of a body as they arrive; a SilentError where too little does. What is not wanted any more is cancelled. */
export async function* partsOf({ body }: Response, milliseconds = SILENCE): AsyncGenerator<Uint8Array> {
  if (!body) return;
  const reader = body.getReader();
  let [waited, brought] = [0, 0];
  try {
    for (;;) {
      const asked = performance.now();
      const { value, done } = await readWithin(reader, milliseconds, milliseconds - waited);
      if (done) return;
      waited += performance.now() - asked;
      brought += value.length;
      if (brought >= LEAST) [waited, brought] = [0, 0];
      yield value;
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

/** One read; cancelling the reader ends one that waits. */
async function readWithin(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  limit: number,
  left: number,
): Promise<ReadableStreamReadResult<Uint8Array>> {
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    reader.cancel().catch(() => undefined);
  }, left);
  const result = await reader.read().finally(() => clearTimeout(timer));
  if (late) throw new SilentError(limit);
  return result;
}
