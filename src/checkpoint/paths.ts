// Paths inside a checkpoint: relative, "/" between parts, and never out of it. They come from strangers' files.

import { CheckpointError } from "./source.ts";

/** The path unchanged, or a CheckpointError when it is empty, absolute or leaves the checkpoint. */
export function checkPath(path: string): string {
  const parts = path.split("/");
  const bad = parts.some((part) => part === "" || part === "." || part === "..");
  if (bad || /[\\\0]|^[A-Za-z]:/.test(path)) {
    throw new CheckpointError(
      `${JSON.stringify(path.slice(0, 200))} is not a path inside the checkpoint; expected a name such as "model.safetensors".`,
    );
  }
  return path;
}

/** A few of the names, for a message: "a, b, c and 4 others", or "nothing". */
export function some(names: readonly string[], most = 8): string {
  if (names.length === 0) return "nothing";
  const shown = names.slice(0, most).map((name) => name.slice(0, 100));
  const rest = names.length - shown.length;
  return rest > 0 ? `${shown.join(", ")} and ${rest} others` : shown.join(", ");
}
