// From what the page says to a source of bytes, in the worker.

import { CheckpointError, type Source } from "../checkpoint/index.ts";
import type { SourceSpec } from "./protocol.ts";

/** The source that a specification names. */
export function sourceOf(spec: SourceSpec): Source {
  if (spec.kind === "url" && spec.files) {
    const { url, name, files } = spec;
    return {
      name,
      list: async () => files,
      async read(path, start, end, signal) {
        const response = await fetch(new URL(path, url), {
          headers: { Range: `bytes=${start}-${end - 1}` },
          ...(signal ? { signal } : {}),
        });
        const bytes = new Uint8Array(await response.arrayBuffer());
        return response.status === 206 ? bytes : bytes.slice(start, end);
      },
    };
  }
  throw new CheckpointError(`${spec.kind} not yet`);
}
