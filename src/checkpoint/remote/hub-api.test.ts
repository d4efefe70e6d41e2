import { describe, expect, it } from "vitest";
import { parseHubAddress, parseHubId } from "./hub-api.ts";

describe("parseHubId", () => {
  it.each([
    ["gpt2", "gpt2", "main"],
    ["openai-community/gpt2", "openai-community/gpt2", "main"],
    ["org/name@v1.0", "org/name", "v1.0"],
    ["org/name@refs/pr/3", "org/name", "refs/pr/3"],
    ["org/Name_2.5-x", "org/Name_2.5-x", "main"],
  ])("reads %s", (spec, id, revision) => {
    expect(parseHubId(spec)).toEqual({ id, revision });
  });

  it.each([
    "",
    "a/b/c",
    "../x",
    "./x",
    "/abs",
    "org/..",
    "org/a--b",
    "org/name@../x",
    "org/name@",
    "a b",
    "org/na?me",
    ".x/y",
  ])("refuses %s", (spec) => {
    expect(parseHubId(spec)).toBeUndefined();
  });
});

describe("parseHubAddress", () => {
  it.each([
    ["https://huggingface.co/org/name", "org/name", "main"],
    ["https://huggingface.co/gpt2", "gpt2", "main"],
    ["https://huggingface.co/org/name/tree/v2", "org/name", "v2"],
    ["https://huggingface.co/org/name/blob/main/config.json", "org/name", "main"],
  ])("reads %s", (address, id, revision) => {
    expect(parseHubAddress(address)).toEqual({ id, revision });
  });

  it.each([
    "https://example.org/org/name",
    "https://huggingface.co/",
    "https://huggingface.co/a/b/c",
    "nonsense",
  ])("is not for %s", (address) => {
    expect(parseHubAddress(address)).toBeUndefined();
  });
});
