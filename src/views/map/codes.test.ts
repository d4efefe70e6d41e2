import { expect, it } from "vitest";
import { codeLevel, thumbnailCodes } from "./codes.ts";

it("codes tell masked, zero, loud and quiet apart", () => {
  const codes = thumbnailCodes(Float32Array.from([Number.NaN, 0, 0.011, 1, -1, 0.25, -0.25]));
  expect([...codes.slice(0, 3)]).toEqual([0, 1, 1]);
  expect(codeLevel(0)).toBeNull();
  expect([...codes.slice(3)].map(codeLevel)).toEqual([
    { position: 1, quiet: false },
    { position: 1, quiet: true },
    { position: 0.5, quiet: false },
    { position: 0.5, quiet: true },
  ]);
});
