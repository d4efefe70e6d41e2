// What is opened beside a model's runs: recorded runs, files, pictures, addresses.

import { describe, expect, test } from "vitest";
import { live, opened, start, trace } from "../../../test/support/page-actions.ts";
import { writeTrace } from "../../trace/index.ts";

describe("files", () => {
  test("show recorded runs, and again without asking for them twice", async () => {
    const bytes = writeTrace(trace(3));
    const files: Record<string, Uint8Array> = { "gallery/a.safetensors": bytes };
    const { app, actions } = start(files);
    await actions.visiting.visit("", "#trace=gallery/a.safetensors&l=1&h=0");
    expect(app.selection.value).toMatchObject({ layer: 1, heads: [0] });
    expect(app.run.value!.seconds).toBeNull();
    delete files["gallery/a.safetensors"];
    await actions.visiting.visit("", "#trace=gallery/a.safetensors&l=0&h=1");
    expect(app.selection.value).toMatchObject({ layer: 0, heads: [1] });
    expect(app.notice.value).toBeNull();
    await actions.visiting.visit("", "#trace=gallery/b.safetensors");
    expect(app.notice.value!.title).toBe("headscope on this machine does not answer");
  });

  test("refuse files that are no run, naming what there is", async () => {
    const { app, actions } = start();
    await actions.opening.files([{ path: "notes.txt", blob: new Blob(["hello"]) }]);
    expect(app.notice.value!.text).toContain("Among 1 file (notes.txt) there is neither a config.json");
    await actions.opening.files([{ path: "x.safetensors", blob: new Blob(["hello"]) }]);
    expect(app.notice.value!.actions.length).toBeGreaterThan(0);
  });

  test("open a dropped checkpoint by its folder's name; a link to it says that it is gone", async () => {
    const { app, actions, next } = start();
    void actions.opening.files([{ path: "mine/config.json", blob: new Blob(["{}"]) }]);
    expect(await next("open")).toMatchObject({ source: { kind: "files", name: "mine" } });
    const other = start();
    await other.actions.visiting.visit("", "#model=opened:mine&text=a");
    expect(other.app.notice.value!.text).toContain("mine was opened from this machine and is not kept");
    expect(app.notice.value).toBeNull();
  });
});

describe("pictures", () => {
  const file = { path: "cat.png", blob: new Blob(["x"], { type: "image/png" }) };

  test("are refused where a text is read", async () => {
    const { app, actions } = start();
    await actions.opening.files([file]);
    expect(app.notice.value!.text).toContain("Open an image model (ViT, CLIP) to look at cat.png");
  });

  test("go to the other tower of a model that reads text too, and not where text is chosen again", async () => {
    const { app, actions, say, next, finish } = start();
    const done = actions.run({ ...live, text: "a cat" });
    say({ id: (await next("open")).id, kind: "done", answer: { ...opened, pictures: true } });
    const first = await next("run");
    expect(first).toMatchObject({ input: { text: "a cat" } });
    finish(first, 1);
    await done;
    expect(app.reads.value).toBe("text");
    const looked = actions.opening.files([file]);
    const second = await next("run");
    expect(second).toMatchObject({ input: { image: { width: 1 } } });
    expect(app.reads.value).toBe("picture");
    finish(second, 2);
    await looked;
    app.draft.value = { ...app.draft.value, image: "" };
    expect(app.reads.value).toBe("text");
    void actions.runDraft();
    expect(await next("run")).toMatchObject({ input: { text: "a cat" } });
  });

  test("go to the image model that is open; a link to one says that it is not kept", async () => {
    const { app, actions, say, next, finish } = start();
    const done = actions.run(live);
    say({ id: (await next("open")).id, kind: "done", answer: { ...opened, kind: "vision" } });
    const first = await next("run");
    expect(first).toMatchObject({ input: { image: { width: 224, height: 224 } } });
    finish(first, 1);
    await done;
    void actions.opening.files([file]);
    expect(await next("run")).toMatchObject({ input: { image: { width: 1 } } });
    await actions.run({ ...live, image: "dog.png" });
    expect(app.notice.value!.text).toContain("The picture dog.png is not kept in the address");
  });
});

test("what an address asks for without effect is said, with what to do", async () => {
  const { app, actions } = start({ "gallery/a.safetensors": writeTrace(trace(3)) });
  const said = async (rest: string): Promise<string | undefined> => {
    app.notice.value = null;
    await actions.visiting.visit("", `#trace=gallery/a.safetensors&l=0&h=1${rest}`);
    const notice = app.notice.peek();
    return notice ? `${notice.title}. ${notice.text}` : undefined;
  };
  expect(await said("&b=else")).toBeUndefined();
  expect(await said("&b=else&compare=side")).toBe(
    "Parts of this address have no effect. `compare=side`: The run was recorded, and a second one needs its model. Open the model above and run the text on it.",
  );
  expect(await said("&model=stories-gpt2&b=else&compare=difference")).toContain(
    "Press Run, and both are run",
  );
  expect(await said("&compare=side")).toContain("type a text to compare with, or edit the model");
  expect(await said("&filter=ab")).toContain("`filter=ab`: The run has one sentence.");
  expect(await said("&read=mean")).toContain("`read=mean`: Choose several heads to average them.");
  expect(await said("&pin=none&to=1")).toContain("`to=1`: No word is pinned; pin one.");
  expect(await said("&pin=2&to=1")).toBeUndefined();
  expect(await said("&beside=90&filter=ab")).toMatch(/were left out.*beside=90.*`filter=ab`/);
});

test("an address that leads nowhere is said, and the first example shown", async () => {
  const files = { "gallery/a.safetensors": writeTrace(trace(3)) };
  const { app, actions } = start(files);
  const example = { id: "a", title: "", text: "", trace: "a.safetensors", state: "", input: { text: "a" } };
  app.gallery.value = [
    { ...example, id: "recorded", trace: "gone", model: null },
    { ...example, chip: "a", model: "stories-gpt2" },
  ];
  await actions.visiting.visit("", "#trace=/etc/passwd");
  expect(app.run.value!.example).toBe("a");
  expect(app.notice.value!.title).toBe("A part of this address leads nowhere");
});
