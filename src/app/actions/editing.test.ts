// A slider that moves faster than its model runs: what is run of its way, and what its release does.

import { expect, test } from "vitest";
import { editFromText, editText } from "../../trace/index.ts";
import type { PlacedEdit } from "../state/edits/edits.ts";
import { AppState } from "../state/state.ts";
import { Editing } from "./editing.ts";

const listOf = (value: number): readonly PlacedEdit[] => [
  { on: true, edit: editFromText(`scale head 0.0 by ${value}`) },
];
const turnedTo = ([first]: readonly PlacedEdit[]) => Number(editText(first!.edit).split(" ").at(-1));

/** A list whose runs end when the test says so. */
function start() {
  const app = new AppState();
  app.settle({ edits: listOf(1) });
  const runs: { readonly value: number; readonly end: (shown: boolean) => Promise<void> }[] = [];
  const editing = new Editing(app, {
    edits: (edits) =>
      new Promise((resolve) => {
        const end = async (shown: boolean) => {
          if (shown) app.settle({ edits });
          resolve();
          await new Promise((resume) => setTimeout(resume));
        };
        runs.push({ value: turnedTo(edits), end });
      }),
    place: async () => undefined,
  });
  const values = () => runs.map(({ value }) => value);
  return { app, editing, runs, values };
}

test("a value is run to its end while a slider moves on, and the newest one is run next", async () => {
  const { app, editing, runs, values } = start();
  for (const value of [1.1, 1.2, 1.3]) void editing.setValue(0, value, true);
  expect(values()).toEqual([1.1]);
  expect(turnedTo(editing.list)).toBe(1.3);
  await runs[0]!.end(true);
  expect(turnedTo(app.place.value.edits)).toBe(1.1);
  expect(values()).toEqual([1.1, 1.3]);
  expect(turnedTo(editing.list)).toBe(1.3);
  await runs[1]!.end(true);
  expect(app.edits.pending.value).toBeNull();
  void editing.setValue(0, 1.4, true);
  expect(values()).toEqual([1.1, 1.3, 1.4]);
});

test("what a slider is left at is run at once, and nothing of its way after that", async () => {
  const { app, editing, runs, values } = start();
  for (const value of [1.1, 1.2]) void editing.setValue(0, value, true);
  const released = editing.setValue(0, 1.5, false);
  expect(values()).toEqual([1.1, 1.5]);
  await runs[0]!.end(false);
  await runs[1]!.end(true);
  await released;
  expect(values()).toEqual([1.1, 1.5]);
  expect(turnedTo(app.place.value.edits)).toBe(1.5);
  const undone = editing.undo();
  expect(values().at(-1)).toBe(1);
  await runs.at(-1)!.end(true);
  await undone;
  expect(app.steps.count.value.back).toBe(0);
});
