// The list of recent runs over a reload: their addresses, in the tab's own storage. The runs themselves are lost.

import { type AboutRun, isRepeatable, type RecentRun } from "./recent-runs.ts";
import { readUrl, writeUrl } from "./url.ts";

const KEPT = "headscope.recent";

/** Keep the addresses of what can be run again. */
export function leaveRecent(storage: Pick<Storage, "setItem">, list: readonly RecentRun[]): void {
  const kept = list
    .filter(({ place }) => isRepeatable(place))
    .map(({ place, about, made }) => ({ hash: writeUrl(place), about, made }));
  try {
    storage.setItem(KEPT, JSON.stringify(kept));
  } catch {
    // The storage is full or closed: the list begins anew.
  }
}

/** What was kept; what makes no sense is left out. */
export function takeRecent(storage: Pick<Storage, "getItem">): Omit<RecentRun, "id" | "run">[] {
  try {
    const kept: unknown = JSON.parse(storage.getItem(KEPT) ?? "[]");
    return Array.isArray(kept) ? kept.flatMap(readOne) : [];
  } catch {
    return [];
  }
}

function readOne(kept: { hash?: unknown; made?: unknown; about?: Partial<AboutRun> } | null) {
  const { hash, made, about } = kept ?? {};
  if (typeof hash !== "string" || typeof made !== "number" || !isAbout(about)) return [];
  return [{ place: readUrl("", `#${hash}`), made, about }];
}

function isAbout(about: Partial<AboutRun> | undefined): about is AboutRun {
  return (
    typeof about?.model === "string" &&
    typeof about.text === "string" &&
    typeof about.tokens === "number" &&
    typeof about.edits === "number" &&
    typeof about.recorded === "boolean"
  );
}
