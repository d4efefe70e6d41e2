// The words of the menu for components of a query.

import { expect, it } from "vitest";
import { rich } from "../../../../test/support/trace-files.ts";
import type { Rotary } from "../../../trace/index.ts";
import { changesFor, titleOf } from "./changes.ts";

const target = { layer: 1, head: 0, query: null, key: null, x: 0, y: 0 };
const where = { trace: rich(), block: "decoder", other: false } as const;

it.each<[readonly number[], Rotary | null, string]>([
  [[33, 1], { dims: 64, style: "half" }, "pair 1"],
  [[2, 3], { dims: 64, style: "interleaved" }, "pair 1"],
  [[1, 2], { dims: 64, style: "half" }, "q1, q2"],
  [[33, 1], null, "q1, q33"],
  [[5], { dims: 64, style: "half" }, "q5"],
])("%j with the rotary %j is %s", (units, rotary, name) => {
  const at = { ...where, rotary };
  expect(titleOf({ ...target, units }, at)).toBe(`${name} of head 1.0`);
  const [zero, scale] = changesFor({ ...target, units }, at)[0]!;
  expect([zero!.label, scale!.label]).toEqual([`Zero ${name}`, `Scale ${name}…`]);
  expect(zero!.edit).toMatchObject({ op: "scale", at: "q", layer: 1, head: 0, value: 0 });
});
