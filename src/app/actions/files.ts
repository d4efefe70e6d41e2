// What someone picked, dropped or pasted: a checkpoint, a run that was recorded here or elsewhere, or a picture.

import type { PickedFile } from "../../checkpoint/files.ts";
import { TraceError } from "../../trace/index.ts";

/** Files by what they are good for. */
export type Picked =
  | { readonly kind: "checkpoint" }
  | { readonly kind: "run"; readonly file: PickedFile }
  | { readonly kind: "picture"; readonly file: PickedFile };

/** What picked files are; a TraceError names what there is where it is nothing that opens. */
export function kindOf(files: readonly PickedFile[]): Picked {
  if (files.some(({ path }) => /(^|\/)config\.json$/.test(path))) return { kind: "checkpoint" };
  const run = files.find(({ path }) => /\.(safetensors|json|npy|npz|html?)(\.gz)?$/i.test(path));
  if (run) return { kind: "run", file: run };
  const file = files.find(
    ({ path, blob }) => /^image\//.test(blob.type) || /\.(png|jpe?g|webp)$/i.test(path),
  );
  if (file) return { kind: "picture", file };
  throw new TraceError(nothingIn(files));
}

function nothingIn(files: readonly PickedFile[]): string {
  const names = files
    .slice(0, 5)
    .map((f) => f.path)
    .join(", ");
  return `Among ${files.length} ${files.length === 1 ? "file" : "files"} (${names}) there is neither a config.json (a checkpoint) nor a recorded run (.safetensors, .json, .npy, .npz, .html) nor a picture (PNG, JPEG, WebP).`;
}
