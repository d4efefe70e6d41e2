import { describe, expect, test, vi } from "vitest";
import { syntheticTrace, syntheticTranslation } from "../../../test/synthetic.ts";
import { scoresOf, sliceOf } from "../../analysis/index.ts";
import { attentionOf, Trace } from "../../trace/index.ts";
import { draftOf } from "./draft.ts";
import { START } from "./place.ts";
import { AppState } from "./state.ts";

const trace = syntheticTrace({ layers: 3, heads: 4, tokens: 8, store: "qk", headSize: 8 });
const run = { trace, seconds: null, example: null, input: { ...draftOf(START), text: "a" }, picture: null };

function shown(): AppState {
  const app = new AppState();
  app.show(run, new Map([["self", scoresOf(trace, "self")]]), START, "push");
  return app;
}

describe("the page's state", () => {
  test("of a run: its best head, its last word, its ranking, its neurons", () => {
    const app = shown();
    const best = app.scores.ranking.value!.rows[0]!;
    expect(app.selection.value).toMatchObject({ layer: best.layer, heads: [best.head], pins: [7] });
    expect(app.scores.ranking.value!.rows).toHaveLength(12);
    expect(app.neurons.ready.value).toBe(true);
    expect(app.pinnedWords.value).not.toBe("");
  });

  test("without a run is empty and does not throw", () => {
    const app = new AppState();
    expect([
      app.selection.value,
      app.filter.value,
      app.scores.ranking.value,
      app.readings.thumbnails.value,
    ]).toEqual([null, null, null, null]);
    expect(app.modelName.value).toBe("No model");
  });

  test("lets no mark of a stranger's turn the direction of its title", () => {
    const app = new AppState();
    const model = { ...trace.manifest.model, name: "org/\u202egnp.exe\u0007" };
    const tensors = new Map(trace.names.map((name) => [name, trace.raw(name)!]));
    const named = new Trace({ ...trace.manifest, model }, tensors);
    const input = { ...draftOf(START), text: "a \u2066b" };
    app.show({ ...run, trace: named, input }, new Map([["self", scoresOf(named, "self")]]), START, "push");
    expect(app.modelName.value).toBe("\\u202Egnp.exe\\x07");
    expect(app.title.value).toMatch(/^\\u202Egnp\.exe\\x07 \d\.\d: a \\u2066b \| headscope$/);
  });

  test("gives views the same objects while what they say is the same", () => {
    const app = shown();
    const before = [app.selection.value, app.filter.value, app.readings.thumbnails.value];
    app.go({ theme: "dark", dock: "closed", sort: "score" });
    expect(
      [app.selection.value, app.filter.value, app.readings.thumbnails.value].map((v, i) => v === before[i]),
    ).toEqual([true, true, true]);
    app.go({ hide: true });
    expect(app.readings.thumbnails.value).not.toBe(before[2]);
  });

  test("of a reading: its own attention in all views but the map, which averages nothing", () => {
    const app = shown();
    app.select({ ...app.selection.value!, heads: [0, 2], focus: 2 });
    const plain = [app.readings.thumbnails.value, app.readings.map.value!.attention];
    app.go({ read: "mean" });
    expect(app.readings.shown.value!.attention.unit).toBe("attention, mean of 2 heads");
    expect([app.readings.thumbnails.value, app.readings.map.value!.attention]).toEqual(plain);
    app.readings.onSelect({ ...app.readings.shown.value!.selection, pins: [3] });
    expect(app.selection.value).toMatchObject({ heads: [0, 2], focus: 2, pins: [3] });
    app.readings.onHover({ layer: 1, head: 0, query: 4, key: null });
    expect(app.hover.value).toMatchObject({ head: null, query: 4 });
    expect(app.readings.hoverIn(app.readings.shown.value!)).toMatchObject({ head: 0, query: 4 });
    app.go({ read: "v" });
    expect(app.readings.map.value!.attention.unit).toContain("|v|");
    expect(app.readings.thumbnails.value).not.toBe(plain[0]);
  });

  test("asks elsewhere for the thumbnails of long runs only", () => {
    const app = shown();
    const ask = vi.fn();
    app.readings.askThumbnail = ask;
    const long = syntheticTrace({ layers: 4, heads: 4, tokens: 300, store: "qk", headSize: 32 });
    app.show({ ...run, trace: long }, new Map(), START, "push");
    app.readings.thumbnails.value!(1, 2, 20);
    expect(ask).toHaveBeenCalledWith(
      long,
      expect.objectContaining({ block: "self", layer: 1, head: 2, size: 20 }),
      expect.any(Function),
    );
  });

  test("joins the attentions of a translation, and stays joined when a view selects or opens a matrix", () => {
    const app = new AppState();
    const translation = syntheticTranslation(3, 4, 2, 2);
    app.show({ ...run, trace: translation }, new Map(), { ...START, block: "all", layer: 1 }, "push");
    expect([app.joined.value, app.pair.value, app.reads.value]).toEqual([true, false, "translate"]);
    const all = sliceOf(app.attention.value!, app.filter.value!);
    expect([all.queries.length, all.keys.length]).toEqual([7, 7]);
    expect([app.scores.all.value.length, app.neurons.known.value]).toEqual([0, false]);
    app.onSelect({ ...app.selection.value!, pins: [5] });
    app.onOpenMatrix({ block: "self", layer: 0, head: 1 });
    expect(app.place.value).toMatchObject({ block: "all", layer: 0, pins: [5], view: "matrix" });
    app.go({ block: "cross" });
    expect([app.joined.value, app.attention.value]).toEqual([false, attentionOf(translation, "cross")]);
    expect(app.trace.value).toBe(translation);
    app.show({ ...run, trace }, new Map(), { ...START, block: "all" }, "push");
    expect([app.joined.value, app.block.value]).toEqual([false, "self"]);
  });

  test("shows layers side by side, and selects another where the selected one leaves", () => {
    const app = shown();
    app.go({ layer: 1, heads: [2], focus: 2, beside: [2, 9] });
    expect(app.layers.value).toEqual([1, 2]);
    app.onLayers([0, 2]);
    expect([app.layers.value, app.selection.value!.layer, app.selection.value!.heads]).toEqual([
      [0, 2],
      0,
      [2],
    ]);
    app.onSelect({ ...app.selection.value!, layer: 2 });
    expect(app.layers.value).toEqual([2]);
  });

  test("opens a head's matrix and takes over what views select", () => {
    const app = shown();
    app.onOpenMatrix({ block: "self", layer: 2, head: 1 });
    expect([app.mode.value, app.selection.value!.focus]).toEqual(["matrix", 1]);
    app.onSelect({ ...app.selection.value!, layer: 0, heads: [0, 3], focus: 3 });
    expect(app.selection.value).toMatchObject({ layer: 0, heads: [0, 3], focus: 3 });
    expect(app.history).toBe("push");
  });
});
