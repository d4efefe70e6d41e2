// The list of edits of a page: each with a switch. In the address it is their sentences.

import { type Edit, EditError, editFromText, editText } from "../../../trace/index.ts";

/** An edit in the list, and whether it counts. */
export interface PlacedEdit {
  readonly edit: Edit;
  readonly on: boolean;
}

/** Longest list that an address may ask for. */
const MOST = 100;
/** In front of the sentence of an edit that is switched off. */
const OFF = "!";

/** The edits that count, in their order. */
export function activeOf(edits: readonly PlacedEdit[]): Edit[] {
  return edits.filter(({ on }) => on).map(({ edit }) => edit);
}

/** True if an edit reads the run of the other text. */
export function readsOther(edits: readonly Edit[]): boolean {
  return edits.some((edit) => "from" in edit && edit.from === "other");
}

/** Sentences with semicolons between. Pairs are written as their two units, so that they need no model to be read. */
export function writeEdits(edits: readonly PlacedEdit[]): string {
  return edits.map(({ edit, on }) => `${on ? "" : OFF}${editText(edit)}`).join(";");
}

/** The list again, and the sentences that are none. */
export function readEdits(text: string): { edits: readonly PlacedEdit[]; unread: readonly string[] } {
  const sentences = text.split(";", MOST).filter((sentence) => sentence.trim() !== "");
  const read = sentences.map((sentence) => ({ sentence, placed: readOne(sentence.trim()) }));
  return {
    edits: read.flatMap(({ placed }) => placed ?? []),
    unread: read.filter(({ placed }) => placed === null).map(({ sentence }) => sentence),
  };
}

function readOne(sentence: string): PlacedEdit | null {
  const on = !sentence.startsWith(OFF);
  try {
    return { edit: editFromText(on ? sentence : sentence.slice(OFF.length)), on };
  } catch (error) {
    if (error instanceof EditError) return null;
    throw error;
  }
}
