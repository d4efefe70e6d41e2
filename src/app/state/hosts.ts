// Which other computer an address leads to. A link is followed there only after its reader agreed: the host learns who
// looks, and a model can be large.

import type { BundledModel } from "../../wire/catalog.ts";
import type { Place } from "./place.ts";

/** Where models of the hub come from, in the page's words. */
export const HUB = "huggingface.co";

/** What is at hand without asking another host. */
export interface AtHand {
  /** Host of the page itself, e.g. "localhost:4173". */
  readonly home: string;
  readonly bundled: readonly BundledModel[];
  /** Ids of the hub's models that are in this computer's cache. */
  readonly cached: readonly string[];
}

/** The host that a place's run or model comes from; null where it is the page's own, or the reader's computer. */
export function hostOf({ trace, model }: Pick<Place, "trace" | "model">, at: AtHand): string | null {
  if (trace !== null) return foreign(trace, at.home);
  if (model === null || /^(opened:|local\/)/.test(model)) return null;
  if (/^https?:/i.test(model)) return foreign(model, at.home);
  if (at.bundled.some(({ name }) => name === model)) return null;
  return at.cached.includes(model.replace(/@main$/, "")) ? null : HUB;
}

function foreign(address: string, home: string): string | null {
  if (!/^https?:/i.test(address) || !URL.canParse(address)) return null;
  const { host } = new URL(address);
  return host === home ? null : host;
}

/** Hosts that may be asked, kept while a tab is open. */
export interface Trusted {
  has(host: string): boolean;
  add(host: string): void;
}

/** Hosts in a tab's storage; in memory alone where there is none. */
export function trustedIn(storage: Pick<Storage, "getItem" | "setItem"> | null): Trusted {
  const hosts = new Set<string>(kept(storage));
  return {
    has: (host) => hosts.has(host),
    add: (host) => {
      hosts.add(host);
      storage?.setItem(KEY, JSON.stringify([...hosts]));
    },
  };
}

const KEY = "headscope.hosts";

function kept(storage: Pick<Storage, "getItem"> | null): string[] {
  try {
    const found: unknown = JSON.parse(storage?.getItem(KEY) ?? "[]");
    return Array.isArray(found) ? found.filter((host) => typeof host === "string") : [];
  } catch {
    return [];
  }
}
