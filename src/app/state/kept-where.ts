// Where models run, remembered by this browser: it belongs to the reader's machine and not to what is shown, so that no
// link turns on the graphics device of who follows it.

import type { Where } from "./run.ts";

const KEY = "headscope.where";
const ALL: readonly Where[] = ["native", "browser", "webgpu"];

/** What was chosen before, or null; `storage` may refuse, as browsers let their users forbid it. */
export function keptWhere(storage: () => Pick<Storage, "getItem">): Where | null {
  try {
    const found = storage().getItem(KEY);
    return ALL.find((where) => where === found) ?? null;
  } catch {
    return null;
  }
}

/** Remember a choice. */
export function keepWhere(storage: () => Pick<Storage, "setItem">, where: Where): void {
  try {
    storage().setItem(KEY, where);
  } catch {
    // It holds for this tab.
  }
}
