// What someone picked, dropped or pasted: a checkpoint, a recorded run, or a picture.

import type { PickedFile } from "../../checkpoint/files.ts";
import { TraceError } from "../../trace/index.ts";

/** Files by what they are good for. */
export type Picked =
  | { readonly kind: "checkpoint" }
  | { readonly kind: "trace"; readonly blob: Blob }
  | { readonly kind: "picture"; readonly file: PickedFile };

/** What picked files are; a TraceError names what there is where it is nothing that opens. */
export function kindOf(files: readonly PickedFile[]): Picked {
  if (files.some(({ path }) => /(^|\/)config\.json$/.test(path))) return { kind: "checkpoint" };
  const trace = files.find(({ path }) => path.endsWith(".safetensors"));
  if (trace) return { kind: "trace", blob: trace.blob };
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
  return `Among ${files.length} ${files.length === 1 ? "file" : "files"} (${names}) there is neither a config.json (a checkpoint) nor a trace file (.safetensors) nor a picture (PNG, JPEG, WebP).`;
}
