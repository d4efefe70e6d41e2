// The page on the engine of the process that served it: the same numbers as in the browser, Stop, a server that dies and
// comes back, and who else is refused.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, expect, it } from "vitest";
import { WebSocket } from "ws";
import { freshToken } from "../../src/cli/native/access.ts";
import { ENGINE_PATH, PROTOCOL, TOKEN_PREFIX } from "../../src/wire/native.ts";
import { useStage } from "./browser.ts";
import { serveNative } from "./native-stage.ts";
import { filled, pickFolder, ROOT, status, statusFacts, traceOf } from "./page.ts";

const token = freshToken();
let address = "";

const stage = useStage(async () => {
  const serving = await serveNative({ token });
  address = serving.url;
  return serving;
});

const LIVE = "model=stories-gpt2&text=Lily+saw+a+big+cat.+Lily";

async function ready(page: Page): Promise<Page> {
  await page.waitForSelector("html[data-ready]", { state: "attached", timeout: 25_000 });
  return page;
}

const show = async (hash: string) => ready(await stage.visit(`/#${hash}&token=${token}`));

it("gives the numbers that the browser gives, says where it runs, and lets one choose", async () => {
  const page = await show(LIVE);
  expect(page.url()).not.toContain(token);
  await expect.poll(() => status(page)).toMatch(/^live/);
  expect(await statusFacts(page)).toMatch(/Runs onthis computer, \d+ thread/);
  const native = await traceOf(page);
  await page.locator(".live").click();
  await page.getByRole("button", { name: "This browser" }).click();
  await page.keyboard.press("Escape");
  await page.locator("[data-field=text]").fill("Lily saw a big cat. Lily");
  const worker = page.waitForEvent("worker");
  await page.locator(".run").click();
  await worker;
  await expect
    .poll(() => statusFacts(page), { timeout: 20_000 })
    .toMatch(/Runs onthis browser, WebAssembly, \d+ thread/);
  const web = await traceOf(page);
  expect(native.names.sort()).toEqual(web.names.sort());
  for (const name of native.names) {
    const [a, b] = [native.tensor(name)!.data, web.tensor(name)!.data];
    const far = a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
    const large = a.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    expect(far / large, name).toBeLessThan(1e-5);
  }
}, 60_000);

it("takes runs in half precision where that is chosen, and says so", async () => {
  const page = await show(LIVE);
  await expect.poll(() => status(page)).toMatch(/^live/);
  expect(await statusFacts(page)).not.toContain("Numbershalf precision");
  const whole = await traceOf(page);
  await page.locator(".live").click();
  await page.getByRole("checkbox", { name: /half precision/ }).check();
  await page.keyboard.press("Escape");
  await page.locator(".run").click();
  await expect.poll(() => statusFacts(page), { timeout: 20_000 }).toContain("Numbershalf precision");
  const half = await traceOf(page);
  expect(half.raw("self.0.q")?.dtype).toBe("F16");
  for (const layer of [0, 4]) {
    const [a, b] = [whole.attention("self", layer, 2), half.attention("self", layer, 2)];
    expect(Math.max(...a.map((weight, i) => Math.abs(weight - b[i]!)))).toBeLessThan(1e-3);
  }
}, 60_000);

it("stops what it writes and shows what is there", async () => {
  const page = await show(LIVE);
  await page.evaluate((hash) => {
    location.hash = hash;
  }, `${LIVE}&more=480`);
  await page.waitForFunction(() =>
    /[1-9]\d* of 480 tokens/.test(document.querySelector(".writing[role=status]")?.textContent ?? ""),
  );
  await page.getByRole("button", { name: "Stop" }).click();
  await page.locator(".writing[role=note]").waitFor();
  expect(await page.locator(".writing button").count()).toBeLessThan(480);
  expect(await page.locator(".notice[role=alert]").count()).toBe(0);
  expect(await statusFacts(page)).toMatch(/this computer/);
}, 60_000);

it("refuses another origin, another host and who has no token, with 403", async () => {
  const dial = (protocols: string[], headers: Record<string, string>) =>
    new Promise<number>((resolve) => {
      const socket = new WebSocket(`${address.replace("http", "ws")}/${ENGINE_PATH}`, protocols, { headers });
      socket.on("unexpected-response", (_, response) => resolve(response.statusCode ?? 0));
      socket.on("open", () => {
        socket.close();
        resolve(101);
      });
      socket.on("error", () => undefined);
    });
  const [own, right] = [{ origin: address }, [PROTOCOL, TOKEN_PREFIX + token]];
  expect(await dial(right, own)).toBe(101);
  expect(await dial(right, { origin: "https://example.com" })).toBe(403);
  expect(await dial(right, {})).toBe(403);
  expect(await dial(right, { ...own, host: "evil.example" })).toBe(403);
  expect(await dial([PROTOCOL], own)).toBe(403);
  expect(await dial([PROTOCOL, `${TOKEN_PREFIX}${"0".repeat(48)}`], own)).toBe(403);
  const ask = (headers: Record<string, string>) => fetch(`${address}/${ENGINE_PATH}`, { headers });
  expect((await ask({})).status).toBe(403);
  expect((await ask({ Authorization: `Bearer ${token}`, Origin: "https://example.com" })).status).toBe(403);
  const answer = await ask({ Authorization: `Bearer ${token}` });
  expect(await answer.json()).toMatchObject({ native: { threads: expect.any(Number) } });
});

it("runs in the browser where the page was opened without the token", async () => {
  const page = await ready(await stage.visit(`/#${LIVE}`));
  await expect.poll(() => status(page), { timeout: 20_000 }).toMatch(/^live/);
  expect(await statusFacts(page)).toMatch(/this browser/);
}, 40_000);

const home = mkdtempSync(join(tmpdir(), "headscope-native-"));
let server: ChildProcess | null = null;
afterAll(() => {
  server?.kill("SIGKILL");
  rmSync(home, { recursive: true, force: true });
});

/** Node's module loader without onnxruntime-node, as where npm could not install it. */
const WITHOUT_NATIVE = `data:text/javascript,${encodeURIComponent(`
  import { register } from "node:module";
  register("data:text/javascript," + encodeURIComponent(\`
    export async function resolve(name, context, next) {
      if (name === "onnxruntime-node") throw new Error("Cannot find package 'onnxruntime-node'");
      return next(name, context);
    }\`));
`)}`;

/** `headscope open` as a user starts it; gives the address that it prints. */
async function open(port: string, options: readonly string[] = []): Promise<string> {
  const program = [...options, join(ROOT, "bin/headscope.mjs")];
  const args = [...program, "open", "stories-gpt2", "--no-open", "--port", port];
  const env = { ...process.env, XDG_STATE_HOME: home };
  server = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve) =>
    server!.stdout!.on("data", (line: Buffer) => resolve(line.toString().trim())),
  );
}

it("runs in the browser where onnxruntime-node is not installed, and says why and what brings it", async () => {
  const page = await stage.visit("/");
  await page.goto(await open("0", ["--import", WITHOUT_NATIVE]));
  await ready(page);
  await page.locator("[data-field=text]").fill("Tom saw a dog.");
  await page.locator(".run").click();
  const words = () => page.locator(".hs-left .hs-word").allTextContents();
  await expect.poll(words, { timeout: 20_000 }).toContain("Tom");
  const said = await statusFacts(page);
  expect(said).toMatch(/Runs onthis browser, WebAssembly, \d+ threads?/);
  expect(said).toContain("onnxruntime-node cannot be loaded (Cannot find package 'onnxruntime-node').");
  expect(said).toContain("npm install onnxruntime-node brings it");
  expect(said).not.toContain("This computer");
  await page.locator(".btn.model").click();
  expect(await filled(page, ".menu.models").textContent()).toContain("onnxruntime-node cannot be loaded");
  server!.kill("SIGKILL");
}, 60_000);

it("runs a folder that is picked in the browser, which has no path, and names the command that has one", async () => {
  const page = await show(LIVE);
  await expect.poll(() => status(page)).toMatch(/^live/);
  expect(await statusFacts(page)).toMatch(/Runs onthis computer/);
  await pickFolder(page, join(ROOT, "models/stories-gpt2"));
  await expect.poll(() => new URL(page.url()).hash, { timeout: 20_000 }).toContain("opened:stories-gpt2");
  await expect.poll(() => statusFacts(page), { timeout: 20_000 }).toMatch(/Runs onthis browser/);
  await page.locator(".btn.model").click();
  expect(await filled(page, ".menu.models").textContent()).toContain(
    "runs in this browser; npx headscope FOLDER runs it on this computer",
  );
}, 60_000);

it("keeps the choice of the browser through a reload", async () => {
  const page = await show(LIVE);
  await expect.poll(() => status(page)).toMatch(/^live/);
  expect(await statusFacts(page)).toMatch(/Runs onthis computer/);
  await page.locator(".live").click();
  await page.getByRole("button", { name: "This browser" }).click();
  await page.keyboard.press("Escape");
  await page.reload();
  await ready(page);
  await expect.poll(() => status(page), { timeout: 20_000 }).toMatch(/^live/);
  expect(await statusFacts(page)).toMatch(/Runs onthis browser, WebAssembly/);
  await page.locator(".live").click();
  await page.getByRole("button", { name: "This computer" }).click();
  await page.reload();
  await ready(page);
  await expect.poll(() => status(page), { timeout: 20_000 }).toMatch(/^live/);
  expect(await statusFacts(page)).toMatch(/Runs onthis computer/);
}, 60_000);

it("notices that the server was killed in the middle of a run, keeps the picture, and finds the next one", async () => {
  const first = await open("0");
  const { port, origin } = new URL(first);
  const page = await stage.visit("/");
  await page.goto(first);
  await ready(page);
  await page.goto(`${origin}/#${LIVE}&more=480`);
  await page.waitForFunction(() =>
    /[1-9]\d* of 480 tokens/.test(document.querySelector(".writing[role=status]")?.textContent ?? ""),
  );
  server!.kill("SIGKILL");
  const notice = page.locator(".notice[role=alert]");
  await expect
    .poll(() => notice.locator("h2").textContent(), { timeout: 20_000 })
    .toBe("headscope on this machine does not answer");
  expect(await page.locator(".hs-left .hs-word").count()).toBeGreaterThan(0);
  expect(await open(port)).toBe(first);
  await page.locator("[data-field=text]").fill("Tom saw a dog.");
  await page.locator(".run").click();
  const words = () => page.locator(".hs-left .hs-word").allTextContents();
  await expect.poll(words, { timeout: 20_000 }).toContain("Tom");
  expect(await statusFacts(page)).toMatch(/this computer/);
  expect(await notice.count()).toBe(0);
  expect(stage.problems.filter((problem) => !/ERR_CONNECTION|WebSocket|ERR_ABORTED/.test(problem))).toEqual(
    [],
  );
  stage.problems.length = 0;
}, 90_000);
