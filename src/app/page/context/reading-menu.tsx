// How attention is read and drawn; the button is named after what is shown.

import { READING_LABELS, whyNot } from "../../../views/read/reading.ts";
import type { AppState } from "../../state/state.ts";
import { PopoverButton } from "../controls/popover.tsx";
import { inside } from "../inside.tsx";

const ReadingChoices = inside("ReadingChoices");

/** The menu of the context bar. */
export function ReadingMenu({ app }: { readonly app: AppState }) {
  const readable = app.readings.readable.value;
  if (!readable) return null;
  const { read } = app.place.value;
  const shown = whyNot(read, readable) === null ? read : "plain";
  return (
    <span class="anchor">
      <PopoverButton
        app={app}
        name="reading"
        label="How attention is shown"
        class="opt reading"
        menu="menu right"
        inside={<ReadingChoices app={app} shown={shown} readable={readable} />}
      >
        {READING_LABELS[shown]} ▾
      </PopoverButton>
    </span>
  );
}
