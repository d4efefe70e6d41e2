// Texts that the open model goes on with.

import { describe, expect, test } from "vitest";
import { live, opened, start } from "../../../test/support/page-actions.ts";
import { SAMPLING } from "../state/place.ts";

describe("a continuation", () => {
  test("is written first, shown word by word, and then run behind the text", async () => {
    const { app, actions, say, next, finish } = start();
    app.draft.value = { ...app.draft.value, text: "Once" };
    app.go({ model: "stories-gpt2" });
    const done = actions.continueDraft();
    say({ id: (await next("open")).id, kind: "done", answer: opened });
    const asked = await next("generate");
    expect(asked).toMatchObject({ input: { text: "Once" }, sampling: { tokens: 20, temperature: 0 } });
    say({ id: asked.id, kind: "progress", progress: { what: "tokens", done: 1, total: 20, text: " upon" } });
    expect(app.writing.value).toEqual({ prompt: "Once", text: " upon", done: 1, total: 20 });
    say({ id: asked.id, kind: "done", answer: [7] });
    const run = await next("run");
    expect(run).toMatchObject({ input: { text: "Once", continuation: [7] } });
    expect(app.writing.value).toBeNull();
    finish(run, 1);
    await done;
    expect(app.place.value).toMatchObject({ text: "Once", more: { tokens: 20 } });
    void actions.continueDraft();
    expect(await next("generate")).toMatchObject({ sampling: { tokens: 40 } });
  });

  test("ends with Stop, and what is there is run", async () => {
    const { app, actions, say, next, finish } = start();
    const done = actions.run({ ...live, text: "Once", more: SAMPLING });
    say({ id: (await next("open")).id, kind: "done", answer: opened });
    const asked = await next("generate");
    actions.stop();
    expect((await next("cancel")).id).toBe(asked.id);
    say({ id: asked.id, kind: "done", answer: [7] });
    const run = await next("run");
    expect(run).toMatchObject({ input: { continuation: [7] } });
    finish(run, 1);
    await done;
    expect(app.place.value.more).toEqual(SAMPLING);
  });

  test("that was stopped before it began leaves the page as it was; one that ends at once says so", async () => {
    const { app, actions, say, next, finish } = start();
    const first = actions.run({ ...live, text: "Once", more: SAMPLING });
    say({ id: (await next("open")).id, kind: "done", answer: opened });
    const asked = await next("generate");
    actions.stop();
    say({ id: asked.id, kind: "done", answer: [] });
    await first;
    expect([app.run.value, app.notice.value, app.loading.value]).toEqual([null, null, null]);
    const second = actions.run({ ...live, text: "Once", more: SAMPLING });
    say({ id: (await next("generate")).id, kind: "done", answer: [] });
    finish(await next("run"), 1);
    await second;
    expect(app.notice.value!.title).toBe("Nothing was added");
  });

  test("is left alone by a newer run", async () => {
    const { app, actions, say, next, finish } = start();
    void actions.run({ ...live, text: "Once", more: SAMPLING });
    say({ id: (await next("open")).id, kind: "done", answer: opened });
    const asked = await next("generate");
    const second = actions.run({ ...live, text: "two" });
    expect(app.writing.value).toBeNull();
    const run = await next("run");
    say({ id: asked.id, kind: "done", answer: [7] });
    finish(run, 2);
    await second;
    expect(app.place.value).toMatchObject({ text: "two", more: null });
  });
});
