import { expect, test } from "vitest";
import { DOCK_CLOSED, type DockInput, dockHeight, widthOf } from "./layout.ts";

const laptop: DockInput = {
  window: { width: 1440, height: 900 },
  workbench: 812,
  rows: 9,
  hasContent: true,
  dock: "neurons",
  mode: "both",
};

test("the dock is 356 high, 316 on low windows, 404 on large ones", () => {
  expect(dockHeight(laptop)).toBe(356);
  expect(dockHeight({ ...laptop, window: { width: 1280, height: 720 }, workbench: 632 })).toBe(316);
  expect(dockHeight({ ...laptop, window: { width: 1920, height: 1080 }, workbench: 992 })).toBe(404);
});

test("the dock gives way when rows would be too low, unless it is held open", () => {
  const long = { ...laptop, rows: 40 };
  expect(dockHeight(long)).toBe(DOCK_CLOSED);
  expect(dockHeight({ ...long, dock: "open" })).toBe(356);
  expect(dockHeight({ ...long, mode: "matrix" })).toBe(356);
});

test("the dock is a line when there is nothing to show or it was closed", () => {
  expect(dockHeight({ ...laptop, hasContent: false, dock: "open" })).toBe(DOCK_CLOSED);
  expect(dockHeight({ ...laptop, dock: "closed" })).toBe(DOCK_CLOSED);
});

test("four widths", () => {
  expect([390, 720, 721, 1199, 1200, 1679, 1680].map(widthOf)).toEqual([
    "phone",
    "phone",
    "tablet",
    "tablet",
    "desk",
    "desk",
    "wide",
  ]);
});
