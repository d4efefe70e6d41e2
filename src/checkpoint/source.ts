// Where a checkpoint's bytes come from: a folder, dropped files, a URL or the hub, behind one small interface.

import { Failure } from "../tensor/index.ts";

/** One file of a checkpoint. */
export interface SourceFile {
  /** Path inside the checkpoint, with "/" between parts, e.g. "config.json". */
  readonly path: string;
  /** Size in bytes. */
  readonly size: number;
}

/** A place that holds a checkpoint. Implementations refuse paths that leave it. */
export interface Source {
  /** What to call the model, e.g. "gpt2" or "org/name@main". */
  readonly name: string;
  /** All files, or those the place can name. Rejects with a CheckpointError where the place is missing or locked. */
  list(signal?: AbortSignal): Promise<readonly SourceFile[]>;
  /**
   * Bytes `start` to `end` (exclusive) of a file; the result has exactly that many bytes or the call rejects. A place
   * that is far away tells `onArrived` how many more bytes have come to this machine because of the call.
   */
  read(
    path: string,
    start: number,
    end: number,
    signal?: AbortSignal,
    onArrived?: (bytes: number) => void,
  ): Promise<Uint8Array>;
  /** The real folder on this machine, where there is one: onnxruntime-node can map weights from it directly. */
  readonly folder?: string | undefined;
}

/** A checkpoint that cannot be read. The message says what was found, what was expected and what to do. */
export class CheckpointError extends Failure {
  override name = "CheckpointError";
}

/** A whole file, or undefined where the source has none of that path. */
export async function readFile(
  source: Source,
  path: string,
  signal?: AbortSignal,
): Promise<Uint8Array | undefined> {
  const file = (await source.list(signal)).find((f) => f.path === path);
  return file && source.read(path, 0, file.size, signal);
}
