// The browser's own dialogs for files and for a folder: the picker, notices and the key O open the same two.

import { pickedFiles } from "../../checkpoint/files.ts";
import type { PartProps } from "./part.ts";

type What = "files" | "folder";

/** What the dialogs belong to; drawn nowhere. */
export function FileInputs({ app, actions }: PartProps) {
  const picked = (input: HTMLInputElement) => {
    if (app.popover.value === "models") app.popover.value = null;
    const chosen = pickedFiles(input.files ?? []);
    input.value = "";
    void actions.opening.files(chosen);
  };
  return (
    <>
      <input
        data-pick="files"
        type="file"
        multiple
        hidden
        onChange={(event) => picked(event.currentTarget)}
      />
      <input
        data-pick="folder"
        type="file"
        hidden
        {...{ webkitdirectory: true }}
        onChange={(event) => picked(event.currentTarget)}
      />
    </>
  );
}

/** Open the dialog for files or for a folder. */
export function pickFiles(what: What = "files"): void {
  document.querySelector<HTMLInputElement>(`[data-pick=${what}]`)?.click();
}
