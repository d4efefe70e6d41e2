import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { HOLD_MS, LongPress } from "./long-press.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const at = (clientX: number, clientY: number, more = {}) =>
  ({
    pointerType: "touch",
    pointerId: 1,
    clientX,
    clientY,
    target: null,
    ...more,
  }) as unknown as PointerEvent;

function watch() {
  const held = vi.fn(() => true);
  return { press: new LongPress(held), held };
}

test("a finger held still is reported once, where it went down", () => {
  const { press, held } = watch();
  press.down(at(10, 20));
  press.move(at(14, 23));
  vi.advanceTimersByTime(HOLD_MS - 1);
  expect(held).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(held).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ clientX: 10, clientY: 20 }));
  expect(press.taken).toBe(true);
  press.down(at(0, 0));
  expect(press.taken).toBe(false);
});

test.each([
  ["moves", (press: LongPress) => press.move(at(21, 20))],
  ["lifts or scrolls", (press: LongPress) => press.end()],
  ["is joined by a second", (press: LongPress) => press.down(at(50, 50, { pointerId: 2 }))],
])("a finger that %s is none", (_, act) => {
  const { press, held } = watch();
  press.down(at(10, 20));
  act(press);
  vi.advanceTimersByTime(2 * HOLD_MS);
  expect(held).not.toHaveBeenCalled();
});

test("a mouse is none", () => {
  const { press, held } = watch();
  press.down(at(10, 20, { pointerType: "mouse" }));
  vi.advanceTimersByTime(2 * HOLD_MS);
  expect(held).not.toHaveBeenCalled();
});
