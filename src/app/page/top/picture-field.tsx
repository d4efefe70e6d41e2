// The field of image models: which picture, and a button to choose another. Dropping and pasting work too.

import { useRef } from "preact/hooks";
import { pickedFiles } from "../../../checkpoint/files.ts";
import { patchGrid } from "../../state/picture.ts";
import type { PartProps } from "../part.ts";

/** Name of the picture, and how to choose another. */
export function PictureField({ app, actions }: PartProps) {
  const input = useRef<HTMLInputElement>(null);
  const { image } = app.draft.value;
  const trace = app.trace.value;
  const grid = trace && patchGrid(trace);
  return (
    <div class="field picture-field">
      <b>Picture</b>
      <button type="button" class="name" data-picture onClick={() => input.current!.click()}>
        {image || "The page's own picture"}
        <span class="faint"> Choose, drop or paste another</span>
      </button>
      <i class="num">{grid && `${grid.rows} × ${grid.columns} patches`}</i>
      <input
        ref={input}
        type="file"
        accept="image/png,image/jpeg,image/webp"
        hidden
        onChange={({ currentTarget }) => {
          const chosen = pickedFiles(currentTarget.files ?? []);
          currentTarget.value = "";
          if (chosen.length) void actions.opening.files(chosen);
        }}
      />
    </div>
  );
}
