// Runs of the open model: the newest is shown, Stop and failures leave what was there.

import { describe, expect, test } from "vitest";
import { live, opened, start, trace } from "../../../test/support/page-actions.ts";
import { packTrace } from "../../wire/protocol.ts";
import { START } from "../state/place.ts";
import { inputOf } from "../state/texts.ts";

describe("actions", () => {
  test("open a model once, run texts, and show the newest even if an older one ends later", async () => {
    const { app, actions, say, next, finish } = start();
    const first = actions.run({ ...live, text: "one" });
    const open = await next("open");
    say({ id: open.id, kind: "done", answer: opened });
    const one = await next("run");
    const second = actions.run({ ...live, text: "two" });
    const two = await next("run");
    expect((await next("cancel")).id).toBe(one.id);
    finish(two, 2);
    await second;
    finish(one, 1);
    await first;
    expect(app.place.value.text).toBe("two");
    expect(app.run.value!.trace.attention("self", 0, 0)).toEqual(trace(2).attention("self", 0, 0));
    expect(app.loading.value).toBeNull();
  });

  test("show a recent run where it was left without asking for it, and ask again for one that is an address", async () => {
    const { app, actions, say, next, finish } = start();
    const first = actions.run({ ...live, text: "one" });
    say({ id: (await next("open")).id, kind: "done", answer: opened });
    finish(await next("run"), 1);
    await first;
    app.go({ layer: 1, heads: [0], focus: 0 });
    const second = actions.run({ ...live, text: "two", theme: "dark" });
    finish(await next("run"), 2);
    await second;
    const [two, one] = app.recent.list.value;
    expect([two!.run === app.run.value, one!.place.layer]).toEqual([true, 1]);
    await actions.visiting.recall(one!);
    expect(app.place.value).toMatchObject({ text: "one", layer: 1, heads: [0], theme: "dark" });
    expect(app.run.value!.trace).toBe(one!.run!.trace);
    expect(app.recent.list.value.map(({ id }) => id)).toEqual([two!.id, one!.id]);

    const again = actions.visiting.recall({ ...two!, run: null });
    finish(await next("run"), 3);
    await again;
    expect(app.place.value.text).toBe("two");
    expect(app.recent.list.value.map(({ about }) => about.text)).toEqual(["two", "one"]);
    expect(app.run.value!.trace).not.toBe(two!.run!.trace);
  });

  test("count the tokens of what is typed, and ask for none of what is shown", async () => {
    const { app, actions, say, next, finish } = start();
    const first = actions.run({ ...live, text: "one" });
    say({ id: (await next("open")).id, kind: "done", answer: opened });
    finish(await next("run"), 1);
    await first;
    const { signal } = new AbortController();
    await actions.countDraft(signal);
    app.draft.value = { ...app.draft.value, text: "another" };
    const counting = actions.countDraft(signal);
    const asked = await next("tokens");
    expect(asked).toMatchObject({ input: { text: "another" } });
    say({ id: asked.id, kind: "done", answer: [[]] });
    await counting;
    expect(app.draftTokens.value).toEqual([0]);
  });

  test("say that a run was stopped, at once, and keep the picture and the open model", async () => {
    const { app, actions, say, next, finish } = start();
    const first = actions.run({ ...live, text: "one" });
    say({ id: (await next("open")).id, kind: "done", answer: opened });
    finish(await next("run"), 1);
    await first;
    void actions.run({ ...live, text: "long" });
    const asked = await next("run");
    actions.stop();
    expect((await next("cancel")).id).toBe(asked.id);
    expect(app.loading.value).toBeNull();
    expect(app.notice.value).toMatchObject({ kind: "info", title: "stories-gpt2 was stopped" });
    expect([app.place.value.text, app.live.value?.key]).toEqual(["one", "stories-gpt2"]);
  });

  test("show a long run before it is whole, and take it back when it is stopped", async () => {
    const { app, actions, say, next, finish } = start();
    const first = actions.run({ ...live, text: "one" });
    say({ id: (await next("open")).id, kind: "done", answer: opened });
    finish(await next("run"), 1);
    await first;
    const { manifest, tensors } = packTrace(trace(2).parts());
    const early = tensors.filter(([name]) => name.startsWith("self.0."));
    const part = { what: "layers", done: 1, total: 2, manifest } as const;
    for (const ending of ["stop", "finish"]) {
      const run = actions.run({ ...live, text: "two" });
      const asked = await next("run");
      say({ id: asked.id, kind: "progress", progress: part, tensors: early });
      expect(app.place.value.text).toBe("one");
      await expect.poll(() => app.arriving.value, { timeout: 2000 }).toBe(1);
      expect([app.place.value.text, app.scores.all.value.length]).toEqual(["two", 0]);
      expect([app.attention.value!.state(0), app.attention.value!.state(1)]).toEqual(["here", "pending"]);
      if (ending === "stop") {
        actions.stop();
        expect([app.place.value.text, app.arriving.value, app.scores.all.value.length > 0]).toEqual([
          "one",
          null,
          true,
        ]);
        say({ id: asked.id, kind: "failed", error: { name: "AbortError", message: "", code: "", data: {} } });
      } else {
        finish(asked, 2);
        await run;
        expect([app.arriving.value, app.run.value!.seconds]).toEqual([null, 0.01]);
        expect(app.attention.value!.state(1)).toBe("here");
      }
    }
  });

  test("keep the run that is shown when the next one fails, and say why", async () => {
    const { app, actions, say, next, finish } = start();
    const first = actions.run({ ...live, text: "one" });
    say({ id: (await next("open")).id, kind: "done", answer: opened });
    finish(await next("run"), 1);
    await first;
    const shown = app.run.value;
    const second = actions.run({ ...live, text: "too long" });
    const length = { tokens: 300, limit: 256 };
    say({
      id: (await next("run")).id,
      kind: "failed",
      error: { name: "InputError", message: "", code: "too-long", data: length },
    });
    await second;
    expect(app.run.value).toBe(shown);
    expect(app.place.value.text).toBe("one");
    expect(app.notice.value!.title).toBe("This text is longer than stories-gpt2 can read");
    actions.act({ do: "cut", keep: "last" });
    expect(await next("run")).toMatchObject({ input: { text: "too long", cut: "last" } });
  });
});

test("a token goes to the hub with the next try only", async () => {
  const { actions, say, next } = start();
  void actions.run({ ...START, model: "org/gated", text: "a" });
  const first = await next("open");
  expect(first).toMatchObject({ source: { kind: "hub", id: "org/gated" } });
  say({
    id: first.id,
    kind: "failed",
    error: { name: "CheckpointError", message: "org/gated is gated: x", code: "gated", data: {} },
  });
  actions.giveToken(" hf_x ");
  expect(await next("open")).toMatchObject({ source: { token: "hf_x" } });
});

test("an input has only what the model takes", () => {
  const place = { text: "3, 1 4", pair: "b", target: "c", image: "", chat: true, b: "" };
  expect(inputOf(place, { kind: "causal", pairs: false, readsText: true, chat: false })).toEqual({
    text: "3, 1 4",
  });
  expect(inputOf(place, { kind: "encoder", pairs: true, readsText: true, chat: false })).toEqual({
    text: "3, 1 4",
    pair: "b",
  });
  expect(inputOf(place, { kind: "encoder-decoder", pairs: false, readsText: true, chat: false })).toEqual({
    text: "3, 1 4",
    target: "c",
  });
  expect(inputOf(place, { kind: "causal", pairs: false, readsText: true, chat: true })).toEqual({
    text: "3, 1 4",
    chat: true,
  });
  expect(inputOf(place, { kind: "causal", pairs: false, readsText: false, chat: false }, "first")).toEqual({
    ids: [3, 1, 4],
    cut: "first",
  });
});
