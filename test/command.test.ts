// The command as a process of its own: signals, closed pipes, full disks and texts of strangers.

import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { build } from "../scripts/build.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const MODEL = join(ROOT, "models/stories-gpt2");
const folder = mkdtempSync(join(tmpdir(), "command-"));
beforeAll(() => build());
afterAll(() => rmSync(folder, { recursive: true }));

type Stdio = "pipe" | number;

function start(args: readonly string[], stdout: Stdio = "pipe"): ChildProcess {
  const command = [join(ROOT, "bin/headscope.mjs"), ...args];
  return spawn(process.execPath, command, {
    stdio: ["ignore", stdout, "pipe"],
    env: { ...process.env, CI: "1" },
  });
}

async function ended(child: ChildProcess): Promise<{ status: number | null; said: string; out: string }> {
  let [said, out] = ["", ""];
  child.stderr!.on("data", (part) => {
    said += part;
  });
  child.stdout?.on("data", (part) => {
    out += part;
  });
  const status = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { status, said, out };
}

/** Two thousand texts: no machine is done with them before it is stopped. */
function startLong(output: string): ChildProcess {
  const texts = join(folder, "many.txt");
  writeFileSync(texts, "Once upon a time there was a cat.\n".repeat(2000));
  return start(["trace", MODEL, "--texts", texts, "-o", join(folder, output)]);
}

describe("headscope", () => {
  it.each(["SIGINT", "SIGTERM"] as const)(
    "ends with 130 at %s, and what it began to say stays",
    async (signal) => {
      const child = startLong(signal);
      child.stdout!.once("data", () => child.kill(signal));
      const { status, said, out } = await ended(child);
      expect([status, said]).toEqual([130, ""]);
      expect(out).toContain("000.trace.safetensors");
    },
  );

  it("ends in one sentence where nobody reads on", async () => {
    const child = startLong("unread");
    child.stdout!.once("data", () => child.stdout!.destroy());
    const { status, said } = await ended(child);
    expect([status, said]).toEqual([
      1,
      "headscope: The output cannot be written: nobody reads it any more.\n",
    ]);
  });

  it.runIf(process.platform === "linux")("ends in one sentence where its output is full", async () => {
    const { status, said } = await ended(
      start(["generate", MODEL, "--text", "hi", "--tokens", "3"], openSync("/dev/full", "w")),
    );
    expect([status, said]).toEqual([
      1,
      "headscope: The output cannot be written: no space is left on the disk.\n",
    ]);
  });

  it("lets no control character of a checkpoint through", async () => {
    const evil = join(folder, "evil");
    cpSync(MODEL, evil, { recursive: true });
    const config = JSON.parse(readFileSync(join(evil, "config.json"), "utf8"));
    writeFileSync(
      join(evil, "config.json"),
      JSON.stringify({ ...config, model_type: `\u001b]0;owned\u0007${"x".repeat(1e5)}` }),
    );
    const refused = await ended(start(["trace", evil, "--text", "hi", "-o", join(folder, "x")]));
    expect(refused.status).toBe(1);
    for (const control of ["\u001b", "\u0007"]) expect(refused.said).not.toContain(control);
    expect(refused.said.length).toBeLessThan(5000);
  });
});
