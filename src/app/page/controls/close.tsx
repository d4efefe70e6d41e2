// The button that closes a notice.

import { Cross } from "./icons.tsx";

/** A cross at the end of a notice. */
export function Close({ close }: { close: () => void }) {
  return (
    <button type="button" class="btn small square" aria-label="Close this notice" onClick={close}>
      <Cross />
    </button>
  );
}
