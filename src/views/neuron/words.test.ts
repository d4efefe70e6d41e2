import { expect, it } from "vitest";
import type { Recipe } from "../../trace/index.ts";
import { cellNumber, groupName, percent, scaleTitle, scoreNote, sharedKeys } from "./words.ts";

const recipe: Recipe = { scale: 0.125, causal: true, window: null, softcap: null, bias: null, sinks: false };

it("names the scale that the model uses", () => {
  expect(scaleTitle(recipe, 64)).toBe("q·k / √64");
  expect(scaleTitle({ ...recipe, scale: 1 }, 64)).toBe("q·k");
  expect(scaleTitle({ ...recipe, scale: 224 ** -0.5 }, 256)).toBe("q·k / √224");
  expect(scaleTitle({ ...recipe, scale: 0.0078125 }, 128)).toBe("q·k / 128");
  expect(scaleTitle({ ...recipe, scale: 0.0513 }, 64)).toBe("q·k × .0513");
});

it("names caps and biases", () => {
  expect(scoreNote(recipe)).toBe("");
  expect(scoreNote({ ...recipe, softcap: 50, bias: "tensor" })).toBe("capped at 50, + bias");
  expect(scoreNote({ ...recipe, bias: { alibi: [0.5] } })).toBe("+ ALiBi bias");
});

it("names the heads that share keys", () => {
  expect(sharedKeys({ heads: 8, kvHeads: 8 }, 4)).toBe("");
  expect(sharedKeys({ heads: 8, kvHeads: 4 }, 4)).toBe("keys shared by heads 4, 5");
  expect(sharedKeys({ heads: 32, kvHeads: 4 }, 9)).toBe("keys shared by heads 8 to 15");
});

it("writes neurons, shares and cell numbers", () => {
  expect(groupName({ dims: [9] }, 9)).toBe("q9");
  expect(groupName({ dims: [3, 7] }, 3)).toBe("pair 3");
  expect([percent(0.514), percent(-0.19), percent(0)]).toEqual(["51%", "−19%", "0%"]);
  expect([cellNumber(-0.69), cellNumber(14.94), cellNumber(0.001)]).toEqual(["−.69", "14.9", "0"]);
});
