// What the fields hold and are for: the part of a place that decides what is run.

import type { OpenedModel } from "../../wire/protocol.ts";
import type { Place } from "./place.ts";

/** What the fields hold; "" where one is empty or not there. */
export type Draft = Pick<Place, "text" | "pair" | "target" | "image" | "chat" | "b">;

/** The part of a place that the fields show. */
export function draftOf({ text, pair, target, image, chat, b }: Draft): Draft {
  return { text, pair, target, image, chat, b };
}

/** True if two drafts run the same. */
export function sameDraft(a: Draft, b: Draft): boolean {
  return JSON.stringify(draftOf(a)) === JSON.stringify(draftOf(b));
}

/** What Run reads: one text, two sentences, source and target, token ids, or a picture. */
export type Reads = "text" | "pair" | "translate" | "ids" | "picture";

/** True if an open model looks at the draft's picture: always, or where one is chosen beside text. */
export function looksAt({ kind, pictures }: OpenedModel, { image }: Pick<Draft, "image">): boolean {
  return kind === "vision" || (pictures && image !== "");
}

/** What an open model reads of a draft. */
export function readsOf(opened: OpenedModel, draft: Pick<Draft, "image">): Reads {
  const { kind, pairs, readsText } = opened;
  if (looksAt(opened, draft)) return "picture";
  if (kind === "encoder-decoder") return "translate";
  if (!readsText) return "ids";
  return pairs ? "pair" : "text";
}

const KEPT = "headscope.draft";

/** Keep what the fields hold, for a reload of this address; nothing where it is what the run had. */
export function leaveDraft(
  storage: Pick<Storage, "setItem" | "removeItem">,
  hash: string,
  app: {
    readonly draft: { readonly value: Draft };
    readonly run: { readonly value: { readonly input: Draft } | null };
  },
): void {
  const draft = draftOf(app.draft.value);
  if (app.run.value && sameDraft(app.run.value.input, draft)) storage.removeItem(KEPT);
  else storage.setItem(KEPT, JSON.stringify({ hash, draft }));
}

/** What was kept for this address, once. */
export function takeDraft(storage: Pick<Storage, "getItem" | "removeItem">, hash: string): Draft | null {
  try {
    const kept = JSON.parse(storage.getItem(KEPT) ?? "null") as { hash?: unknown; draft?: Draft } | null;
    storage.removeItem(KEPT);
    return kept?.draft && kept.hash === hash ? draftOf(kept.draft) : null;
  } catch {
    return null;
  }
}
