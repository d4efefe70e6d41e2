// What the page does while something is awaited, stopped or broken: it says so, and can go on.

import { expect, it } from "vitest";
import { status, usePage } from "./page.ts";

const stage = usePage();

it("loads a runtime that failed to load when it is tried again", async () => {
  const page = await stage.show();
  const cut = (url: URL) => /ort[.-]/.test(url.pathname);
  await page.route(cut, (route) => route.abort());
  await page.locator("[data-field=text]").fill("Lily saw a cat.");
  await page.locator(".run").click();
  const notice = page.locator(".notice[role=alert]");
  await expect.poll(() => notice.locator("h2").textContent()).toBe("The runtime could not be loaded");
  await page.unroute(cut);
  await notice.getByRole("button", { name: "Try again" }).click();
  await expect.poll(() => status(page), { timeout: 20_000 }).toMatch(/^live/);
  expect(await notice.count()).toBe(0);
  expect(stage.problems.filter((problem) => !/ERR_FAILED/.test(problem))).toEqual([]);
  stage.problems.length = 0;
});
it("opens the very id that was typed, even where a bundled name contains it", async () => {
  const page = await stage.show();
  const asked: string[] = [];
  await page.route("https://huggingface.co/**", (route) => {
    asked.push(new URL(route.request().url()).pathname);
    const headers = {
      "access-control-allow-origin": "*",
      "access-control-expose-headers": "x-error-code",
      "x-error-code": "RepoNotFound",
    };
    return route.fulfill({ status: 404, headers, body: "" });
  });
  await page.locator(".btn.model").click();
  await page.locator(".pop.models input[data-first]").fill("gpt2");
  await page.keyboard.press("Enter");
  const title = page.locator(".notice[role=alert] h2");
  await expect.poll(() => title.textContent(), { timeout: 20_000 }).toBe("No model named gpt2");
  expect(asked[0]).toContain("/api/models/gpt2/");
  expect(stage.problems.filter((problem) => !/404|huggingface/.test(problem))).toEqual([]);
  stage.problems.length = 0;
});

it("says which model Run will run under a recorded run, and runs no other", async () => {
  const page = await stage.show("trace=gallery/traces/gpt2-quick-brown-fox.safetensors");
  const run = page.locator(".btn.run");
  const named = /^Run (\S+)/.exec((await run.textContent())!)?.[1];
  expect(named).toBe("stories-gpt2");
  await run.click();
  await expect.poll(() => status(page), { timeout: 20_000 }).toMatch(/^live/);
  expect(await page.locator(".btn.model b").textContent()).toBe(named);
});

it("asks for the runtime while the weights are still on their way", async () => {
  const page = await stage.show("trace=gallery/traces/gpt2-quick-brown-fox.safetensors");
  const asked: string[] = [];
  let release = () => {};
  const loaded = new Promise<void>((resolve) => {
    release = resolve;
  });
  page.on("request", (request) => {
    asked.push(request.url());
    if (/ort-wasm.*\.wasm$/.test(request.url())) release();
  });
  // The weights come only after the runtime was asked for; a page that asks for it afterwards waits for ever.
  await page.route("**/model.safetensors", async (route) => {
    await loaded;
    await route.continue();
  });
  await page.locator(".btn.run").click();
  await expect.poll(() => status(page), { timeout: 20_000 }).toMatch(/^live/);
  expect(asked.filter((url) => url.endsWith("model.safetensors"))).toHaveLength(1);
});
