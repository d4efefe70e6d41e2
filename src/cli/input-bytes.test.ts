// Files that are none: pipes that say nothing, pipes that end, devices. An interrupt is heard whatever they do.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { fakeEnv, fakeModel } from "../../test/support/fake-model.ts";
import { convertCommand } from "./convert.ts";
import { generateCommand } from "./generate.ts";
import { inputBytes, inputText } from "./input-bytes.ts";
import { lensCommand } from "./lens.ts";
import type { Env } from "./report.ts";
import { traceCommand } from "./trace.ts";
import { viewCommand } from "./view.ts";

const folder = mkdtempSync(join(tmpdir(), "input-bytes-"));
afterAll(() => rmSync(folder, { recursive: true }));

let made = 0;
function pipe(): string {
  const path = join(folder, `pipe${made++}`);
  execFileSync("mkfifo", [path]);
  return path;
}

/** Says `text` into a pipe, in two parts, as soon as somebody listens. */
async function say(path: string, text: string): Promise<void> {
  const file = await open(path, "w");
  await file.write(text.slice(0, 3));
  await file.write(text.slice(3));
  await file.close();
}

const UNSTOPPED = new AbortController().signal;

describe("inputBytes", () => {
  it("reads a file and names one that is not there", async () => {
    writeFileSync(join(folder, "plain"), "wörds");
    expect(await inputText(join(folder, "plain"), UNSTOPPED)).toBe("wörds");
    await expect(inputBytes(join(folder, "none"), UNSTOPPED)).rejects.toThrow(/ENOENT.*none/);
    await expect(inputBytes(folder, UNSTOPPED)).rejects.toThrow("EISDIR");
  });
});

describe.runIf(process.platform !== "win32")("inputBytes of what is no file", () => {
  it("reads a pipe until it ends, in as many parts as it says", async () => {
    const path = pipe();
    const [text] = await Promise.all([inputText(path, UNSTOPPED), say(path, "wörds of a pipe")]);
    expect(text).toBe("wörds of a pipe");
  });

  it("finds nothing in /dev/null", async () => {
    expect(await inputText("/dev/null", UNSTOPPED)).toBe("");
  });

  it("stops listening to a pipe that nobody speaks into", async () => {
    const stop = new AbortController();
    const read = inputBytes(pipe(), stop.signal);
    setImmediate(() => stop.abort());
    await expect(read).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
    await expect(inputBytes(pipe(), stop.signal)).rejects.toBe(stop.signal.reason);
  });

  type Command = (args: readonly string[], env: Env) => Promise<number>;
  const to = (name: string) => ["-o", join(folder, name)];
  const cases: readonly (readonly [string, Command, (path: string) => string[]])[] = [
    ["trace --texts", traceCommand, (path) => ["m", "--texts", path, ...to("t")]],
    ["trace --pixels", traceCommand, (path) => ["m", "--pixels", path, ...to("t")]],
    ["trace --image", traceCommand, (path) => ["m", "--image", path, ...to("t")]],
    ["trace --audio", traceCommand, (path) => ["m", "--audio", path, ...to("t")]],
    ["trace --features", traceCommand, (path) => ["m", "--features", path, ...to("t")]],
    ["trace --edit @", traceCommand, (path) => ["m", "--text", "a", "--edit", `@${path}`, ...to("t")]],
    ["generate --audio", generateCommand, (path) => ["m", "--audio", path, "--tokens", "1"]],
    [
      "generate --edit @",
      generateCommand,
      (path) => ["m", "--text", "a", "--edit", `@${path}`, "--tokens", "1"],
    ],
    ["lens --edit @", lensCommand, (path) => ["m", "--text", "a", "--edit", `@${path}`, ...to("l.csv")]],
    ["view of a trace", viewCommand, (path) => [path, ...to("v.svg")]],
    ["convert", convertCommand, (path) => [path, ...to("c")]],
    ["convert --tokens", convertCommand, (path) => [attention(), "--tokens", path, ...to("c")]],
  ];
  it.each(cases)("lets %s be interrupted", async (_, command, args) => {
    const stop = new AbortController();
    const { env, said } = fakeEnv(fakeModel());
    const status = command(args(pipe()), { ...env, signal: stop.signal });
    setTimeout(() => stop.abort(), 20);
    expect([await status, said.err]).toEqual([130, "headscope: Interrupted.\n"]);
  });
});

/** A file of attention that waits for its words. */
function attention(): string {
  const path = join(folder, "attention.json");
  writeFileSync(
    path,
    JSON.stringify([
      [
        [
          [
            [1, 0],
            [0.5, 0.5],
          ],
        ],
      ],
    ]),
  );
  return path;
}
