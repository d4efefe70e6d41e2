// What docs/edits.md tells a reader to type works as it stands there: every command, and every sentence of its tables.

import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { build } from "../scripts/build.mjs";
import { editFromText } from "../src/trace/index.ts";
import { shellIn } from "./support/shell.ts";

const text = readFileSync(fileURLToPath(new URL("../docs/edits.md", import.meta.url)), "utf8");
const commands = [...text.matchAll(/^\$ (.+)$/gm)].map(([, command]) => command!);
const folder = mkdtempSync(join(tmpdir(), "docs-"));
beforeAll(() => build());
afterAll(() => rmSync(folder, { recursive: true }));

it("has commands to run", () => expect(commands.length).toBeGreaterThan(5));

it.runIf(process.platform !== "win32").each(commands)("%s", async (command) => {
  const { status, err } = await shellIn(folder)(command);
  expect({ status, err }).toEqual({ status: 0, err: expect.not.stringContaining("headscope:") });
  const [, output] = / -o (\S+)$/.exec(command) ?? [];
  if (output) expect(statSync(join(folder, output)).size).toBeGreaterThan(20);
});

it("writes sentences that are edits", () => {
  const table = text.slice(text.indexOf("## Sentences"), text.indexOf("## The command line"));
  const sentences = [...table.matchAll(/`([a-z]+ [^`]+)`/g)].map(([, sentence]) => sentence!);
  expect(sentences.length).toBeGreaterThan(12);
  for (const sentence of sentences)
    expect(editFromText(sentence, { dims: 64, style: "half" }), sentence).toBeTruthy();
});
