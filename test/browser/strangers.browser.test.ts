// What strangers can do to the page and its server: names, addresses, other sites, and what they may not do.

import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import sirv from "sirv";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT, usePage } from "./page.ts";

const stage = usePage();
const MODEL = join(ROOT, "test/fixtures/goldens/gpt2");
const TRACE = join(
  ROOT,
  "gallery",
  JSON.parse(readFileSync(join(ROOT, "gallery/entries.json"), "utf8"))[0].trace,
);
const root = mkdtempSync(join(tmpdir(), "strangers-"));
let far: { url: string; close: () => void };

beforeAll(async () => {
  mkdirSync(join(root, "run1"));
  cpSync(MODEL, join(root, "run1/model"), { recursive: true });
  cpSync(TRACE, join(root, "a run.safetensors"));
  const files = sirv(root, { dev: true });
  const server = createServer((request, response) => {
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.setHeader("Access-Control-Allow-Headers", "range");
    response.setHeader("Access-Control-Expose-Headers", "content-range, content-length");
    if (request.method === "OPTIONS") return void response.end();
    if (request.url === "/evil.html")
      return void response.setHeader("Content-Type", "text/html").end("<p>evil</p>");
    files(request, response, () => void response.writeHead(404).end());
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  far = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
});
afterAll(() => {
  far.close();
  rmSync(root, { recursive: true });
});

/** What `headscope open` prints for a target, and the server that it runs. */
async function opened(target: string): Promise<{ address: string; child: ChildProcess }> {
  const args = [join(ROOT, "bin/headscope.mjs"), "open", target, "--no-open", "--port", "0"];
  const child = spawn(process.execPath, args, { env: { ...process.env, CI: "1" } });
  const address = await new Promise<string>((resolve, reject) => {
    let said = "";
    child.stdout.on("data", (part) => {
      said += part;
      if (said.includes("\n")) resolve(said.trim());
    });
    child.on("exit", () => reject(new Error(`headscope open ended for ${target}`)));
  });
  return { address, child };
}

describe("names that people have", () => {
  const names = [
    "my model",
    "a+b,c=d&e",
    "gpt2@v1#2?",
    "100%",
    "step:100",
    "a[b]\\c",
    "tab\tand\nline",
    "\u732b",
    "-x%2Fy",
    "e\u0301 and \u00e9",
    "\u732b".repeat(85),
  ];

  it.each(names)("the folder %j opens from the command line", async (name) => {
    const folder = join(root, name);
    cpSync(MODEL, folder, { recursive: true });
    const { address, child } = await opened(folder);
    const page = await stage.visit("/models/index.json");
    await page.goto(address);
    await page.waitForSelector("html[data-ready]", { state: "attached" });
    await page.locator(".live", { hasText: "Live" }).waitFor({ timeout: 20_000 });
    expect(await page.locator(".notice[role=alert]").count()).toBe(0);
    // However long a name is, there is room for the text and for what stands behind it.
    const field = (await page.locator("[data-field=text]").boundingBox())!;
    expect(field.width).toBeGreaterThan(200);
    const help = (await page.getByRole("button", { name: "Keys and gestures" }).boundingBox())!;
    expect(help.x + help.width).toBeLessThanOrEqual(page.viewportSize()!.width);
    await leave(page);
    child.kill();
  });

  it("and so does a recorded run", async () => {
    const file = join(root, "step:100 #1 50%.safetensors");
    cpSync(TRACE, file);
    const { address, child } = await opened(file);
    const page = await stage.visit("/models/index.json");
    await page.goto(address);
    await page.waitForSelector("html[data-ready]", { state: "attached" });
    await page.locator(".hs-word").first().waitFor({ timeout: 20_000 });
    expect(await page.locator(".notice[role=alert]").count()).toBe(0);
    await leave(page);
    child.kill();
  });
});

describe("another host", () => {
  it("gives models and recorded runs, by workers: the page itself may not ask it", async () => {
    const follow = async (page: Page) => page.getByRole("button", { name: /^Load from 127/ }).click();
    const model = await stage.show(`model=${encodeURIComponent(`${far.url}/run1/model/`)}&text=the+cat`);
    await follow(model);
    await model.locator(".live", { hasText: "Live" }).waitFor({ timeout: 20_000 });
    const run = await stage.show(`trace=${encodeURIComponent(`${far.url}/a%20run.safetensors`)}`);
    await follow(run);
    await run.locator(".hs-word").first().waitFor({ timeout: 20_000 });
    const direct = run.evaluate(
      (url) =>
        fetch(url).then(
          () => "sent",
          () => "refused",
        ),
      `${far.url}/evil.html`,
    );
    expect(await direct).toBe("refused");
    await leave(model, run);
  });

  it("cannot end our server with a page of its own", async () => {
    const page = await stage.visit("/models/index.json");
    const home = new URL(page.url()).origin;
    await page.goto(`${far.url}/evil.html`);
    const ranges = ["0-9007199254740992", "10-5", "0-99999999999999999999", "-0", "9007199254740993-"];
    await page.evaluate(
      async ({ home, ranges }) => {
        const tries = ranges.flatMap((range) =>
          ["/", "/gallery/entries.json", "/models/index.json", "/local/x/y"].map((path) =>
            fetch(home + path, { headers: { Range: `bytes=${range}` } }).catch(() => {}),
          ),
        );
        await Promise.all(tries);
      },
      { home, ranges },
    );
    expect((await fetch(home)).status).toBe(200);
    await leave(page);
  });
});

it.each([
  "model=https://127.0.0.1:1/%2525",
  "model=https://127.0.0.1:1/%25",
  "model=http://[",
  "trace=http://127.0.0.1:1/%25%00",
  "trace=%",
  "model=opened:%0a%E2%80%AE",
  "trace=a%2",
])("the address #%s ends in a notice and no uncaught error", async (hash) => {
  const page = await stage.visit("/models/index.json");
  const home = `${new URL(page.url()).origin}/`;
  await page.goto("about:blank");
  await page.goto(`${home}#${hash}`);
  await page.waitForSelector("html[data-ready]", { state: "attached", timeout: 40_000 });
  await page.locator(".notice[role=alert]").waitFor();
  await leave(page);
});

/** Requests may have failed, as they were meant to, or end with the page; nothing may have been thrown. */
async function leave(...pages: Page[]): Promise<void> {
  for (const page of pages) await page.context().close();
  await new Promise((said) => setTimeout(said, 500)); // ended requests are told late
  expect(stage.problems.splice(0).filter((problem) => problem.startsWith("page:"))).toEqual([]);
}
