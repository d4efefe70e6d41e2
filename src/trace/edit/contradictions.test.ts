import { describe, expect, it } from "vitest";
import { type EditShape, editsFromText, editsText, overriding, sitesOf } from "./index.ts";

const sizes = { heads: 4, kvHeads: 2, headSize: 8 };
/** Two layers of four heads over six tokens; how wide the mlp is is not known. */
const SHAPE: EditShape = {
  blocks: [
    {
      name: "self",
      queries: "text",
      keys: "text",
      layers: [sizes, sizes],
      visible: (_, query, key) => key <= query,
    },
  ],
  streams: [
    {
      ...{ name: "text", tokens: 6, prompt: 4, hidden: 32 },
      layers: [
        { units: null, middle: true },
        { units: null, middle: true },
      ],
    },
  ],
};

describe("an edit of which a later one leaves nothing is refused", () => {
  it.each([
    "set 3>1 in 0.1 to 1; set 3>1 in 0.1 to 0",
    "set 3>1 in 0.1 to 1; set -1>1 in 0.1 to 0", // -1 is the last of the prompt
    "set 3>1 in 0.1 to 1; set *>1 in 0.* to 0",
    "set 3>1 in 0,1.1 to 1; set 3>* in *.1 to 0",
    "set 5>1 in 0.1 to 1; set new>1 in 0.1 to 0",
    "block 3>1 in 0.1; set scores 3>1 in 0.1 to 2",
    "set scores 3>1 in 0.1 to 2; block *>1 in 0.1",
    "set z3 of 1.0 to 2; set head 1.0 to 0",
    "set q3 of 1.0 at 2 to 2; zero head 0.0; set q2,3 of 1.0 at prompt to 0",
    "patch resid_pre of 1 at 2; mean resid_pre of 1 from other",
    "mean head 0.1; patch head 0.1",
    "set mlp_post7 of 0 to 2; set mlp_post of 0 to 1",
    "set k of 0.1 to 2; patch k of 0.*",
  ])("%s", (text) => {
    const [first, last] = text.split("; ").filter((part) => !part.startsWith("zero"));
    expect(() => sitesOf(editsFromText(text), SHAPE)).toThrow(`Edit "${last}": it contradicts "${first}"`);
  });

  it.each([
    "set *>1 in 0.1 to 1; set 3>1 in 0.1 to 0", // something of it is left
    "set 3>1 in 0.1 to 0; set 3>1 in 0.1 to 0", // the same numbers
    "block 3>1 in 0.1; block *>1 in 0.1; block 3>1 in 0.1",
    "set 3>1 in 0.1 to 1; set 3>1 in 0.2 to 0",
    "set 3>1 in 0.1 to 1; set scores 3>1 in 0.1 to 0", // another tensor
    "set z3 of 1.0 to 2; mean head 1.0", // the mean is of what was set
    "set z3 of 1.0 to 2; scale head 1.0 by 0",
    "set z3 of 1.0 to 2; set z4 of 1.0 to 0",
    "set mlp_post7 of 0 to 2; set mlp_post3 of 0 to 1",
    "set head 1.0 at new to 1; set head 1.0 at 4 to 2",
    "set k of 0.1 to 2; set q of 0.1 to 3",
  ])("but not %s", (text) => {
    const edits = editsFromText(text);
    expect(new Set(sitesOf(edits, SHAPE).map(({ index }) => index)).size).toBe(edits.length);
  });

  it("but not while a text grows, as more places may come", () => {
    const edits = editsFromText("set head 1.0 at new to 1; set head 1.0 at 4,5 to 2");
    expect(() => sitesOf(edits, SHAPE)).toThrow("contradicts");
    expect(sitesOf(edits, { ...SHAPE, growing: true })).toHaveLength(2);
  });
});

it("a cell of a sweep stands in place of the edits that it leaves nothing of", () => {
  const [kept, cell] = ["zero head 0.1; set resid_pre of 1 to 2", "patch resid_pre of 1 at 3"];
  const edits = editsFromText(`${kept}; set resid_pre3 of 1 at -1 to 4`);
  expect(editsText(overriding(edits, editsFromText(cell), SHAPE))).toBe(`${kept}; ${cell}`);
});
