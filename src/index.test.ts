import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import * as headscope from "./index.ts";
import { nodeRuntime, openSource } from "./node.ts";

const GOLDEN = fileURLToPath(new URL("../test/fixtures/goldens/gpt2", import.meta.url));

it("opens a folder, runs a text and answers with attention", async () => {
  const source = await openSource(GOLDEN);
  const model = await headscope.openModel(source, { runtime: await nodeRuntime() });
  const { trace } = await model.run({ text: "The cat sat on the mat." });
  const attention = trace.attention("self", 0, 0);
  const { queries, keys } = trace.sides("self");
  expect(attention).toHaveLength(queries * keys);
  expect(attention.subarray(0, keys).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
  await model.dispose();
});

it("keeps every public path of package.json", () => {
  const { exports } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  const sources = Object.values<{ default: string }>(exports).map((path) =>
    path.default.replace("./dist/", "./").replace(/\.js$/, ".ts"),
  );
  for (const source of sources) expect(() => readFileSync(new URL(source, import.meta.url))).not.toThrow();
});
