// What the page does with models: it lets them write, chat, translate and look at pictures, and keeps what it loaded.

import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { CACHE_NAME } from "../../src/checkpoint/remote/browser-cache.ts";
import { param, pickFolder, ROOT, status, usePage } from "./page.ts";

const stage = usePage();
const LIVE = "model=stories-gpt2&text=Lily+saw+a+big+cat.+Lily";
const fixture = (name: string) => join(ROOT, "test/fixtures", name);

describe("Continue", () => {
  it("writes, shows the trace of it all, and every written token leads to its attention", async () => {
    const page = await stage.show(LIVE);
    await page.locator(".continue").click();
    const written = page.locator(".writing button");
    await expect.poll(() => written.count(), { timeout: 20_000 }).toBe(20);
    expect(await page.locator(".hs-left .hs-word").count()).toBe(27);
    await expect.poll(() => param(page, "more")).toBe("20");
    expect(await page.locator(".writing .prompt").textContent()).toBe("Lily saw a big cat. Lily");
    expect(await page.locator(".field i").textContent()).toBe("7 tokens");
    await written.nth(2).click();
    await expect.poll(() => param(page, "pin")).toBe("9");
    const word = (await written.nth(2).textContent())!.trim();
    expect(await page.locator(".dock").textContent()).toContain(`How ${word} attends`);
    await page.locator(".continue").click();
    await expect.poll(() => written.count(), { timeout: 20_000 }).toBe(40);
    const inSight = () =>
      page.locator('.hs-left [aria-selected="true"]').evaluate((word) => {
        const [box, frame] = [
          word.getBoundingClientRect(),
          word.closest(".hs-scroll")!.getBoundingClientRect(),
        ];
        return box.top >= frame.top - 1 && box.bottom <= frame.bottom + 1;
      });
    await expect.poll(inSight).toBe(true);
  }, 60_000);

  it("keeps the pinned words and the dock as they were left", async () => {
    const page = await stage.show(`${LIVE}&pin=1,5&dock=open&panel=edits`);
    const dock = async () => (await page.locator(".dock").boundingBox())!.height;
    const before = await dock();
    await page.locator(".continue").click();
    await expect.poll(() => page.locator(".writing button").count(), { timeout: 20_000 }).toBe(20);
    expect([param(page, "pin"), param(page, "panel")]).toEqual(["1,5", "edits"]);
    expect(await page.locator('.hs-left [aria-selected="true"]').count()).toBe(2);
    expect(await dock()).toBe(before);
  }, 60_000);

  it("reads no weights again, however often it is asked", async () => {
    const page = await stage.show();
    const asked: string[] = [];
    page.on("request", (request) => {
      if (request.url().includes("model.safetensors")) asked.push(request.url());
    });
    await page.evaluate((hash) => {
      location.hash = hash;
    }, LIVE);
    await expect.poll(() => status(page), { timeout: 20_000 }).toContain("live");
    expect(asked.splice(0).length).toBeGreaterThan(0);
    const written = page.locator(".writing button");
    for (const count of [20, 40]) {
      await page.locator(".continue").click();
      await expect.poll(() => written.count(), { timeout: 20_000 }).toBe(count);
    }
    expect(asked).toEqual([]);
  }, 60_000);

  it("can be stopped, and a link repeats what was drawn", async () => {
    const link = `${LIVE}&more=20&temperature=0.8&topk=40&seed=3`;
    const text = (at: Page) => at.locator(".writing .text").textContent();
    const [page, other] = [await stage.show(link), await stage.show(link)];
    expect(await page.locator(".writing button").count()).toBe(20);
    expect(await text(other)).toBe(await text(page));
    await page.locator(".draws").click();
    expect(await page.getByLabel(/^Temperature/).inputValue()).toBe("0.8");
    await page.keyboard.press("Escape");
    await page.evaluate((hash) => {
      location.hash = hash;
    }, `${LIVE}&more=480`);
    await page.locator(".writing[role=status]", { hasText: /[1-9]\d* of 480 tokens/ }).waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    await page.locator(".writing[role=note]").waitFor();
    expect(await page.locator(".writing button").count()).toBeLessThan(480);
    expect(await page.locator(".notice[role=alert]").count()).toBe(0);
  }, 60_000);
});

it("puts a text into the chat template only where it is asked to", async () => {
  const folder = mkdtempSync(join(tmpdir(), "chat-"));
  try {
    for (const file of ["config.json", "model.safetensors", "tokenizer.json"])
      cpSync(join(ROOT, "models/stories-gpt2", file), join(folder, file));
    const config = { chat_template: "User: {{ messages[0].content }}\nAnswer:" };
    writeFileSync(join(folder, "tokenizer_config.json"), JSON.stringify(config));
    const page = await stage.show("model=stories-gpt2&text=Lily");
    expect(await page.getByRole("button", { name: "Chat", exact: true }).count()).toBe(0);
    await pickFolder(page, folder);
    const chat = page.getByRole("button", { name: "Chat", exact: true });
    await chat.waitFor({ timeout: 20_000 });
    const words = () => page.locator(".hs-left .hs-word").allTextContents();
    expect(await page.getByRole("button", { name: "Plain text" }).getAttribute("aria-pressed")).toBe("true");
    expect(await words()).toEqual(["Lily"]);
    await chat.click();
    await page.keyboard.press("Control+Enter");
    await expect.poll(async () => (await words()).length).toBeGreaterThan(5);
    expect((await words()).join("")).toBe("User:Lily⏎Answer:");
    await expect.poll(() => param(page, "chat")).toBe("1");
    await page.getByRole("button", { name: "Continue", exact: true }).first().click();
    // The message and the answer do not run into each other.
    const written = page.getByRole("note", { name: "What the model wrote" });
    await expect.poll(() => written.locator(".text").textContent(), { timeout: 20_000 }).toMatch(/^Lily → ./);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);

it("has a source and a target, which the model writes itself where none is typed", async () => {
  const page = await stage.show("model=stories-gpt2&text=A+cat");
  await pickFolder(page, fixture("goldens/marian"));
  await page.locator("[data-field=target]").waitFor({ timeout: 20_000 });
  expect(await page.locator(".writing").textContent()).toContain("Target written by the model");
  await page.locator("[data-field=target]").fill("A dog");
  await page.keyboard.press("Enter");
  await page.locator(".writing").waitFor({ state: "detached" });
  await expect.poll(() => param(page, "target")).toBe("A dog");
  const blocks = page.getByRole("group", { name: "Attention block" }).getByRole("button");
  expect(await blocks.allTextContents()).toEqual(["Encoder", "Decoder", "Cross", "All"]);
  await blocks.nth(0).click();
  expect(param(page, "block")).toBe("encoder");
  await blocks.nth(3).click();
  expect(param(page, "block")).toBe("all");
  expect(await page.locator(".dock").textContent()).toContain("cross attention");
  expect(await page.locator(".hs-sentence").first().textContent()).toBe("Source");
  await page.locator(".hs-left .hs-word").last().click();
  expect(param(page, "block")).toBe("all");
}, 60_000);

describe("an image model", () => {
  it("shows the picture beside the map, with the pinned and the hovered patch outlined", async () => {
    const page = await stage.show();
    await pickFolder(page, fixture("goldens/vit"));
    const patches = page.locator(".patches button");
    await expect.poll(() => patches.count(), { timeout: 20_000 }).toBe(16);
    await patches.nth(5).click();
    expect(param(page, "pin")).toBe("6");
    expect(await page.locator(".patches .pinned").getAttribute("aria-label")).toBe("Patch 1,1");
    await page.locator(".hs-left .hs-word").nth(3).hover();
    await expect.poll(() => page.locator(".patches .hovered").count()).toBe(1);
    await page.locator(".picture-field input").setInputFiles(fixture("images/small.png"));
    await expect.poll(() => param(page, "image")).toBe("small.png");
    expect(await page.locator(".picture-field .name").textContent()).toContain("small.png");
    await page.goBack();
    await expect.poll(() => param(page, "image")).toBeNull();
  }, 60_000);

  it("takes a dropped picture, and a file that is none leaves the run as it is", async () => {
    const page = await stage.show();
    await pickFolder(page, fixture("goldens/vit"));
    await page.locator(".patches").waitFor({ timeout: 20_000 });
    const file = { name: "broken.png", mimeType: "image/png", buffer: Buffer.from("no picture") };
    await page.locator(".picture-field input").setInputFiles([file]);
    const alert = page.locator(".notice[role=alert]");
    await alert.waitFor();
    expect(await alert.textContent()).toContain("This picture cannot be used");
    expect(await page.locator(".patches button").count()).toBe(16);
  }, 60_000);
});

it("lists what this browser keeps, and deletes it", async () => {
  const page = await stage.show();
  await page.evaluate(async (name) => {
    const cache = await caches.open(name);
    const headers = { "content-length": "5000000" };
    const key = `https://headscope.invalid/${encodeURIComponent("hub:org/tiny@main")}/a/t/8/0`;
    await cache.put(key, new Response("x", { headers }));
  }, CACHE_NAME);
  await page.locator(".btn.model").click();
  const kept = page.locator(".kept");
  await expect.poll(() => kept.allTextContents()).toEqual(["org/tiny1 file5.0 MB"]);
  await page.getByRole("button", { name: "Delete org/tiny@main from this browser" }).click();
  await kept.waitFor({ state: "detached" });
});

it("says that an address leads nowhere, or that its run is gone", async () => {
  const page = await stage.show("trace=../../etc/passwd");
  const alert = page.locator(".notice[role=alert]");
  expect(await alert.textContent()).toContain("A part of this address leads nowhere");
  expect(await page.locator(".hs-word").count()).toBeGreaterThan(10);
  const gone = await stage.show("trace=gallery/traces/gone.safetensors");
  await gone.getByRole("button", { name: "Show the first example" }).click();
  await expect.poll(() => gone.locator(".hs-word").count()).toBeGreaterThan(10);
  expect(await status(gone)).toBe("recorded run");
  // The rest of the answer that says so is not read.
  expect(stage.problems.filter((problem) => !/404|gone\.safetensors net::ERR_ABORTED/.test(problem))).toEqual(
    [],
  );
  stage.problems.length = 0;
});

it("asks for a token where a model is gated, and sends it with the next try", async () => {
  const page = await stage.show();
  const seen: (string | undefined)[] = [];
  await page.route("https://huggingface.co/**", (route) => {
    seen.push(route.request().headers().authorization);
    const headers = {
      "access-control-allow-origin": "*",
      "access-control-allow-headers": "*",
      "access-control-expose-headers": "*",
      "x-error-code": "GatedRepo",
    };
    return route.fulfill({ status: route.request().method() === "OPTIONS" ? 204 : 403, headers, body: "" });
  });
  await page.locator(".btn.model").click();
  await page.getByRole("textbox", { name: /Hugging Face id/ }).fill("org/gated");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Add token" }).click();
  await page.getByRole("textbox", { name: "Hugging Face token" }).fill("hf_secret");
  await page.keyboard.press("Enter");
  await expect.poll(() => seen).toContain("Bearer hf_secret");
  expect(seen[0]).toBeUndefined();
  expect(page.url()).not.toContain("hf_secret");
  expect(await page.evaluate(() => JSON.stringify([localStorage, sessionStorage]))).not.toContain(
    "hf_secret",
  );
  expect(stage.problems.filter((problem) => !/403|ERR_ABORTED/.test(problem))).toEqual([]);
  stage.problems.length = 0;
}, 40_000);
