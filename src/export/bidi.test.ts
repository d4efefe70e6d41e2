// Expected orders were read off the Unicode bidirectional algorithm's rules by hand, for lines as they occur.

import { expect, it } from "vitest";
import { visualOrder } from "./bidi.ts";

/** The letters as they stand from left to right. */
const seen = (text: string): string =>
  visualOrder(text)
    .map((piece) => (piece.fromRight ? [...piece.text].reverse().join("") : piece.text))
    .join("");

it.each([
  ["plain text stays", "a cat (1)", "a cat (1)"],
  ["Hebrew words in their order from the right", "אבג דה.", ".הד גבא"],
  ["a number inside stays as it is", "אב 12.5 גד", "דג 12.5 בא"],
  ["Arabic digits, too", "اب ١٢ جد", "دج ١٢ با"],
  ["Latin letters inside Hebrew", "אב GPT-2 גד", "דג GPT-2 בא"],
  ["Hebrew inside Latin letters", "say אב גד!", "say דג בא!"],
  ["brackets face the other way", "אב (גד)", "(דג) בא"],
  ["a number behind Latin letters in Hebrew", "אב GPT 2", "GPT 2 בא"],
  ["a sign of two units is no letter", "a אב 😀 גד", "a דג 😀 בא"],
  ["signs alone", "...", "..."],
  ["a share belongs to its number", "אב 3% גד", "דג 3% בא"],
  ["a currency, too", "$12 אב", "בא $12"],
  ["two numbers", "גד 12 3", "3 12 דג"],
  ["a letter of two units stays whole", "אב 😀 גד 𞤀𞤁", "𞤁𞤀 דג 😀 בא"],
  ["nothing", "", ""],
])("%s", (_, text, expected) => {
  expect(seen(text)).toBe(expected);
});

it("a mark stays with its letter", () => {
  expect(visualOrder("שָׁלוֹם")).toEqual([{ text: "שָׁלוֹם", fromRight: true }]);
});
