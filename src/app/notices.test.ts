import { describe, expect, test } from "vitest";
import { hubRefusal } from "../checkpoint/remote/hub-api.ts";
import { bytes, count, explain, refusedAddress } from "./notices.ts";
import { nearest } from "./state/near.ts";

const shown = { model: "gpt2", shown: true };

test("a text that is too long: the numbers, and two ways to cut it", () => {
  const notice = explain(
    { name: "InputError", message: "", code: "too-long", data: { tokens: 1310, limit: 1024 } },
    shown,
  );
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
  ["NotFoundError", "The server answers 404 for x.safetensors", "This recorded run is not there"],
  ["PictureError", "a.png holds no picture", "This picture cannot be used"],
  ["UnsupportedModelError", "mamba is not supported", "headscope cannot run this model"],
  ["CheckpointError", "there is no config.json", "This checkpoint cannot be read"],
  [
    "SafetensorsError",
    "The header lists 148 tensors and needs 5 bytes, but the file has 2.",
    "This file is cut short",
  ],
  ["TraceError", "no block", "This recorded run cannot be shown"],
  ["TypeError", "Failed to fetch", "No network"],
  ["RangeError", "Array buffer allocation failed", "Not enough memory for this run"],
  ["MemoryError", "It needs about 5.1 GB", "Not enough memory for this model"],
  ["MemoryError", "This run would need about 5.1 GB of memory", "Not enough memory for this run"],
  ["UnreachableError", "huggingface.co cannot be reached", "No network"],
  ["WorkerDied", "no reason was given", "gpt2 stopped unexpectedly"],
  ["Error", "something else", "gpt2 could not be run"],
])("%s: %s", (name, message, title) => {
  const notice = explain({ name, message, code: "", data: {} }, shown);
  expect(notice.title).toBe(title);
  expect(notice.text).toContain(message.replace(/\.$/, ""));
  expect(notice.text).toMatch(/The previous run stays below\.$/);
  expect(notice.actions.length).toBeGreaterThan(0);
  expect(notice.title + notice.text).not.toMatch(/!|Oops/);
});

test("a cut file: its name, both sizes, the last whole tensor", () => {
  const message =
    "model.safetensors in gpt2: The header lists 148 tensors and needs 548105171 bytes, but the file has 214302720. The last complete tensor is h.4.mlp.c_fc.weight.";
  const notice = explain({ name: "SafetensorsError", message, code: "", data: {} }, shown);
  expect(notice.title).toBe("model.safetensors is cut short");
  expect(notice.text).toContain("needs 548,105,171 bytes, but the file has 214,302,720.");
  expect(notice.text).toContain("The last complete tensor is `h.4.mlp.c_fc.weight`.");
});

test("a model without heads is said to have none", () => {
  const message = 'config.json has model_type "mamba"; headscope runs gpt2.';
  const notice = explain({ name: "UnsupportedModelError", message, code: "", data: {} }, shown);
  expect(notice.title).toBe("This model has no attention heads to show");
});

test("a missing weight", () => {
  const message = "290 of the 291 tensors that config.json asks for were found: a.weight is missing.";
  expect(explain({ name: "CheckpointError", message, code: "", data: {} }, shown).title).toBe(
    "A weight is missing",
  );
});

describe("what the hub refuses", () => {
  const id = { id: "meta/llama", revision: "main" };
  const refusal = (status: number, code: string) => {
    const response = new Response(null, { status, headers: { "x-error-code": code } });
    const { name, message } = hubRefusal(id, false)(response)!;
    return explain(
      { name, message, code: "", data: {} },
      { model: "gpt22", shown: false, known: ["stories-gpt2"] },
    );
  };

  test("a licence: accept it, then give a token", () => {
    const notice = refusal(403, "GatedRepo");
    expect(notice.title).toBe("This model asks for a licence");
    expect(notice.text).toMatch(/Accept its terms, then give a token\. It stays in this tab\./);
    expect(notice.actions[0]).toEqual({ label: "Add token", act: { do: "token" } });
  });

  test("a name that is not there: what was meant, or a token for a private one", () => {
    const notice = refusal(404, "RepoNotFound");
    expect(notice.title).toBe("No model named gpt22");
    expect(notice.text).toMatch(/^Did you mean openai-community\/gpt2\?/);
    expect(notice.actions.map((a) => a.label)).toEqual([
      "Use openai-community/gpt2",
      "Add token",
      "Choose another model",
    ]);
  });
});

test.each([
  ["gpt22", "gpt2"],
  ["org/Gpt2", "gpt2"],
  ["bert-bsae-uncased", "bert-base-uncased"],
  ["something-else", null],
  ["gpt2", null],
])("%s may mean %s", (typed, meant) => {
  expect(nearest(typed, ["gpt2", "bert-base-uncased"])).toBe(meant);
});

test("an address that leads nowhere names its parameters", () => {
  const notice = refusedAddress(["trace"], true);
  expect(notice.text).toBe(
    "`trace` must be a name, a path below this page, or an http(s) address. The first example is shown in its place.",
  );
});

test("nothing is promised to stay where nothing was shown", () => {
  expect(
    explain({ name: "Error", message: "x", code: "", data: {} }, { model: "m", shown: false }).text,
  ).toBe("x.");
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
