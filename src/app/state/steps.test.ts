import { describe, expect, test } from "vitest";
import { START } from "./place.ts";
import { nameOf, Steps, stepBetween } from "./steps.ts";

const at = (changed: Partial<typeof START>) => ({ ...START, layer: 1, focus: 2, heads: [2], ...changed });

describe("steps", () => {
  test("keep what changed and nothing else", () => {
    const step = stepBetween(at({ pins: [3] }), at({ pins: [3, 4] }))!;
    expect(step).toEqual({ undo: { pins: [3] }, redo: { pins: [3, 4] } });
    expect(nameOf(step)).toBe("pinned words");
    expect(stepBetween(at({}), at({ theme: "dark", tab: "map", text: "x" }))).toBeNull();
  });

  test("go back and forth; another gesture ends the way forth", () => {
    const steps = new Steps();
    steps.take(at({}), at({ layer: 2 }));
    steps.take(at({ layer: 2 }), at({ layer: 2, view: "matrix" }));
    expect(steps.count.value).toEqual({ back: 2, forth: 0 });
    expect(steps.next("undo", at({ layer: 2, view: "matrix" }))?.undo).toEqual({ view: null });
    steps.done("undo");
    expect(steps.said.value).toBe("Undone: view. Shift Z brings it back.");
    expect(steps.next("redo", at({ layer: 2 }))?.redo).toEqual({ view: "matrix" });
    steps.take(at({ layer: 2 }), at({ layer: 2, hide: true }));
    expect([steps.count.value, steps.said.value]).toEqual([{ back: 2, forth: 0 }, ""]);
  });

  test("take a slider's way as one step", () => {
    const steps = new Steps();
    for (const strongest of [95, 90, 80]) steps.hold(at({ strongest }));
    steps.release(at({ strongest: 70 }));
    expect(steps.next("undo", at({ strongest: 70 }))?.undo).toEqual({ strongest: 95 });
    expect(steps.count.value.back).toBe(1);
    steps.release(at({ strongest: 60 }));
    expect(steps.count.value.back).toBe(1);
  });

  test("drop steps that would change nothing, as after the browser's own back", () => {
    const steps = new Steps();
    steps.take(at({}), at({ hide: true }));
    steps.take(at({ hide: true }), at({ hide: true, sort: "score" }));
    expect(steps.next("undo", at({ hide: true }))?.undo).toEqual({ hide: false });
  });

  test("are forgotten with the run, and are not endless", () => {
    const steps = new Steps();
    for (let i = 0; i < 500; i++) steps.take(at({ layer: i }), at({ layer: i + 1 }));
    expect(steps.count.value.back).toBe(200);
    steps.forget();
    expect(steps.next("undo", at({}))).toBeNull();
  });
});
