import { describe, expect, it } from "vitest";
import { cornerOf, mapLayout, placeAt, placeOrder, step } from "./layout.ts";

describe("layout", () => {
  it.each([
    [368, 12, 12, 28, 24],
    [432, 12, 12, 33, 29],
    [368, 6, 8, 42, 36],
    [312, 24, 16, 17, 14],
    [800, 2, 2, 44, 38],
  ])("in %i px gives %i x %i heads a pitch of %i and cells of %i", (width, layers, heads, pitch, cell) => {
    const layout = mapLayout(width, layers, heads, false);
    expect([layout.pitch, layout.cell]).toEqual([pitch, cell]);
    expect(layout.width).toBe(width);
  });

  it("fits 32 heads and scrolls with more", () => {
    expect(mapLayout(368, 32, 32, false)).toMatchObject({
      pitch: 10,
      scrolls: false,
      labelEvery: 4,
      marks: false,
    });
    expect(mapLayout(368, 48, 64, false)).toMatchObject({
      pitch: 11,
      scrolls: true,
      width: 26 + 64 * 11 + 4,
    });
  });

  it("lets cells of a small model grow with the height that there is, and no others", () => {
    const pitch = (layers: number, heads: number, room: number) =>
      mapLayout(368, layers, heads, false, room).pitch;
    expect(pitch(5, 5, 324)).toBe(57);
    expect(pitch(5, 5, 100)).toBe(44);
    expect(pitch(2, 2, 900)).toBe(72);
    expect(pitch(12, 12, 900)).toBe(28);
    const { height } = mapLayout(368, 5, 5, true, 324);
    expect(height).toBeLessThanOrEqual(324);
  });

  it("makes room for ids when sorted", () => {
    const [grid, sorted] = [mapLayout(368, 12, 12, false), mapLayout(368, 12, 12, true)];
    expect([grid.rowPitch, sorted.rowPitch]).toEqual([31, 41]);
    expect([grid.ids, sorted.ids]).toEqual([false, true]);
  });
});

describe("places", () => {
  const layout = mapLayout(368, 12, 12, false);

  it("are found where they are drawn", () => {
    for (const place of [0, 11, 59, 143]) {
      const { x, y } = cornerOf(layout, place);
      expect(placeAt(layout, x + 1, y + 1)).toBe(place);
      expect(placeAt(layout, x + layout.cell - 0.5, y + layout.cell - 0.5)).toBe(place);
    }
  });

  it("are null in labels and margins", () => {
    expect(placeAt(layout, 5, 100)).toBeNull();
    expect(placeAt(layout, 100, 5)).toBeNull();
    expect(placeAt(layout, 367, 100)).toBeNull();
  });

  it("are ordered by size of score, unknown last, ties by number", () => {
    expect([...placeOrder(5, null)]).toEqual([0, 1, 2, 3, 4]);
    expect([...placeOrder(5, [0.1, -0.9, Number.NaN, 0.5, 0.5])]).toEqual([1, 3, 4, 0, 2]);
  });

  it("are stepped through without leaving the map", () => {
    const walk = ["ArrowLeft", "ArrowUp", "End", "ArrowRight", "ArrowDown", "PageDown", "Home", "x"];
    let place = 0;
    expect(walk.map((key) => (place = step(layout, place, key)))).toEqual([0, 0, 11, 11, 23, 143, 132, 132]);
  });
});
