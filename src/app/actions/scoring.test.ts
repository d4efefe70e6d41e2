import { expect, test } from "vitest";
import { syntheticTrace } from "../../../test/synthetic.ts";
import { draftOf } from "../state/draft.ts";
import { START } from "../state/place.ts";
import { bestHead } from "../state/ranking.ts";
import { scoresOf } from "../state/scores.ts";
import { AppState } from "../state/state.ts";
import { AnalysisClient } from "../worker/analysis.ts";
import { scoreBlock } from "./scoring.ts";

const trace = syntheticTrace({ layers: 4, heads: 4, tokens: 300, store: "qk", headSize: 32 });
const scores = scoresOf(trace, "self");

/** A page with a long run whose scores come when the test says so. */
function start() {
  const app = new AppState();
  let answer: (() => void) | undefined;
  const worker: ConstructorParameters<typeof AnalysisClient>[0] = () => {
    const made: ReturnType<ConstructorParameters<typeof AnalysisClient>[0]> = {
      postMessage: (message) => {
        const { id } = message as { id?: number };
        if (id) answer = () => made.onmessage?.({ data: { id, value: scores } } as MessageEvent);
      },
      onmessage: null,
    };
    return made;
  };
  const run = { trace, seconds: 1, example: null, input: draftOf(START), picture: null };
  app.show(run, new Map(), START, "push");
  scoreBlock(app, new AnalysisClient(worker));
  const arrive = async () => {
    answer?.();
    await Promise.resolve();
  };
  return { app, arrive };
}

test("when the scores of a long run arrive, its best head is shown", async () => {
  const { app, arrive } = start();
  expect(app.selection.value).toMatchObject({ layer: 0, focus: 0 });
  await arrive();
  const { layer, head } = bestHead(scores[0]);
  expect([layer, head]).not.toEqual([0, 0]);
  expect(app.selection.value).toMatchObject({ layer, focus: head });
});

test.each([
  ["a head", { layer: 2, heads: [1], focus: 1 }],
  ["a word", { pins: [5] }],
  ["another view", { view: "lines" as const }],
])("who has chosen %s by then stays there", async (_, chosen) => {
  const { app, arrive } = start();
  app.go(chosen);
  const before = app.selection.value;
  await arrive();
  expect(app.scores.value).toHaveLength(scores.length);
  expect(app.selection.value).toEqual(before);
});
