// Places are int32: tensors with more numbers are refused before anything runs.

import { expect, test } from "vitest";
import { EditError, editFromText } from "../../trace/index.ts";
import { checkPlaces } from "./points.ts";

const site = (edit: string, tensor: string, heads: number, positions: number, columns: number) => ({
  edit: editFromText(edit),
  tensor,
  of: { heads, positions, columns },
});

test("edits of a tensor with as many numbers as an int32 tells are let through", () => {
  checkPlaces([site("block 3>1 in 0.1", "self.0.scores", 32, 8192, 8192)]);
});

test.each([
  [
    "block 3>1 in 0.1",
    "self.0.scores",
    32,
    8193,
    8192,
    "32 x 8193 x 8192 = 2147745792 numbers (heads x queries x keys)",
  ],
  [
    "zero head 0.1",
    "self.0.z",
    64,
    524_289,
    64,
    "64 x 524289 x 64 = 2147487744 numbers (heads x tokens x numbers)",
  ],
] as const)("%s of more is refused with the sizes", (edit, tensor, heads, positions, columns, sizes) => {
  const check = () =>
    checkPlaces([site("zero head 0.0", "self.0.z", 1, 1, 1), site(edit, tensor, heads, positions, columns)]);
  expect(check).toThrow(EditError);
  expect(check).toThrow(`Edit "${edit}": ${tensor} has ${sizes}`);
  expect(check).toThrow("may have 2147483648. Use a shorter text.");
});
