import { expect, test } from "vitest";
import type { Source } from "../../checkpoint/index.ts";
import { checkMemory } from "./memory.ts";

function model(gigabytes: number, dtype: string): Source {
  const config = new TextEncoder().encode(JSON.stringify({ torch_dtype: dtype }));
  return {
    name: "m",
    list: async () => [
      { path: "config.json", size: config.length },
      { path: "model.safetensors", size: gigabytes * 1e9 },
    ],
    read: async () => config,
  };
}

test.each([
  [0.5, "bfloat16"],
  [1.2, "bfloat16"],
  [3, "float32"],
])("%d GB of %s fit", async (gigabytes, dtype) => {
  await expect(checkMemory(model(gigabytes, dtype))).resolves.toBeUndefined();
});

test.each([
  [2.2, "bfloat16", "It needs about 7.0 GB and this browser allows 4.3 GB."],
  [4, "float32", "It needs about 5.2 GB and this browser allows 4.3 GB."],
])("%d GB of %s do not", async (gigabytes, dtype, message) => {
  await expect(checkMemory(model(gigabytes, dtype))).rejects.toThrow(message);
});
