// What is shown behind the picture that comes first: while a slider moves, it stays as it was for a frame.

import { computed, type ReadonlySignal } from "@preact/signals";

/** A computed value that stays as it is while `still` is true. */
export function staying<T>(still: () => ReadonlySignal<boolean>, of: () => T): ReadonlySignal<T> {
  let last: { readonly value: T } | null = null;
  return computed(() => {
    const stays = still().value;
    if (!last || !stays) last = { value: of() };
    return last.value;
  });
}
