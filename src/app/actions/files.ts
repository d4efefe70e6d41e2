// What someone picked, dropped or pasted: a checkpoint, a run that was recorded here or elsewhere, or a picture.

import type { PickedFile } from "../../checkpoint/files.ts";
import { CheckpointError } from "../../checkpoint/source.ts";
import { ELSEWHERE } from "../../imports/endings.ts";

/** Files by what they are good for. */
export type Picked =
  | { readonly kind: "checkpoint" }
  | { readonly kind: "run"; readonly file: PickedFile }
  | { readonly kind: "picture"; readonly file: PickedFile };

/** What picked files are; a CheckpointError names what there is where it is nothing that opens. */
export function kindOf(files: readonly PickedFile[]): Picked {
  if (files.some(({ path }) => /(^|\/)config\.json$/.test(path))) return { kind: "checkpoint" };
  const run = files.find(({ path }) => ELSEWHERE.test(path));
  if (run) return { kind: "run", file: run };
  const file = files.find(
    ({ path, blob }) => /^image\//.test(blob.type) || /\.(png|jpe?g|webp)$/i.test(path),
  );
  if (file) return { kind: "picture", file };
  throw new CheckpointError(nothingIn(files), { code: "nothing" });
}

/** The error for a file or a folder of this machine that the page was told of before it was loaded again. */
export function forgotten(name: string, what: "file" | "folder"): CheckpointError {
  return new CheckpointError(
    `${name} was opened from this machine and is not kept when the page is loaded again. Open it again to go on here.`,
    { code: "forgotten", data: { name, what } },
  );
}

function nothingIn(files: readonly PickedFile[]): string {
  if (files.length === 0)
    return "There is no file in it. Open the folder of a checkpoint, or a recorded run.";
  const names = files
    .slice(0, 5)
    .map((f) => f.path)
    .join(", ");
  return `Among ${files.length} ${files.length === 1 ? "file" : "files"} (${names}) there is neither a config.json (a checkpoint) nor a recorded run (.safetensors, .json, .npy, .npz, .html, .ipynb) nor a picture (PNG, JPEG, WebP).`;
}
