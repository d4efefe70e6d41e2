import { expect, it } from "vitest";
import type { Token } from "../../trace/index.ts";
import { turnRows } from "./turns.ts";

const column = (...texts: string[]) => ({
  tokens: texts.map((text) => ({ text }) as Token),
  shown: texts.map((_, i) => i),
});

it.each([
  ["ChatML", ["<|im_start|>", "user", "\n", "Hi", "<|im_end|>", "\n", "<|im_start|>", "assistant"], [6]],
  ["Llama 3", ["<|begin_of_text|>", "<|start_header_id|>", "user", "Hi", "<|start_header_id|>"], [4]],
  ["Gemma", ["<bos>", "<start_of_turn>", "user", "Hi", "<end_of_turn>", "<start_of_turn>"], [5]],
  ["Phi", ["<|user|>", "Hi", "<|end|>", "<|assistant|>"], [3]],
  ["plain text", ["start", "user", "Hi", "assistant"], []],
])("turns of %s", (_, texts, rows) => {
  expect(turnRows(column(...texts))).toEqual(rows);
});

it("counts the rows that are shown", () => {
  const { tokens } = column("<|user|>", "Hi", "you", "<|assistant|>", "Hm");
  expect(turnRows({ tokens, shown: [0, 2, 3, 4] })).toEqual([2]);
  expect(turnRows({ tokens, shown: [1, 2, 4] })).toEqual([]);
});
