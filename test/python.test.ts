// The Python package: its own tests, its version, and whether TypeScript reads what Python writes.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decodeTensor, parseSafetensors } from "../src/tensor/index.ts";
import { readTrace } from "../src/trace/index.ts";
import { missing, pythonWith, ROOT, runPython } from "./support/python.ts";

const NEEDED = ["numpy", "safetensors", "pytest"];
const python = pythonWith(...NEEDED);
const MINUTES = 60_000;

describe("the Python package", () => {
  it("has the version of package.json, everywhere", () => {
    const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
    const { version } = JSON.parse(read("package.json"));
    expect(/^version = "(.*)"$/m.exec(read("python/pyproject.toml"))?.[1]).toBe(version);
    expect(/^__version__ = "(.*)"$/m.exec(read("python/headscope/__init__.py"))?.[1]).toBe(version);
  });

  it.skipIf(!python)("passes its own tests", { timeout: 20 * MINUTES }, async () => {
    const said = await runPython(
      python!,
      ["-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider"],
      20 * MINUTES,
    );
    process.stderr.write(`python/: ${said.trim().split("\n").slice(-6).join("\n")}\n`);
    expect(said).toMatch(/\d+ passed/);
  });

  it.skipIf(!python)(
    "writes traces that TypeScript reads, equal within 1e-6",
    { timeout: 5 * MINUTES },
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "headscope-python-"));
      try {
        await runPython(python!, ["tests/write_traces.py", folder], 5 * MINUTES);
        const names = readdirSync(folder).filter((name) => name.endsWith(".expected.safetensors"));
        expect(names.length).toBeGreaterThanOrEqual(12);
        for (const name of names) compare(folder, name.replace(".expected.safetensors", ""));
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
});

if (!python) process.stderr.write(`python/: ${missing(...NEEDED)}\n`);

/** Every head of a trace against what numpy made of it; 1e-5 where T5's unscaled scores make rounding larger. */
function compare(folder: string, name: string): void {
  const trace = readTrace(readFileSync(join(folder, `${name}.safetensors`)));
  const bytes = readFileSync(join(folder, `${name}.expected.safetensors`));
  const { tensors } = parseSafetensors(bytes);
  expect(tensors.size).toBeGreaterThan(0);
  for (const [key, entry] of tensors) {
    const [block, layer] = key.split(".") as ["self" | "encoder" | "decoder" | "cross", string];
    const { data, shape } = decodeTensor(entry, bytes.subarray(entry.start, entry.end));
    const size = shape[1]! * shape[2]!;
    expect(trace.heads(block, Number(layer))).toBe(shape[0]);
    for (let head = 0; head < shape[0]!; head++) {
      const made = trace.attention(block, Number(layer), head);
      const worst = made.reduce(
        (most, w, i) => Math.max(most, Math.abs(w - Number(data[head * size + i]))),
        0,
      );
      expect(worst, `${name} ${key}.${head}`).toBeLessThan(name === "t5" ? 1e-5 : 1e-6);
    }
  }
}
