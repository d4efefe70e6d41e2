import { expect, test } from "vitest";
import { syntheticTrace } from "../../../test/synthetic.ts";
import { scoresOf } from "../../analysis/index.ts";
import { lookAt } from "../../wire/looks.ts";
import { draftOf } from "../state/draft.ts";
import { START } from "../state/place.ts";
import { bestHead } from "../state/ranking.ts";
import { AppState } from "../state/state.ts";
import { AnalysisClient } from "../worker/analysis.ts";
import { Looking } from "../worker/looking.ts";
import { scoreBlock } from "./scoring.ts";

const trace = syntheticTrace({ layers: 4, heads: 4, tokens: 300, store: "qk", headSize: 32 });
const scores = scoresOf(trace, "self");
const [answer, tensors] = await lookAt(trace, { kind: "scores", block: "self" }, async () => {});
const ANSWER = { answer, tensors };

/** No engine keeps the run: the page's worker is asked. */
const NO_ENGINE = { holds: () => false, look: () => Promise.reject(new Error("asked in vain")) };

/** A page with a long run whose scores come when the test says so. */
function start() {
  const app = new AppState();
  let answer: ((reply: object) => void) | undefined;
  const worker: ConstructorParameters<typeof AnalysisClient>[0] = () => {
    const made: ReturnType<ConstructorParameters<typeof AnalysisClient>[0]> = {
      postMessage: (message) => {
        const { id, kind } = message as { id: number; kind: string };
        const say = (reply: object) => made.onmessage?.({ data: { id, ...reply } } as MessageEvent);
        if (kind === "trace") queueMicrotask(() => say({ kind: "done", answer: null }));
        else answer = say;
      },
      terminate: () => {},
      onmessage: null,
      onerror: null,
      onmessageerror: null,
    };
    return made;
  };
  const run = { trace, seconds: 1, example: null, input: draftOf(START), picture: null };
  app.show(run, new Map(), START, "push");
  scoreBlock(app, new Looking(() => NO_ENGINE, new AnalysisClient(worker)));
  const say = async (reply: object) => {
    await expect.poll(() => answer).toBeDefined();
    answer!(reply);
    await new Promise((resume) => setTimeout(resume));
  };
  return { app, say, arrive: () => say({ kind: "done", ...ANSWER }) };
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
  expect(app.scores.all.value).toHaveLength(scores.length);
  expect(app.selection.value).toEqual(before);
});

test("scores that cannot be computed are said, and nobody waits for them", async () => {
  const { app, say } = start();
  const error = { name: "TraceError", message: "There is no q in layer 3.", code: "", data: {} };
  await say({ kind: "failed", error });
  expect(app.scoresByBlock.value.get("self")).toEqual([]);
  expect(app.notice.value!.text).toContain("There is no q in layer 3.");
});

test("scores of the run before a slider moved stay until those of the run that is shown are made", () => {
  const app = new AppState();
  const of = (seed: number) => syntheticTrace({ layers: 2, heads: 2, tokens: 8, seed });
  const run = { seconds: 1, example: null, input: draftOf(START), picture: null };
  const [before, after] = [of(1), of(2)];
  app.show({ ...run, trace: before }, new Map([["self", scoresOf(before, "self")]]), START, "push");
  const thumbnails = app.readings.thumbnails.value;
  app.behind.value = true;
  app.show({ ...run, trace: after }, app.scoresByBlock.value, START, "replace");
  expect(app.scores.all.value).toEqual(scoresOf(before, "self"));
  expect(app.readings.thumbnails.value).toBe(thumbnails);
  const nobody = () => {
    throw new Error("a short run needs no worker");
  };
  scoreBlock(app, new Looking(() => NO_ENGINE, new AnalysisClient(nobody)));
  expect(app.scores.all.value).toEqual(scoresOf(after, "self"));
  expect(app.readings.thumbnails.value).not.toBe(thumbnails);
});
