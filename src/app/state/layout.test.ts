import { expect, test } from "vitest";
import { DOCK_CLOSED, type DockInput, dockHeight, dockSpan, widthOf } from "./layout.ts";

const laptop: DockInput = {
  window: { width: 1440, height: 900 },
  workbench: 812,
  hasContent: true,
  dock: "neurons",
  asked: null,
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

test("a dock that was dragged has the height that was asked for, as far as the head view keeps 200", () => {
  expect(dockHeight({ ...laptop, asked: 500 })).toBe(500);
  expect(dockHeight({ ...laptop, asked: 5000 })).toBe(612);
  expect(dockHeight({ ...laptop, asked: 1 })).toBe(120);
  expect(dockHeight({ ...laptop, asked: 500, dock: "closed" })).toBe(DOCK_CLOSED);
  expect(dockSpan(laptop)).toEqual({ least: 120, most: 612, size: 356 });
  expect(dockSpan({ ...laptop, workbench: 90 })).toEqual({ least: 40, most: 40, size: 40 });
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
