import { describe, expect, test } from "vitest";
import { syntheticTrace } from "../../../test/synthetic.ts";
import { writeTrace } from "../../trace/index.ts";
import { EngineClient } from "../../wire/client.ts";
import { type Answers, packTrace, type Reply, type Request } from "../../wire/protocol.ts";
import type { WorkerLike } from "../../wire/rpc.ts";
import { ServerError } from "../fetching.ts";
import { trustedIn } from "../state/hosts.ts";
import { SAMPLING, START } from "../state/place.ts";
import { AppState } from "../state/state.ts";
import { inputOf } from "../state/texts.ts";
import { Actions } from "./actions.ts";
import { Engines } from "./engines.ts";

const trace = (seed: number) => syntheticTrace({ layers: 2, heads: 2, tokens: 5, seed });
const opened: Answers["open"] = {
  info: trace(1).manifest.model,
  kind: "causal",
  pairs: false,
  maxTokens: 256,
  captures: ["q"],
  threads: 1,
  runtime: "web",
  device: null,
  instead: null,
  pictures: false,
  notes: [],
  readsText: true,
  writes: true,
  says: null,
  chat: false,
  rotary: null,
};

/** A page whose worker answers when the test lets it. */
function start(files: Record<string, Uint8Array> = {}) {
  const asked: Request[] = [];
  const worker: WorkerLike = {
    postMessage: (message) => asked.push(message as Request),
    terminate: () => {},
    onmessage: null,
    onerror: null,
    onmessageerror: null,
  };
  const say = (reply: Reply) => worker.onmessage?.({ data: reply } as MessageEvent<Reply>);
  const app = new AppState();
  app.bundled.value = [
    { name: "stories-gpt2", family: "gpt2", layers: 2, heads: 2, bytes: 9, about: "", files: [] },
  ];
  const client = new EngineClient(() => worker);
  const actions = new Actions(app, new Engines(app, { browser: client, native: client, webgpu: client }), {
    fetchBytes: async (url) => files[url] ?? Promise.reject(new ServerError("gone", { code: "own-server" })),
    resolve: (url) => `http://localhost/${url}`,
    decodePicture: async () => ({ width: 1, height: 1, data: new Uint8Array(4) }),
    now: () => 0,
    clock: () => 0,
    home: "localhost",
    trusted: trustedIn(null),
  });
  const next = async (kind: Request["kind"]) => {
    await expect.poll(() => asked.some((r) => r.kind === kind)).toBe(true);
    return asked.splice(
      asked.findIndex((r) => r.kind === kind),
      1,
    )[0]!;
  };
  const finish = ({ id }: Request, seed: number) => {
    const { manifest, tensors } = packTrace(trace(seed).parts());
    say({ id, kind: "done", answer: { manifest, seconds: 0.01 }, tensors });
  };
  return { app, actions, say, next, finish };
}

const live = { ...START, model: "stories-gpt2" };

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
