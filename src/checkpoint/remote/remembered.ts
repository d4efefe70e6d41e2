// The list of a model's files as a store remembers it, for when the hub cannot be reached: with the chunks beside it a
// model opens without network. What the hub itself says always comes first.

import type { ChunkStore } from "./chunk-reader.ts";
import { UnreachableError } from "./http.ts";
import type { RemoteFile } from "./range.ts";

/** Files as `ask` gives them; as remembered under the model's identity where nothing answers. */
export async function remembered(
  identity: string,
  store: ChunkStore | undefined,
  ask: () => Promise<readonly RemoteFile[]>,
): Promise<readonly RemoteFile[]> {
  const key = `${encodeURIComponent(identity)}/`;
  try {
    const files = await ask();
    const bytes = new TextEncoder().encode(JSON.stringify(files));
    // A full or forbidden store is no reason to fail.
    await store?.put(key, bytes).catch(() => undefined);
    return files;
  } catch (error) {
    const bytes = error instanceof UnreachableError && (await store?.get(key).catch(() => undefined));
    if (!bytes) throw error;
    return JSON.parse(new TextDecoder().decode(bytes)) as readonly RemoteFile[];
  }
}
