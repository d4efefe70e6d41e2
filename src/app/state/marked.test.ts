import { expect, test } from "vitest";
import { syntheticTrace } from "../../../test/synthetic.ts";
import { scoresOf } from "../../analysis/index.ts";
import { draftOf } from "./draft.ts";
import { askedBy } from "./marked.ts";
import { START } from "./place.ts";
import { AppState } from "./state.ts";

const trace = syntheticTrace({ layers: 2, heads: 4, tokens: 8, store: "qk", headSize: 8 });
const run = { trace, seconds: null, example: null, input: { ...draftOf(START), text: "a" }, picture: null };

function shown(): AppState {
  const app = new AppState();
  app.show(run, new Map([["self", scoresOf(trace, "self")]]), START, "push");
  return app;
}

test("a region pins its rows and ranks heads by what they give to its columns, in one step", () => {
  const app = shown();
  const before = app.standing;
  const selection = { ...app.selection.value!, pins: [4, 5], side: "query" as const };
  app.regions.onReadRegion({ selection, keys: [1, 2] });
  expect(app.place.value).toMatchObject({ pins: [4, 5], to: [1, 2], score: "words" });
  expect(app.regions.to.value).toEqual([1, 2]);
  const [best] = app.scores.ranking.value!.rows;
  const rows = [4, 5].map((query) => trace.attention("self", best!.layer, best!.head, query, query + 1));
  const mean = rows.reduce((sum, row) => sum + row[1]! + row[2]!, 0) / 2;
  expect(best!.value).toBeCloseTo(mean, 6);
  expect(app.steps.count.value.back).toBe(1);
  app.settle(app.steps.next("undo", app.place.value)!.undo);
  expect([app.place.value.to, app.selection.value!.pins]).toEqual([[], before.pins]);
});

test("whole rows ask for no word, and leave a score that is no question as it is", () => {
  expect(askedBy([], { ...START, score: "words" })).toEqual({ to: [], score: null });
  expect(askedBy([], { ...START, score: "entropy" })).toEqual({ to: [], score: "entropy" });
  expect(askedBy([3], { ...START, score: "entropy" })).toEqual({ to: [3], score: "words" });
});

test("words that the run does not have are framed nowhere", () => {
  const app = shown();
  app.go({ to: [2, 99] });
  expect(app.regions.to.value).toEqual([2]);
});
