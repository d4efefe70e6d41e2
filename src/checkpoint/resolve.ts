// From what a user typed to a source (Node only).

import { stat } from "node:fs/promises";
import { folderSource } from "./folder.ts";
import { CheckpointError, type Source } from "./source.ts";

/** The source that a specification names: a folder of this machine. */
export async function openSource(spec: string): Promise<Source> {
  const info = await stat(spec).catch(() => undefined);
  if (info) return folderSource(spec);
  throw new CheckpointError(`${spec} names no model: there is no such folder.`);
}
