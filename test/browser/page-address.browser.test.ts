// The page's address: what a link may do unasked, what a reload keeps, what is left out of it, what a tab is called.

import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { crumbs, param, pickFolder, ROOT, status, usePage } from "./page.ts";

const { show: open } = usePage();
const TRACE = join(ROOT, "gallery/traces/gpt2-john-smith.safetensors");
const JOHN = "trace=gallery/traces/gpt2-john-smith.safetensors";
const LIVE = "model=stories-gpt2&text=Lily+saw+a+cat";

let far: Server;
let host: string;
const asked: string[] = [];
beforeAll(async () => {
  far = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.end(readFileSync(TRACE));
  });
  await new Promise<void>((done) => far.listen(0, "127.0.0.1", done));
  host = `127.0.0.1:${(far.address() as AddressInfo).port}`;
});
afterAll(() => {
  far.closeAllConnections();
  far.close();
});

const alert = (page: Page) => page.locator(".notice[role=alert]");
const reload = async (page: Page) => {
  await page.reload();
  await page.waitForSelector("html[data-ready]", { state: "attached" });
};

describe("a link to another host", () => {
  it("asks before a run is loaded from there, once in a tab", async () => {
    const page = await open(`trace=${encodeURIComponent(`http://${host}/run.safetensors`)}&l=4&h=11`);
    expect(await alert(page).textContent()).toContain(`Load from ${host}?`);
    expect(await page.locator(".hs-word").count()).toBe(0);
    expect(asked).toEqual([]);
    await alert(page)
      .getByRole("button", { name: `Load from ${host}` })
      .click();
    await expect.poll(() => crumbs(page)).toEqual(["gpt2", "Layer 4", "Head 11", "Smith 8"]);
    expect(asked).toEqual(["/run.safetensors"]);
    await reload(page);
    await expect.poll(() => page.locator(".hs-word").count()).toBeGreaterThan(10);
  });

  it("asks before a model is loaded, of the hub too", async () => {
    for (const [key, name] of [
      [`http://${host}/model/`, host],
      ["org/name", "huggingface.co"],
    ]) {
      const page = await open(`model=${encodeURIComponent(key!)}&text=a`);
      expect(await alert(page).textContent()).toContain(`Load from ${name}?`);
      await alert(page).getByRole("button", { name: "Show the first example" }).click();
      await expect.poll(() => page.locator(".hs-word").count()).toBeGreaterThan(10);
    }
    expect(asked).toEqual(["/run.safetensors", "/run.safetensors"]);
  });
});

describe("an address", () => {
  it("says which of its parts the run does not have, and loses them", async () => {
    const page = await open(`${JOHN}&l=99&h=77,88&pin=40&view=foo`);
    expect(await alert(page).textContent()).toContain(
      "view=foo, l=99, h=77,88, pin=40: not here. The run has 12 layers of 12 heads, and 9 tokens",
    );
    expect([param(page, "l"), param(page, "h"), param(page, "view")]).toEqual(["4", "11", null]);
  });

  it("names no panel of a phone on a desktop", async () => {
    const page = await open(JOHN);
    await page.keyboard.press("n");
    expect([param(page, "dock"), param(page, "tab")]).toEqual(["closed", null]);
  });

  it("gives the tab a name of its own", async () => {
    const page = await open(`${JOHN}&l=4&h=11`);
    await expect
      .poll(() => page.title())
      .toBe("gpt2 4.11: John Smith is also the son of Fred Smith | headscope");
    await page.keyboard.press("]");
    await expect.poll(() => page.title()).toMatch(/^gpt2 5\.11:/);
  });

  it("keeps what was typed through a reload, and the run that was there", async () => {
    const page = await open(LIVE);
    await page.locator("[data-field=text]").fill("Tom had a red ball");
    await reload(page);
    expect(await page.locator("[data-field=text]").inputValue()).toBe("Tom had a red ball");
    expect(await page.locator(".hs-left .hs-word").first().textContent()).toBe("Lily");
    await page.locator("[data-field=text]").fill("Lily saw a cat");
    await reload(page);
    expect(await page.locator("[data-field=text]").inputValue()).toBe("Lily saw a cat");
  }, 60_000);
});

describe("what was opened from this machine", () => {
  const trace = { name: "mine.safetensors", mimeType: "", buffer: readFileSync(TRACE) };
  const openFile = async (page: Page, press: () => Promise<unknown>) => {
    const chooser = page.waitForEvent("filechooser");
    await press();
    return chooser;
  };

  it("a run stays in the address, and a reload offers to open it again", async () => {
    const page = await open();
    await page.locator(".btn.model").click();
    await page.locator("input[type=file]:not([webkitdirectory])").setInputFiles([trace]);
    await expect.poll(() => param(page, "trace")).toBe("opened:mine.safetensors");
    await page.keyboard.press("3");
    await expect.poll(() => param(page, "h")).toBe("3");
    await page.locator(".gallery-button").click();
    await page.locator(".gallery .item").first().click();
    await expect.poll(() => param(page, "trace")).toMatch(/^gallery/);
    await page.goBack();
    await expect.poll(() => param(page, "trace")).toBe("opened:mine.safetensors");
    await reload(page);
    expect(await alert(page).textContent()).toContain("mine.safetensors is not kept");
    const again = alert(page).getByRole("button", { name: "Open the file again" });
    await (await openFile(page, () => again.click())).setFiles([trace]);
    await expect.poll(() => crumbs(page)).toContain("Head 3");
    expect(await alert(page).count()).toBe(0);
  });

  it("a folder, too, with its text", async () => {
    const folder = join(ROOT, "models/stories-gpt2");
    const page = await open();
    await pickFolder(page, folder);
    await expect.poll(() => status(page), { timeout: 20_000 }).toMatch(/^live/);
    await page.locator("[data-field=text]").fill("Tom had a red ball");
    await page.keyboard.press("Enter");
    await expect.poll(() => param(page, "text")).toBe("Tom had a red ball");
    await reload(page);
    expect(await alert(page).textContent()).toContain("stories-gpt2 is not kept");
    const again = alert(page).getByRole("button", { name: "Open the folder again" });
    await (await openFile(page, () => again.click())).setFiles(folder);
    await expect
      .poll(() => page.locator(".hs-left .hs-word").first().textContent(), { timeout: 20_000 })
      .toBe("Tom");
  }, 90_000);

  it("is answered where nothing in it can be opened", async () => {
    const page = await open();
    await page.evaluate(() =>
      window.dispatchEvent(new DragEvent("drop", { dataTransfer: new DataTransfer(), cancelable: true })),
    );
    await expect.poll(() => alert(page).textContent()).toContain("There is no file in it");
  });
});

it("says what it opens while nothing is shown yet", async () => {
  const page = await open("model=none.example.org%2Fx&text=a");
  expect(await page.locator(".btn.model b").textContent()).toBe("No model");
  let answer = () => {};
  const waits = new Promise<void>((done) => {
    answer = done;
  });
  await page.route("**/gallery/traces/**", async (route) => {
    await waits;
    await route.continue();
  });
  await alert(page).getByRole("button", { name: "Show the first example" }).click();
  await expect.poll(() => page.locator(".head .nothing").textContent()).toMatch(/^Opening .+\. Its first/);
  expect(await page.locator(".btn.model b").textContent()).not.toBe("No model");
  answer();
  await expect.poll(() => page.locator(".hs-word").count()).toBeGreaterThan(10);
});
