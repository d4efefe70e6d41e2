import { expect, test } from "vitest";
import { DOCK_CLOSED, type DockInput, dockHeight, widthOf } from "./layout.ts";

const laptop: DockInput = {
  window: { width: 1440, height: 900 },
  workbench: 812,
  hasContent: true,
  dock: "neurons",
};

test("the dock is 356 high, less on low windows, 404 on large ones", () => {
  expect(dockHeight(laptop)).toBe(356);
  expect(dockHeight({ ...laptop, window: { width: 1024, height: 900 } })).toBe(316);
  expect(dockHeight({ ...laptop, window: { width: 1280, height: 720 }, workbench: 632 })).toBe(281);
  expect(dockHeight({ ...laptop, window: { width: 1920, height: 1080 }, workbench: 992 })).toBe(404);
  const low = { ...laptop, window: { width: 800, height: 600 }, workbench: 512 };
  expect(dockHeight(low)).toBe(DOCK_CLOSED);
  expect(dockHeight({ ...low, dock: "open" })).toBe(234);
  expect(dockHeight({ ...low, dock: "open", workbench: 300 })).toBe(100);
});

test("the dock is a line where there is nothing to show, or where it was closed", () => {
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
