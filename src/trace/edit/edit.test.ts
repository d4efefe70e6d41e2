import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Edit, EditError, editFromText, editsFromText, editsText, editText, readEdit } from "./index.ts";

const half = { dims: 8, style: "half" } as const;
const interleaved = { dims: 8, style: "interleaved" } as const;

describe("sentences", () => {
  it.each<[string, unknown]>([
    ["zero head 4.11", { op: "scale", at: "z", layer: 4, head: 11, value: 0 }],
    ["scale head 4.11 by 0.5", { op: "scale", at: "z", layer: 4, head: 11, value: 0.5 }],
    ["block 7>2 in 5.3", { op: "block", at: "scores", layer: 5, head: 3, query: 7, key: 2 }],
    ["block *>1 in 1.*", { op: "block", at: "scores", layer: 1, key: 1 }],
    ["set 7>2 in 5.3 to 0", { op: "set", at: "pattern", layer: 5, head: 3, query: 7, key: 2, value: 0 }],
    [
      "add 1.5 to scores new>0 in 5.*",
      { op: "add", at: "scores", layer: 5, query: "new", key: 0, value: 1.5 },
    ],
    ["scale q12 of 1.10 by 0", { op: "scale", at: "q", layer: 1, head: 10, unit: 12, value: 0 }],
    [
      "scale k3,11 of 1.0 at -1 by 2",
      { op: "scale", at: "k", layer: 1, head: 0, unit: [3, 11], position: -1, value: 2 },
    ],
    ["set mlp_post5 of 1 at 2 to 3", { op: "set", at: "mlp_post", layer: 1, unit: 5, position: 2, value: 3 }],
    ["patch resid_post of 0 at 1", { op: "patch", at: "resid_post", layer: 0, position: 1, from: "other" }],
    ["mean head 4.11", { op: "mean", at: "z", layer: 4, head: 11, from: "self" }],
    ["mean head 4.11 from other", { op: "mean", at: "z", layer: 4, head: 11, from: "other" }],
    ["zero head 1.0 in cross", { op: "scale", at: "z", block: "cross", layer: 1, head: 0, value: 0 }],
  ])("%s", (text, edit) => {
    expect(editFromText(text)).toEqual(edit);
    expect(editText(edit as Edit)).toBe(text);
  });

  it("call two components that turn together a pair", () => {
    const pair = (unit: number[]) => ({ op: "scale", at: "q", layer: 4, head: 4, unit, value: 0 }) as const;
    expect(editFromText("scale pair 3 of 4.4 by 0", half)).toEqual(pair([3, 7]));
    expect(editFromText("scale pair 3 of 4.4 by 0", interleaved)).toEqual(pair([6, 7]));
    expect(editText(pair([3, 7]), half)).toBe("scale pair 3 of 4.4 by 0");
    expect(editText(pair([6, 7]), interleaved)).toBe("scale pair 3 of 4.4 by 0");
    expect(editText(pair([3, 7]))).toBe("scale q3,7 of 4.4 by 0");
  });

  it("may name ranges, which print back as lists", () => {
    const edit = editFromText("scale q0-2,5 of 3-4.0 at 1-2,-1 by 0");
    const place = { layer: [3, 4], head: 0, unit: [0, 1, 2, 5], position: [-1, 1, 2] };
    expect(edit).toEqual({ op: "scale", at: "q", ...place, value: 0 });
    expect(editText(edit)).toBe("scale q0,1,2,5 of 3,4.0 at -1,1,2 by 0");
    expect(editFromText("block 4-5>0-1 in 1.*")).toMatchObject({ query: [4, 5], key: [0, 1] });
  });

  it("may be several, or JSON", () => {
    const text = "zero head 4.11; block 7>2 in 5.3";
    expect(editsText(editsFromText(text))).toBe(text);
    expect(editsFromText(JSON.stringify(editsFromText(text)))).toEqual(editsFromText(text));
  });

  it.each([
    ["erase head 4.11", '"erase" is not understood'],
    ["zero head 4", '"4" is not a layer and head'],
    ["zero head", "it ends where a layer and head"],
    ["scale head 4.11", "value is missing"],
    ["scale head 4.11 by NaN", '"NaN" is no finite number'],
    ["scale head 4.11 by 1e39", "expected a finite number"],
    ["scale pair 3 of 4.4 by 0", "this model has none"],
    ["zero head 4.11 by 1", '"by" is said twice'],
    ["block 7>2>1 in 5.3", '"7>2>1" is not understood'],
    ["zero head 4.11 soon", '"soon" is not understood'],
    ["zero head 5-3.0", '"5-3" is no range'],
    ["zero head 0-999999999.0", '"0-999999999" is no range'],
    ["zero head 1-.0", '"1-" is no number, list, range or *'],
    ["[{]", "not valid JSON"],
  ])("refuses %s with its own words", (text, message) => {
    expect(() => editsFromText(text)).toThrow(EditError);
    expect(() => editsFromText(text)).toThrow(message);
    expect(() => editsFromText(text)).toThrow(
      `Edit "`.slice(0, 5) + (text.startsWith("[") ? text : `"${text}"`),
    );
  });
});

describe("JSON", () => {
  it.each<[unknown, string]>([
    [null, "expected an object"],
    [{ op: "erase", at: "z" }, "op is"],
    [{ op: "scale", at: "y", value: 1 }, "at is"],
    [{ op: "scale", at: "z", value: Number.NaN }, "value is"],
    [{ op: "scale", at: "z", value: Number.POSITIVE_INFINITY }, "value is"],
    [{ op: "scale", at: "z" }, "value is missing"],
    [{ op: "scale", at: "z", value: 1, layer: -1 }, "layer is -1"],
    [{ op: "scale", at: "z", value: 1, layer: 1.5 }, "layer is 1.5"],
    [{ op: "scale", at: "z", value: 1, head: [] }, "head is []"],
    [{ op: "scale", at: "z", value: 1, head: [2, 2] }, "twice"],
    [{ op: "scale", at: "z", value: 1, query: 1 }, "query has no meaning"],
    [{ op: "scale", at: "resid_post", value: 1, head: 1 }, "head has no meaning"],
    [{ op: "block", at: "z" }, 'is at "scores"'],
    [{ op: "block", at: "scores", value: 1 }, "value has no meaning"],
    [{ op: "patch", at: "z", from: "self" }, "from is"],
    [{ op: "mean", at: "z", value: 1 }, "value has no meaning"],
    [{ op: "scale", at: "z", value: 1, block: "main" }, "block is"],
    [{ op: "scale", at: "z", value: 1, position: "old" }, "position is"],
  ])("refuses %j", (json, message) => {
    expect(() => readEdit(json)).toThrow(EditError);
    expect(() => readEdit(json)).toThrow(message);
  });
});

const index = fc.oneof(fc.nat(99), fc.uniqueArray(fc.nat(99), { minLength: 1, maxLength: 4 }));
const position = fc.oneof(
  fc.integer({ min: -9, max: 99 }),
  fc.uniqueArray(fc.integer({ min: -9, max: 99 }), { minLength: 1, maxLength: 4 }),
  fc.constantFrom("prompt", "new"),
);
const block = fc.constantFrom("self", "encoder", "decoder", "cross");
const change = fc.oneof(
  fc.record({
    op: fc.constantFrom("scale", "add", "set"),
    value: fc.float({ noNaN: true, noDefaultInfinity: true }),
  }),
  fc.constant({ op: "patch", from: "other" }),
  fc.record({ op: fc.constant("mean"), from: fc.constantFrom("self", "other") }),
);
const some = { requiredKeys: [] as [] };
const cells = fc.record({ block, layer: index, head: index, query: position, key: position }, some);
const places = fc.oneof(
  fc.tuple(fc.constantFrom("scores", "pattern"), cells),
  fc.tuple(
    fc.constantFrom("q", "k", "v", "z"),
    fc.record({ block, layer: index, head: index, position, unit: index }, some),
  ),
  fc.tuple(
    fc.constantFrom("resid_pre", "resid_mid", "resid_post", "mlp_post"),
    fc.record(
      { stream: fc.constantFrom("text", "encoder", "decoder"), layer: index, position, unit: index },
      some,
    ),
  ),
);
/** Any edit, as readEdit leaves it. */
const anyEdit = fc.oneof(
  fc.tuple(places, change).map(([[at, place], what]) => readEdit({ ...what, at, ...place })),
  cells.map((place) => readEdit({ op: "block", at: "scores", ...place })),
);

it("every edit prints as a sentence and as JSON that read back as the same edit", () => {
  fc.assert(
    fc.property(anyEdit, fc.constantFrom(null, half, interleaved), (edit, rotary) => {
      expect(editFromText(editText(edit, rotary), rotary)).toEqual(edit);
      expect(readEdit(JSON.parse(JSON.stringify(edit)))).toEqual(edit);
    }),
    { numRuns: 2000, seed: 3 },
  );
});
