// Edits that put different numbers in the same places: the first would be lost without a word, and so is refused. An edit
// that is covered in part only is none, nor are two that put the same numbers.

import { type Edit, EditError, isCellEdit } from "./edit.ts";
import { editText } from "./text.ts";

/** Where an edit acts in one tensor; lists are ascending. A Site of resolve.ts is one. */
export interface Placed {
  readonly index: number;
  readonly edit: Edit;
  readonly tensor: string;
  readonly heads: readonly number[];
  readonly positions: readonly number[];
  readonly columns: readonly number[];
}

/** Throws an EditError where a later edit leaves nothing of an earlier one. */
export function refuseContradictions(edits: readonly Edit[], sites: readonly Placed[]): void {
  const isLost = losses(edits, sites);
  for (const [later, edit] of edits.entries()) {
    const lost = edits.slice(0, later).find((_, earlier) => isLost(earlier, later));
    if (lost) refuse(edit, lost);
  }
}

/** The indices below `count` of edits of which those from `count` on leave something. */
export function remaining(edits: readonly Edit[], sites: readonly Placed[], count: number): number[] {
  const isLost = losses(edits, sites);
  const over = edits.map((_, index) => index).slice(count);
  const under = edits.map((_, index) => index).slice(0, count);
  return under.filter((earlier) => !over.some((later) => isLost(earlier, later)));
}

/** Tells of two edits whether the later one leaves nothing of the earlier one. */
function losses(edits: readonly Edit[], sites: readonly Placed[]) {
  const own = edits.map((_, index) => sites.filter((site) => site.index === index));
  const places = edits.map(placePut);
  return (earlier: number, later: number): boolean => {
    const [before, after] = [edits[earlier]!, edits[later]!];
    if (places[earlier] === null || places[later] === null) return false;
    if (readsWhatItReplaces(after) || sameNumbers(before, after)) return false;
    return places[earlier] === places[later] || covers(own[later]!, own[earlier]!);
  };
}

function refuse(edit: Edit, lost: Edit): never {
  throw new EditError(
    `Edit "${editText(edit)}": it contradicts "${editText(lost)}", as it puts other numbers in the same place.`,
    { data: { edit } },
  );
}

/** Names the place that an edit puts numbers in; null for one that changes those that are there. */
function placePut(edit: Edit): string | null {
  if (edit.op === "scale" || edit.op === "add") return null;
  const { op: _, value: __, from: ___, ...place } = edit as unknown as Record<string, unknown>;
  return JSON.stringify(Object.entries(place).sort());
}

/** The mean of this run is taken of what earlier edits left, so they are not lost. */
function readsWhatItReplaces(edit: Edit): boolean {
  return edit.op === "mean" && edit.from === "self";
}

function sameNumbers(a: Edit, b: Edit): boolean {
  const numbers = (edit: Edit) => [
    edit.op,
    "value" in edit ? edit.value : null,
    "from" in edit ? edit.from : null,
  ];
  return numbers(a).join() === numbers(b).join();
}

/** Whether one edit acts at every place of another, which has some. */
function covers(over: readonly Placed[], under: readonly Placed[]): boolean {
  const byTensor = new Map(over.map((site) => [site.tensor, site]));
  return (
    under.length > 0 &&
    under.every((site) => {
      const above = byTensor.get(site.tensor);
      if (!above || site.positions.length === 0) return false;
      const lists = ["heads", "positions", ...(isWhole(above.edit) ? [] : (["columns"] as const))] as const;
      return lists.every((list) => within(site[list], above[list]));
    })
  );
}

/** True for an edit of whole vectors: how wide they are may be unknown. */
function isWhole(edit: Edit): boolean {
  return !isCellEdit(edit) && edit.unit === undefined;
}

/** Whether an ascending list is part of another one. */
function within(part: readonly number[], whole: readonly number[]): boolean {
  let at = 0;
  return part.every((number) => {
    while (at < whole.length && whole[at]! < number) at++;
    return whole[at] === number;
  });
}
