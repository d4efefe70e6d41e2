import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { folderSource } from "../checkpoint/node.ts";
import { MemoryError, openModel, type Runtime } from "./index.ts";
import { nodeRuntime } from "./runtime/node.ts";

const golden = (name: string) =>
  fileURLToPath(new URL(`../../test/fixtures/goldens/${name}`, import.meta.url));

async function withMemory(memory: number, name: Runtime["name"] = "node"): Promise<Runtime> {
  return { ...(await nodeRuntime()), name, memory };
}

describe("a model", () => {
  it.each([
    [
      "gpt2",
      150_000,
      /gpt2 needs about \d+ kB of memory for \d+ kB of weights, and WebAssembly has 150 kB\. /,
    ],
    [
      "gpt2_f16",
      150_000,
      /The weights were not read\. Choose a smaller model, or run it with "npx headscope"/,
    ],
  ])("whose weights are too large is refused before they are read: %s", async (name, memory, message) => {
    const source = await folderSource(golden(name));
    const read: number[] = [];
    const watched = {
      ...source,
      read: (...args: Parameters<typeof source.read>) => {
        read.push(args[2] - args[1]);
        return source.read(...args);
      },
    };
    const error = await openModel(watched, { runtime: await withMemory(memory, "web") }).catch((e) => e);
    expect(error).toBeInstanceOf(MemoryError);
    expect(error.message).toMatch(message);
    expect(error.data.needed).toBeGreaterThan(error.data.limit);
    expect(Math.max(...read)).toBeLessThan(20_000);
  });
});

describe("a run", () => {
  it("that records too much says how much, how long a text fits, and what to leave out", async () => {
    const model = await openModel(await folderSource(golden("gpt2")), { runtime: await withMemory(120_000) });
    const ids = Array.from({ length: 40 }, (_, i) => i);
    const error = await model.run({ ids }, { captures: ["q", "pattern", "last_logits"] }).catch((e) => e);
    expect(error).toBeInstanceOf(MemoryError);
    expect(error.message).toMatch(
      /Use a shorter text \(about \d+ tokens fit, this one has 40\), or record less: without pattern/,
    );
    const fits = Number(/about (\d+) tokens/.exec(error.message)![1]);
    expect(fits).toBeGreaterThan(4);
    await model.run({ ids: ids.slice(0, fits) }, { captures: ["q", "pattern", "last_logits"] });
    await model.dispose();
  });
});
