// The command as a process of its own: signals, closed pipes, full disks and texts of strangers.

import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { build } from "../scripts/build.mjs";
import { readTrace } from "../src/trace/index.ts";
import { startHub } from "./hub-server.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const MODEL = join(ROOT, "models/stories-gpt2");
const folder = mkdtempSync(join(tmpdir(), "command-"));
beforeAll(() => build());
afterAll(() => rmSync(folder, { recursive: true }));

type Stdio = "pipe" | number;

function start(
  args: readonly string[],
  stdout: Stdio = "pipe",
  { cwd = ROOT, ...env }: Record<string, string> = {},
): ChildProcess {
  const command = [join(ROOT, "bin/headscope.mjs"), ...args];
  return spawn(process.execPath, command, {
    stdio: ["ignore", stdout, "pipe"],
    env: { ...process.env, CI: "1", ...env },
    cwd,
  });
}

/** A hub with one model that answers no request whose path matches; `silent` resolves at the first of them. */
async function silentHub(silentAt: RegExp) {
  const files = Object.fromEntries(
    ["config.json", "model.safetensors"].map((name) => [name, readFileSync(join(MODEL, name))]),
  );
  const hub = await startHub(files);
  let heard = () => {};
  const silent = new Promise<void>((resolve) => {
    heard = resolve;
  });
  const front = createServer((request, response) => {
    if (silentAt.test(request.url!)) return heard();
    response.writeHead(307, { location: `${hub.endpoint}${request.url}` }).end();
  });
  await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
  const close = async () => {
    front.closeAllConnections();
    front.close();
    await hub.close();
  };
  return { endpoint: `http://127.0.0.1:${(front.address() as AddressInfo).port}`, silent, close };
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
      expect([status, said]).toEqual([130, "headscope: Interrupted.\n"]);
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

  it("writes nothing but the file where that is its own output, and says the rest elsewhere", async () => {
    const file = join(folder, "redirected.safetensors");
    const args = ["trace", MODEL, "--text", "hi", "-o", "/dev/stdout"];
    const { status, said } = await ended(start(args, openSync(file, "w")));
    expect([status, said]).toEqual([0, expect.stringContaining("/dev/stdout")]);
    expect(readTrace(new Uint8Array(readFileSync(file))).manifest.blocks).toHaveLength(1);
  });

  describe("interrupted while its model comes from a hub", () => {
    const stages = [/^\/api\//, /config\.json$/, /model\.safetensors$/];
    it.each([
      ["trace", ["--text", "hi", "-o"], "x.safetensors"],
      ["view", ["--text", "hi", "-o"], "x.svg"],
      ["generate", ["--text", "hi", "--tokens"], "3"],
      ["lens", ["--text", "hi", "-o"], "x.csv"],
      ["patch", ["--clean", "a", "--corrupt", "b", "-o"], "x.csv"],
      ["attribute", ["--text", "hi", "-o"], "x.csv"],
    ])("%s ends with 130 and a sentence, and writes nothing", async (verb, args, last) => {
      for (const silentAt of stages) {
        const room = mkdtempSync(join(folder, "hub-"));
        const hub = await silentHub(silentAt);
        const child = start([verb, "org/name", ...args, last], "pipe", {
          HF_ENDPOINT: hub.endpoint,
          HF_HUB_CACHE: join(room, "cache"),
          cwd: room,
        });
        const closed = ended(child);
        await hub.silent;
        child.kill("SIGINT");
        const { status, said, out } = await closed;
        expect([status, said, out]).toEqual([130, "headscope: Interrupted.\n", ""]);
        expect(existsSync(join(room, last))).toBe(false);
        await hub.close();
      }
    });
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
