import { expect, test } from "vitest";
import { EngineClient } from "../../wire/client.ts";
import type { Progress } from "../../wire/protocol.ts";
import { AppState } from "../state/state.ts";
import { Engines } from "./engines.ts";
import { LiveModel } from "./live-model.ts";
import { ModelBook } from "./model-book.ts";

/** A page that follows progress, and a clock in milliseconds that the test turns. */
function start() {
  const app = new AppState();
  const clock = { now: 0 };
  const client = new EngineClient(() => {
    throw new Error("Nothing is asked here.");
  });
  const engines = new Engines(app, { browser: client, native: client, webgpu: client });
  const models = new ModelBook(
    () => [],
    (url) => url,
  );
  const live = new LiveModel(app, engines, models, () => clock.now);
  const share = (progress: Progress) => {
    live.follow(progress, true);
    return app.loading.value!.share;
  };
  return { app, live, clock, share };
}

test("one share grows through reading, preparing and running, and never falls", () => {
  const { live, share } = start();
  live.restart();
  live.begin("m", "files", true);
  const seen = [
    share({ what: "bytes", done: 40, total: 100 }),
    share({ what: "parts", done: 1, total: 4 }),
    share({ what: "bytes", done: 90, total: 100 }),
    share({ what: "parts", done: 4, total: 4 }),
  ];
  live.begin("m", "run", true);
  seen.push(share({ what: "layers", done: 3, total: 30 }), share({ what: "layers", done: 30, total: 30 }));
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
  expect([seen[0]! > 0, seen.at(-1)]).toEqual([true, 1]);
});

test("a run of an open model takes the whole share, and says how long it will take", () => {
  const { app, live, clock, share } = start();
  live.restart();
  live.begin("m", "run", true);
  expect(share({ what: "layers", done: 1, total: 10 })).toBeCloseTo(0.1);
  expect(app.loading.value!.left).toBeNull();
  clock.now = 4000;
  share({ what: "layers", done: 2, total: 10 });
  expect(app.loading.value!.left).toBeCloseTo(16);
});
