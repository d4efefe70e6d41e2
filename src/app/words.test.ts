import { expect, test } from "vitest";
import { bytes, count, explain } from "./words.ts";

const shown = { model: "gpt2", shown: true };

test("a text that is too long: the numbers, and two ways to cut it", () => {
  const notice = explain({ name: "InputError", message: "", length: { tokens: 1310, limit: 1024 } }, shown);
  expect(notice.title).toBe("This text is longer than gpt2 can read");
  expect(notice.text).toBe(
    "It has 1,310 tokens and gpt2 reads at most 1,024 at once. Nothing was cut. The previous run stays below.",
  );
  expect(notice.actions.map((a) => a.label)).toEqual([
    "Use the first 1,024 tokens",
    "Use the last 1,024",
    "Edit the text",
  ]);
});

test.each([
  ["UnsupportedModelError", "mamba is not supported", "headscope cannot run this model"],
  ["CheckpointError", "there is no config.json", "This checkpoint cannot be read"],
  [
    "SafetensorsError",
    "The header lists 148 tensors and needs 5 bytes, but the file has 2.",
    "The weights are cut short",
  ],
  ["TraceError", "no block", "This recorded run cannot be shown"],
  ["TypeError", "Failed to fetch", "No network"],
  ["RangeError", "Array buffer allocation failed", "Not enough memory for this run"],
  ["MemoryError", "It needs about 5.1 GB", "Not enough memory for this model"],
  ["UnreachableError", "huggingface.co cannot be reached", "No network"],
  ["WorkerDied", "no reason was given", "gpt2 stopped unexpectedly"],
  ["Error", "something else", "gpt2 could not be run"],
])("%s: %s", (name, message, title) => {
  const notice = explain({ name, message }, shown);
  expect(notice.title).toBe(title);
  expect(notice.text).toContain(message.replace(/\.$/, ""));
  expect(notice.text).toMatch(/The previous run stays below\.$/);
  expect(notice.actions.length).toBeGreaterThan(0);
  expect(notice.title + notice.text).not.toMatch(/!|Oops/);
});

test("nothing is promised to stay where nothing was shown", () => {
  expect(explain({ name: "Error", message: "x" }, { model: "m", shown: false }).text).toBe("x.");
});

test("numbers for people", () => {
  expect([count(999), count(1310), count(1234567)]).toEqual(["999", "1,310", "1,234,567"]);
  expect([bytes(400), bytes(12_345), bytes(3_980_000), bytes(548e6), bytes(5.1e9)]).toEqual([
    "1 kB",
    "12 kB",
    "4.0 MB",
    "548 MB",
    "5.1 GB",
  ]);
});
