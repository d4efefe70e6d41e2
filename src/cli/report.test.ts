import { expect, it } from "vitest";
import { CheckpointError } from "../checkpoint/index.ts";
import { reporting } from "./report.ts";

/** Exit status and what was said where a command's body throws. */
async function ended(error: Error): Promise<[number, string]> {
  let said = "";
  const stderr = { write: (text: string) => (said += text) };
  const env = {
    stdout: stderr,
    stderr,
    signal: new AbortController().signal,
    open: () => Promise.reject(error),
  };
  return [
    await reporting(env, "usage", async () => {
      throw error;
    }),
    said,
  ];
}

it("ends with 130 and a word where the user stopped a tokenizer", async () => {
  expect(await ended(new CheckpointError("The tokenizer was interrupted.", { code: "interrupted" }))).toEqual(
    [130, "headscope: Interrupted.\n"],
  );
  expect(await ended(new CheckpointError("No."))).toEqual([1, "headscope: No.\n"]);
});
