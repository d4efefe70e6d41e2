// What lies over the whole page: the sheet of keys, and the form for attention made elsewhere.

import { Dialog } from "./controls/dialog.tsx";
import { inside } from "./inside.tsx";
import type { PartProps } from "./part.ts";

const [KeyList, ImportForm] = [inside("KeyList"), inside("ImportForm")];

/** The one that is asked for. */
export function Dialogs({ app, actions }: PartProps) {
  const importing = app.importing.value;
  const close = () => {
    if (app.popover.value === "keys") app.popover.value = null;
  };
  const forget = () => {
    app.importing.value = null;
  };
  return (
    <>
      {app.popover.value === "keys" && (
        <Dialog label="Keys, gestures and documentation" close={close}>
          <KeyList />
        </Dialog>
      )}
      {importing && (
        <Dialog key={importing.name} label="Attention made elsewhere" class="import" close={forget}>
          <ImportForm app={app} actions={actions} importing={importing} />
        </Dialog>
      )}
    </>
  );
}
