import { describe, expect, test, vi } from "vitest";
import { memorySource, openWeights } from "../checkpoint/index.ts";
import { request } from "../checkpoint/remote/http.ts";
import { hubRefusal } from "../checkpoint/remote/hub-api.ts";
import { familyOf, MemoryError } from "../engine/index.ts";
import { WeightBook } from "../engine/weight-book.ts";
import { floatTensor, parseSafetensors, writeSafetensors } from "../tensor/index.ts";
import { readTrace } from "../trace/index.ts";
import { type ErrorData, errorData } from "../wire/protocol.ts";
import { fetchOwn } from "./fetching.ts";
import { bytes, count, explain, refusedAddress } from "./notices.ts";
import { nearest } from "./state/near.ts";
import { PictureError } from "./state/picture.ts";

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

/** What a piece of code throws, as the page gets it from its worker. */
async function thrown(work: () => unknown): Promise<ErrorData> {
  try {
    await work();
  } catch (error) {
    return errorData(error);
  }
  throw new Error("Nothing was thrown.");
}

const cut = memorySource("gpt2", {
  "model.safetensors": writeSafetensors(
    new Map([
      ["a.weight", floatTensor([2], new Float32Array(2))],
      ["b.weight", floatTensor([4], new Float32Array(4))],
    ]),
  ).subarray(0, -8),
});
const nobody = () => Promise.reject(new TypeError("Failed to fetch"));
const refused = (status: number, code: string) => () => {
  const response = new Response(null, { status, headers: { "x-error-code": code } });
  throw hubRefusal({ id: "meta/llama", revision: "main" }, false)(response)!;
};

function lacking(): void {
  const book = new WeightBook(new Map(), []);
  book.place("a.weight", [1]);
  book.check();
}

const raise = (error: unknown) => () => {
  throw error;
};

/** Errors from where they are thrown, so that a renamed code or class fails here. */
test.each<[string, () => unknown, string]>([
  ["a cut file", () => openWeights(cut), "model.safetensors is cut short"],
  ["a cut file's beginning", () => parseSafetensors(new Uint8Array(3)), "gpt2 is cut short"],
  ["a cut trace", () => readTrace(new Uint8Array(3)), "gpt2 is cut short"],
  ["no trace", () => readTrace(writeSafetensors(new Map())), "This recorded run cannot be shown"],
  ["a missing weight", lacking, "A weight is missing"],
  ["no weights", () => openWeights(memorySource("m", {})), "This checkpoint cannot be read"],
  ["a licence", refused(403, "GatedRepo"), "This model asks for a licence"],
  ["no rights", refused(403, ""), "This model asks for a licence"],
  ["no such model", refused(404, "RepoNotFound"), "No model named gpt2"],
  ["no such revision", refused(404, "RevisionNotFound"), "This checkpoint cannot be read"],
  ["no heads", () => familyOf({ model_type: "mamba" }), "This model has no attention heads to show"],
  ["an unknown family", () => familyOf({ model_type: "x" }), "headscope cannot run this model"],
  ["no network", () => request({ fetch: nobody, retries: 0 }, "https://huggingface.co/x"), "No network"],
  ["a text for a picture", raise(new PictureError("a.png holds none")), "This picture cannot be used"],
  [
    "memory is full",
    raise(new RangeError("Array buffer allocation failed")),
    "Not enough memory for this run",
  ],
  ["the runtime ended", raise(new WebAssembly.RuntimeError("unreachable")), "gpt2 stopped unexpectedly"],
  ["something else", raise(new Error("x")), "gpt2 could not be run"],
])("%s", async (_, work, title) => {
  const error = await thrown(work);
  const notice = explain(error, shown);
  expect(notice.title).toBe(title);
  expect(notice.text).toMatch(/The previous run stays below\.$/);
  expect(notice.actions.length).toBeGreaterThan(0);
  expect(notice.title + notice.text).not.toMatch(/!|Oops/);
});

test("headscope's own server that does not answer is not the network", async () => {
  vi.stubGlobal("fetch", nobody);
  const notice = explain(await thrown(() => fetchOwn("http://localhost/x")), shown);
  vi.unstubAllGlobals();
  expect(notice.title).toBe("headscope on this machine does not answer");
  expect(notice.actions.map(({ act }) => act.do)).toEqual(["retry"]);
});

test.each([
  ["model", "Not enough memory for this model"],
  ["run", "Not enough memory for this run"],
])("memory that a %s lacks: its sizes are the message's", (code, title) => {
  const error = errorData(new MemoryError("It needs about 5.1 GB", { code }));
  expect(explain(error, shown)).toMatchObject({ title, text: expect.stringContaining("5.1 GB") });
});

test("a cut file: its name, both sizes, the last whole tensor", async () => {
  const notice = explain(await thrown(() => openWeights(cut)), shown);
  expect(notice.text).toMatch(/^Its header lists 2 tensors and needs \d+ bytes, but the file has \d+\./);
  expect(notice.text).toContain("The last complete tensor is `a.weight`.");
  const large = { needed: 548105171, found: 214302720, tensors: 148, last: null };
  const told = explain({ name: "SafetensorsError", message: "", code: "cut-short", data: large }, shown);
  expect(told.text).toContain("needs 548,105,171 bytes, but the file has 214,302,720.");
});

describe("what the hub refuses", () => {
  const refusal = async (status: number, code: string) =>
    explain(await thrown(refused(status, code)), { model: "gpt22", shown: false, known: ["stories-gpt2"] });

  test("a licence: accept it, then give a token", async () => {
    const notice = await refusal(403, "GatedRepo");
    expect(notice.text).toMatch(/Accept its terms, then give a token\. It stays in this tab\./);
    expect(notice.actions[0]).toEqual({ label: "Add token", act: { do: "token" } });
  });

  test("a name that is not there: what was meant, or a token for a private one", async () => {
    const notice = await refusal(404, "RepoNotFound");
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
