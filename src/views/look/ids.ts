// Ids for aria references. A notebook may hold several copies of headscope in one document, of different versions:
// they count together, so that no id is given twice.

const COUNTER = Symbol.for("headscope.ids");
const shared = globalThis as { [COUNTER]?: number };

/** An id that no other view of this window has, whichever copy of headscope made it. */
export function nextId(kind: string): string {
  const count = shared[COUNTER] ?? 0;
  shared[COUNTER] = count + 1;
  return `hs-${kind}-${count}`;
}
