import { expect, test } from "vitest";
import { HUB, hostOf, trustedIn } from "./hosts.ts";

const at = {
  home: "localhost:4173",
  bundled: [{ name: "stories-gpt2", family: "gpt2", layers: 5, heads: 5, bytes: 9, about: "", files: [] }],
  cached: ["org/cached"],
};

test.each([
  [{ trace: "http://any.host/run.safetensors", model: null }, "any.host"],
  [{ trace: "HTTPS://any.host:8/run", model: "stories-gpt2" }, "any.host:8"],
  [{ trace: "http://localhost:4173/x", model: null }, null],
  [{ trace: "gallery/traces/a.safetensors", model: "org/name" }, null],
  [{ trace: "opened:a.safetensors", model: null }, null],
  [{ trace: null, model: "https://models.example/gpt2/" }, "models.example"],
  [{ trace: null, model: "https://huggingface.co/org/name" }, HUB],
  [{ trace: null, model: "org/name@v1" }, HUB],
  [{ trace: null, model: "gpt2" }, HUB],
  [{ trace: null, model: "stories-gpt2" }, null],
  [{ trace: null, model: "org/cached@main" }, null],
  [{ trace: null, model: "local/x/" }, null],
  [{ trace: null, model: "opened:mine" }, null],
  [{ trace: null, model: null }, null],
])("%j leads to %s", (place, host) => {
  expect(hostOf(place, at)).toBe(host);
});

test("who agreed once is not asked again in the same tab", () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
  trustedIn(storage).add("any.host");
  const again = trustedIn(storage);
  expect([again.has("any.host"), again.has("other.host")]).toEqual([true, false]);
  expect(trustedIn({ ...storage, getItem: () => "{" }).has("any.host")).toBe(false);
});
