import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { attentionOf, readTrace, traceFromAttention } from "../../trace/index.ts";
import { counterpartOf } from "../../views/read/counterpart.ts";
import { differingText } from "./differing.ts";

const recorded = (name: string) =>
  readTrace(
    new Uint8Array(readFileSync(new URL(`../../../gallery/traces/${name}.safetensors`, import.meta.url))),
  );

/** A run over words of their own, evenly attended to. */
const overWords = (words: readonly string[]) => {
  const row = words.map(() => 1 / words.length);
  return traceFromAttention({ attention: [[words.map(() => row)]], tokens: words.map((word) => ` ${word}`) });
};
const sides = (a: ReturnType<typeof overWords>, b: ReturnType<typeof overWords>) => {
  const counterpart = counterpartOf({ b }, attentionOf(a, "self"), "self")!;
  return [true, false].map((shown) => differingText(counterpart, shown));
};

it("begins five tokens before the first that differs, and marks it on both sides", () => {
  const [a, b] = sides(recorded("stories-gpt2-she"), recorded("stories-gpt2-he"));
  const before = { text: "… a question. ", differs: false };
  expect(a).toEqual([
    { ...before, text: before.text.trimEnd() },
    { text: " She", differs: true },
  ]);
  expect(b).toEqual([
    { ...before, text: before.text.trimEnd() },
    { text: " He", differs: true },
  ]);
});

it("marks a word that only one side has", () => {
  const [a, b] = sides(overWords(["Tom", "saw", "a", "big", "cat"]), overWords(["Tom", "saw", "a", "cat"]));
  expect(a).toEqual([
    { text: "Tom saw a", differs: false },
    { text: " big", differs: true },
    { text: " cat", differs: false },
  ]);
  expect(b).toEqual([{ text: "Tom saw a cat", differs: false }]);
});

it("shows both where one goes on after the other has ended", () => {
  const [a, b] = sides(overWords(["Tom", "saw"]), overWords(["Tom", "saw", "me"]));
  expect(a).toEqual([{ text: "Tom saw", differs: false }]);
  expect(b).toEqual([
    { text: "Tom saw", differs: false },
    { text: " me", differs: true },
  ]);
});

it("says nothing where both read the same", () => {
  expect(sides(overWords(["a", "b"]), overWords(["a", "b"]))).toEqual([[], []]);
});
